"""Automata beside one another behind one start, and what may come before or after what, as one graph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from device.hearing.automaton import Automaton, Ints, Paths, lasting, silent

JOINT_COST = 8.0
"""Nats: one sentence in some fifty goes on after its end, and then with any of many others."""


class Part(NamedTuple):
    """Sentences that are as likely as one another: what they follow, lead to and `cost`, as an automaton."""

    follows: bool
    leads: bool
    cost: float
    automaton: Automaton


class Joined:
    """Parts beside one another behind one start. What follows may also come after any other sentence, what
    leads also before it."""

    def __init__(self, phones: Ints, words: Ints, silence: int) -> None:
        self._phones, self._words, self._silence = phones, words, silence
        self._paths: list[Paths] = []
        self._states = 1
        self._finals: list[Ints] = []
        self._links: list[tuple[Ints, int, float]] = []  # sources, target, cost
        self._follows: list[tuple[int, float]] = []  # starts, costs
        self._starts: list[tuple[int, float]] = []
        self._ready: list[Ints] = []  # where something led to a sentence

    def add(self, part: Part) -> None:
        start, finals = self._lasting(part.automaton)
        self._links.append((np.zeros(1, np.int32), start, part.cost))
        if part.leads:
            self._ready.append(finals)
            return
        (self._follows if part.follows else self._starts).append((start, part.cost))
        self._finals.append(finals)

    def join(self, joint: Automaton) -> None:
        """Let one sentence come after another, with or without words between them."""
        ended = self._states  # one state behind all ends, so that not each needs an arc to all that follows
        self._states += 1
        start, finals = self._lasting(joint)
        self._links.append((np.concatenate(self._finals), ended, 0.0))
        after = np.full(1, ended, np.int32)
        self._links += [(after, follower, cost) for follower, cost in ((start, JOINT_COST), *self._follows)]
        for ready in (finals, *self._ready):
            self._links += [(ready, sentence, cost) for sentence, cost in self._starts]

    def _lasting(self, automaton: Automaton) -> tuple[int, Ints]:
        """Put it in; its start, and its final states."""
        source, target, symbol = automaton.arcs.T
        arcs = Paths(source, target, self._phones[symbol - 1], self._words[symbol - 1])
        paths, finals = lasting(arcs, automaton.finals, self._silence)
        start = self._states
        self._paths.append(paths._replace(source=paths.source + start, target=paths.target + start))
        self._states += 1 + int(max(paths.source.max(), paths.target.max()))
        return start, finals + np.int32(start)

    def columns(self) -> tuple[Ints, Ints, Ints, Ints, Ints, npt.NDArray[np.float32]]:
        """source, target, phone, word, finals and costs of a `Graph`."""
        links = [silent(sources, np.full_like(sources, target), 0) for sources, target, _ in self._links]
        source, target, phone, word = (
            np.concatenate(column).astype(np.int32) for column in zip(*self._paths, *links, strict=True)
        )
        costs = [np.full(len(sources), cost) for sources, _, cost in self._links]
        free = np.zeros(len(source) - sum(map(len, costs)))
        return (
            *(source, target, phone, word, np.concatenate(self._finals)),
            np.concatenate((free, *costs)).astype(np.float32),
        )
