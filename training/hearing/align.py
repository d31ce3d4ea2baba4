"""Forced alignment: which phone is spoken in each frame, given the words.

Each word may be spoken in any of its pronunciations, with or without silence between words. One state a
phone, at least one output frame each; the best path is found by Viterbi's algorithm, compiled by numba.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

Pronunciations = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class States:
    """The states that an utterance runs through. Predecessors of state s: `before[begin[s]:begin[s + 1]]`."""

    phones: npt.NDArray[np.int32]
    begin: npt.NDArray[np.int32]
    before: npt.NDArray[np.int32]
    initial: npt.NDArray[np.bool_]
    final: npt.NDArray[np.bool_]


def states(words: Sequence[Pronunciations], index: Mapping[str, int]) -> States:
    """The states of `words` in a row. `index`: phone → label; silence is label 0."""
    phones: list[int] = []
    before: list[list[int]] = []
    initial: set[int] = set()

    def add(phone: int, predecessors: list[int] | None) -> int:
        if predecessors is None:
            initial.add(len(phones))
        phones.append(phone)
        before.append(predecessors or [])
        return len(phones) - 1

    ends: list[int] | None = None
    for pronunciations in words:
        silence = add(0, ends)
        # None: nothing before it, so that both the silence and the word may come first.
        entry = [*(ends or []), silence]
        first = ends is None
        ends = []
        for pronunciation in pronunciations:
            state = add(index[pronunciation[0]], entry)
            if first:
                initial.add(state)
            for phone in pronunciation[1:]:
                state = add(index[phone], [state])
            ends.append(state)
    last = add(0, ends)
    final = np.zeros(len(phones), bool)
    final[[*(ends or []), last]] = True
    starts = np.zeros(len(phones), bool)
    starts[sorted(initial)] = True
    return States(
        np.array(phones, np.int32),
        np.cumsum([0, *(len(row) for row in before)]).astype(np.int32),
        np.array([s for row in before for s in row], np.int32),
        starts,
        final,
    )


def align(scores: npt.NDArray[np.float32], graph: States) -> tuple[npt.NDArray[np.int8], float] | None:
    """(frames, phones) log scores → the phone of each frame, and the path's mean score a frame.

    None where the utterance has fewer frames than phones.
    """
    path, total = _viterbi(scores, graph.phones, graph.begin, graph.before, graph.initial, graph.final)
    if not np.isfinite(total):
        return None
    return graph.phones[path].astype(np.int8), float(total) / len(scores)


@numba.njit(cache=True)
def _viterbi(scores, phones, begin, before, initial, final):  # type: ignore[no-untyped-def]
    frames, count = len(scores), len(phones)
    back = np.empty((frames, count), np.int32)
    best = np.where(initial, scores[0][phones], -np.inf)
    for t in range(1, frames):
        now = np.empty(count)
        for s in range(count):
            score, origin = best[s], s
            for k in range(begin[s], begin[s + 1]):
                if best[before[k]] > score:
                    score, origin = best[before[k]], before[k]
            now[s] = score + scores[t, phones[s]]
            back[t, s] = origin
        best = now
    total, state = -np.inf, 0
    for s in range(count):
        if final[s] and best[s] > total:
            total, state = best[s], s
    path = np.empty(frames, np.int32)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        if t:
            state = back[t, state]
    return path, total
