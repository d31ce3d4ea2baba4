"""The best few sentences instead of the best: what else may have been said.

A lattice of all paths that come near the best one, projected on its words and determinized, so that a
sentence counts once however its sounds lie in time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import kaldi_decoder
import kaldifst
import numpy as np
import numpy.typing as npt

MOST = 20_000
"""States that a determinized lattice may have."""

CLEAR = 2.0
"""Nats: the mean entropy of a frame's phones in speech with little noise; forty phones can reach 3.7."""
NARROWING = 7.0
"""Of the beam, for each nat above CLEAR: six seconds of music take 0.1 s instead of 40, and in 79 of 79
commands in noise the search still finds the best path of the first one."""


class Hypothesis(NamedTuple):
    """`words`: symbols of the graph; `cost`: of its best path in the graph, less the scores of its phones."""

    words: tuple[int, ...]
    cost: float


def nbest(
    fst: kaldifst.StdVectorFst,
    scores: npt.NDArray[np.float32],
    beam: float,
    within: float,
    count: int,
    silent: Collection[int] = (),
    most: int = MOST,
) -> list[Hypothesis]:
    """The `count` best sentences of `fst` (see `Graph.fst`) over `scores` (frames, phones), the best first.

    `beam`: of the search over clear speech (see `narrowed`); `within`: the most that one may cost more than
    the best of them, less where the lattice would have more than `most` states; `silent`: words that do not
    count. None where no sentence is whole.
    """
    settings = kaldi_decoder.LatticeSimpleDecoderConfig(
        beam=narrowed(beam, scores),
        lattice_beam=within,
        prune_interval=25,
        determinize_lattice=False,
        beam_ratio=0.9,
        prune_scale=0.1,
    )
    search = kaldi_decoder.LatticeSimpleDecoder(fst, settings)
    search.decode(kaldi_decoder.DecodableCtc(scores, 0))
    if not np.isfinite(search.final_relative_cost()):
        return []  # without a final path it would give unfinished ones
    found, lattice = search.get_raw_lattice()
    if not found:
        return []
    sentences = kaldifst.compile("\n".join(_acceptor(lattice, silent)) + "\n")
    kaldifst.rmepsilon(sentences)
    try:
        kaldifst.determinize_star(sentences, max_states=most)
    except RuntimeError:  # it has more states
        return nbest(fst, scores, beam, within / 2, count, silent, most)
    ranked = sorted(set(_paths(kaldifst.shortest_path(sentences, n=count))), key=lambda path: path[1])
    return [Hypothesis(words, cost) for words, cost in ranked if cost - ranked[0][1] <= within]


def narrowed(beam: float, scores: npt.NDArray[np.float32]) -> float:
    """The beam that follows about as many paths through `scores` (frames, phones) as `beam` does through
    clear speech.

    This search has no limit on its states. Where the phones are hardly told apart, in noise or music, the
    whole beam followed a hundred times more of them, and took seconds for one second of sound.
    """
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    entropy = float(-(shares * np.log(shares + 1e-9)).sum(axis=1).mean())
    return beam - NARROWING * max(0.0, entropy - CLEAR)


def _acceptor(lattice: Any, silent: Collection[int]) -> Iterator[str]:
    """The words of a lattice, as text for OpenFst; the two costs of an arc together."""
    none = {str(word) for word in silent}
    for line in lattice.to_str(show_weight_one=True).splitlines():
        fields = line.split()
        if len(fields) > 2:
            source, target, _, word, cost = fields
            word = "0" if word in none else word
            yield f"{source} {target} {word} {word} {_sum(cost):.9g}"
        else:
            state, cost = fields
            yield f"{state} {_sum(cost):.9g}"


def _sum(costs: str) -> float:
    return sum(map(float, costs.split(",")[:2]))


def _paths(fst: kaldifst.StdVectorFst) -> Iterator[tuple[tuple[int, ...], float]]:
    """(words, cost) of every path of a tree."""
    arcs: dict[str, list[tuple[str, int, float]]] = {}
    finals: dict[str, float] = {}
    for line in fst.to_str(show_weight_one=True).splitlines():
        fields = line.split()
        if len(fields) > 2:
            arcs.setdefault(fields[0], []).append((fields[1], int(fields[3]), float(fields[4])))
        else:
            finals[fields[0]] = float(fields[1])
    waiting: list[tuple[str, tuple[int, ...], float]] = [(str(fst.start), (), 0.0)]
    while waiting:
        state, words, cost = waiting.pop()
        if state in finals:
            yield words, cost + finals[state]
        for target, word, more in arcs.get(state, ()):
            waiting.append((target, (*words, word) if word else words, cost + more))
