"""Automata over words and phones: minimal, with lists put in, and with phones that last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import kaldifst
import numpy as np
import numpy.typing as npt

from device.hearing.packing import Arcs, packed, unpacked

Ints = npt.NDArray[np.int32]

LISTS = 1 << 20
"""Symbols from here on are lists."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """Deterministic and minimal. `arcs`: rows of source, target, symbol. State 0 is the start."""

    states: int
    arcs: Ints
    finals: Ints


_FIELD = (1 << 21) - 1
"""Three of these fit a number of 64 bits: more states than a home of thousands of devices has."""
EMPTY = Automaton(0, np.zeros((0, 3), np.int32), np.zeros(0, np.int32))


class Paths(NamedTuple):
    """Columns: states, and phone and word as in `Graph`."""

    source: npt.NDArray[Any]
    target: npt.NDArray[Any]
    phone: npt.NDArray[Any]
    word: npt.NDArray[Any]


def minimal(arcs: Ints, finals: Ints) -> Automaton:
    """The minimal automaton that accepts what this one does. `arcs`: rows of source, target, symbol; symbol 0
    is nothing. State 0 is the start."""
    if not len(arcs):
        return EMPTY
    once = np.unique((arcs[:, 0].astype(np.int64) << 42) | (arcs[:, 1].astype(np.int64) << 21) | arcs[:, 2])
    source, target, symbol = (((once >> bits) & _FIELD).astype(np.int32) for bits in (42, 21, 0))
    fst = kaldifst.StdVectorFst(packed(Arcs(source, target, symbol, symbol), 0.0, finals))
    kaldifst.determinize_star(fst)
    kaldifst.minimize(fst)
    if fst.num_states == 0:
        return EMPTY
    states, start, found, ends = unpacked(fst)
    number = np.arange(states, dtype=np.int32)
    number[[0, start]] = start, 0
    kept = np.stack((number[found.source], number[found.target], found.input), axis=1)
    return Automaton(states, kept, number[ends])


def spliced(automaton: Automaton, lists: Sequence[Automaton]) -> Automaton:
    """`automaton` with each arc that is a list replaced by a copy of that list."""
    is_list = automaton.arcs[:, 2] >= LISTS
    parts = [automaton.arcs[~is_list]]
    states = automaton.states
    for number in np.unique(automaton.arcs[is_list, 2]).tolist():
        inner, arcs = lists[number - LISTS], automaton.arcs[automaton.arcs[:, 2] == number]
        moved = _copies(inner, arcs, states)
        ends = np.isin(inner.arcs[:, 1], inner.finals)
        ending = moved[:, ends].copy()
        ending[:, :, 1] = arcs[:, 1, None]
        goes_on = np.isin(inner.arcs[:, 1], inner.arcs[:, 0])
        parts += [moved[:, goes_on].reshape(-1, 3), ending.reshape(-1, 3)]
        states += len(arcs) * inner.states
    return Automaton(states, np.concatenate(parts), automaton.finals)


def _copies(inner: Automaton, arcs: Ints, first: int) -> Ints:
    """The arcs of a copy of `inner` for each of `arcs`, from whose source it starts: (copies, arcs, 3). The
    states of the copies count from `first`."""
    offsets = first + np.arange(len(arcs), dtype=np.int32) * np.int32(inner.states)
    moved = np.repeat(inner.arcs[None], len(arcs), axis=0)
    moved[:, :, :2] += offsets[:, None, None]
    begins = inner.arcs[:, 0] == 0
    moved[:, begins, 0] = arcs[:, 0, None]
    return moved


def lasting(arcs: Paths, finals: Ints, silence: int) -> tuple[Paths, Ints]:
    """Arcs and final states in which every phone lasts, and may be followed by silence where a word ends.

    A pair of a state and a phone that leads to it becomes a holder, a state with a loop; silence leads to the
    start and to each state where a word ends, from its other holders. A state's arcs go out from all of its
    holders or, where that would be more, from a hub: a state without a phone, in which its holders meet.
    """
    quiet = np.union1d([0], arcs.target[arcs.word > 0])
    led_to = np.concatenate((_pairs(arcs.target, arcs.phone), _pairs(quiet, silence)))
    pairs, holder = np.unique(led_to, return_inverse=True)
    holder = holder + 1  # by arc, then by quiet state; 0 stays the start
    at, held = np.divmod(pairs, _PAIR)
    numbers = np.arange(1, len(pairs) + 1)
    silent_holder = np.zeros(max(arcs.source.max(), arcs.target.max()) + 1, np.int64)
    silent_holder[quiet] = holder[len(arcs.target) :]

    ways_in = np.bincount(at, minlength=len(silent_holder))
    ways_out = np.bincount(arcs.source, minlength=len(silent_holder))
    has_hub = ways_in * ways_out > ways_in + ways_out
    hub = len(pairs) + np.cumsum(has_hub)
    has_hub[0], hub[0] = True, 0

    copies = np.where(has_hub, 1, ways_in)[arcs.source]
    arc = np.repeat(np.arange(len(copies)), copies)
    source = arcs.source[arc]
    turn = np.arange(len(arc)) - (np.cumsum(copies) - copies)[arc]
    first = np.cumsum(ways_in) - ways_in + 1
    phones = Paths(
        np.where(has_hub[source], hub[source], first[source] + turn),
        holder[arc],
        arcs.phone[arc],
        arcs.word[arc],
    )
    spoken = (silent_holder[at] > 0) & (held != silence)
    silences = silent(
        np.append(0, numbers[spoken]), np.append(silent_holder[0], silent_holder[at[spoken]]), silence
    )
    meeting = has_hub[at] & (ways_out[at] > 0)
    parts = (
        phones,
        silences,
        silent(numbers, numbers, held),
        silent(numbers[meeting], hub[at[meeting]], 0),
    )
    columns = (np.concatenate(column).astype(np.int32) for column in zip(*parts, strict=True))
    return Paths(*columns), numbers[np.isin(at, finals)].astype(np.int32)


_PAIR = 1 << 10


def _pairs(states: npt.NDArray[Any], phones: Any) -> npt.NDArray[np.int64]:
    return np.asarray(states.astype(np.int64) * _PAIR + phones, np.int64)


def silent(source: npt.ArrayLike, target: npt.ArrayLike, phone: npt.ArrayLike) -> Paths:
    """Arcs on which no word ends."""
    source = np.asarray(source)
    return Paths(source, np.asarray(target), np.broadcast_to(phone, source.shape), np.zeros_like(source))
