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
"""States of a determinized lattice; where there would be more, what is less near is left out."""


class Hypothesis(NamedTuple):
    """`words`: symbols of the graph; `behind`: what it costs more than the best, in units of scores."""

    words: tuple[int, ...]
    behind: float


def nbest(
    fst: kaldifst.StdVectorFst,
    scores: npt.NDArray[np.float32],
    beam: float,
    within: float,
    count: int,
    silent: Collection[int] = (),
) -> list[Hypothesis]:
    """The `count` best sentences of `fst` (see `Graph.fst`) over `scores` (frames, phones), the best first.

    `within`: the most that one may be behind; `silent`: words that do not count. None where no sentence is
    whole.
    """
    settings = kaldi_decoder.LatticeSimpleDecoderConfig(
        beam=beam,
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
    if kaldifst.determinize_star(sentences, max_states=MOST):
        return nbest(fst, scores, beam, within / 2, count, silent)
    ranked = sorted(set(_paths(kaldifst.shortest_path(sentences, n=count))), key=lambda path: path[1])
    return [Hypothesis(words, cost - ranked[0][1]) for words, cost in ranked if cost - ranked[0][1] <= within]


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
