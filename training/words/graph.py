"""From an n-gram model and a lexicon to the graph of phones in which any words are searched.

After each history stands a tree of the words that are known there, over their phones; what a word costs is
paid as early in the tree as it is certain (a branch costs what its likeliest word does), so that the search
can compare what is half said. Where only one word is left, the rest of its phones are a chain, which all
trees that lead to the same word and the same history share. From a history one may leave, at the price of
its back-off, for the tree of a shorter one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from device.hearing.words import Network
from training.words.ngram import BEGIN, END, History, Ngrams

Pronunciation = tuple[int, ...]
"""Numbers of phones, from 1; 1 is silence."""


class Way(NamedTuple):
    """A word said in one way after some history: its number from 1, and where it leads to."""

    phones: Pronunciation
    cost: float
    word: int
    then: History


class _Arc(NamedTuple):
    source: int
    target: int
    phone: int
    word: int
    cost: float


def network(
    model: Ngrams, words: Sequence[str], pronounced: Callable[[str], Sequence[Pronunciation]], silence: int
) -> Network:
    """The graph of all that `model` allows, `words` numbered in their order. `silence`: the phone's number.

    State 0 is the beginning of an utterance.
    """
    return _Builder(model, words, pronounced, silence).network()


class _Builder:
    def __init__(
        self,
        model: Ngrams,
        words: Sequence[str],
        pronounced: Callable[[str], Sequence[Pronunciation]],
        silence: int,
    ) -> None:
        self._model, self._silence = model, silence
        self._numbers = {word: number for number, word in enumerate(words, 1)}
        self._pronounced: Mapping[str, Sequence[Pronunciation]] = {word: pronounced(word) for word in words}
        self._states: dict[Hashable, int] = {}
        self._lasting: list[int] = []  # the phone in which each state stays, 0 for none
        self._arcs: list[_Arc] = []
        self._chained: set[int] = set()

    def network(self) -> Network:
        histories = sorted(self._model.costs, key=lambda history: (history != (BEGIN,), history))
        for history in histories:  # the beginning becomes state 0
            self._history(history)
        roots = np.array([self._history(history) for history in histories], np.int32)
        for history in histories:
            self._grow(history)
        self._arcs.sort()
        columns = [np.array(column) for column in zip(*self._arcs, strict=True)]
        source, target, phone, word, cost = columns
        return Network(
            np.bincount(source, minlength=len(self._lasting)).astype(np.int32),
            np.array(self._lasting, np.uint8),
            target.astype(np.int32),
            phone.astype(np.uint8),
            word.astype(np.int32),
            cost.astype(np.float32),
            roots,
        )

    def _state(self, key: Hashable, lasts: int) -> int:
        if key not in self._states:
            self._states[key] = len(self._lasting)
            self._lasting.append(lasts)
        return self._states[key]

    def _fresh(self, lasts: int) -> int:
        return self._state(("node", len(self._lasting)), lasts)

    def _arc(self, source: int, target: int, phone: int = 0, word: int = 0, cost: float = 0.0) -> None:
        self._arcs.append(_Arc(source, target, phone, word, cost))

    def _history(self, history: History) -> int:
        """The state between two words."""
        return self._state(("history", history), 0)

    def _grow(self, history: History) -> None:
        root = self._history(history)
        quiet = self._fresh(self._silence)
        self._arc(root, quiet, self._silence)
        self._arc(quiet, root)
        if history:
            self._arc(root, self._history(self._model.known(history[1:])), cost=self._model.backoff[history])
        self._branch(root, sorted(self._ways(history)), 0, 0.0)

    def _ways(self, history: History) -> Iterator[Way]:
        for word, cost in self._model.costs[history].items():
            if word != END:
                then = self._model.known((*history, word))
                for phones in self._pronounced[word]:
                    yield Way(phones, cost, self._numbers[word], then)

    def _branch(self, at: int, ways: Sequence[Way], depth: int, paid: float) -> None:
        """Arcs from state `at` for `ways`, which have `depth` phones in common and `paid` so much already."""
        for phone, same in itertools.groupby(ways, key=lambda way: way.phones[depth]):
            going_on = []
            for way in same:
                if len(way.phones) > depth + 1:
                    going_on.append(way)
                else:
                    self._arc(at, self._end(way.then, phone), phone, way.word, way.cost - paid)
            if not going_on:
                continue
            cheapest = min(way.cost for way in going_on)
            if len(going_on) == 1:
                self._arc(at, self._chain(going_on[0], depth), phone, 0, cheapest - paid)
            else:
                node = self._fresh(phone)
                self._arc(at, node, phone, 0, cheapest - paid)
                self._branch(node, going_on, depth + 1, cheapest)

    def _chain(self, way: Way, depth: int) -> int:
        """The state in phone `depth` of a word that is certain: what remains costs nothing."""
        state = self._state(("chain", way.phones[depth:], way.word, way.then), way.phones[depth])
        if state not in self._chained:
            self._chained.add(state)
            phone = way.phones[depth + 1]
            if len(way.phones) > depth + 2:
                self._arc(state, self._chain(way, depth + 1), phone)
            else:
                self._arc(state, self._end(way.then, phone), phone, way.word)
        return state

    def _end(self, then: History, phone: int) -> int:
        """The state in the last phone of words after which comes the history `then`."""
        state = self._state(("end", then, phone), phone)
        if state not in self._chained:
            self._chained.add(state)
            self._arc(state, self._history(then))
        return state
