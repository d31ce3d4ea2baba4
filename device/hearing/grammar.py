"""Sentence templates → the graph of phones that the decoder searches.

Four steps, each sharing what it can: expression trees become an automaton over words in which a list, such as
{name}, is one symbol; words become their pronunciations, with silence allowed around each; lists, compiled
once, are copied to where they are used; and each phone becomes a state that may last. Both automata over
words and over phones are determinized and minimized by OpenFst as acceptors, a symbol being a phone together
with the word that ends in it, so that words that sound alike need no disambiguation.

There are no weights: every sentence is as likely as every other, however long it is and however many names
a list has. Costs that the decoder wants for each phone or word are put on the arcs by `Graph.fst`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import kaldifst
import numpy as np
import numpy.typing as npt

from device.errors import LexiconError, SentencesError
from device.hearing.automaton import LISTS, Automaton, Ints, minimal, spliced
from device.hearing.joining import Joined, Part
from device.hearing.lexicon import Lexicon
from device.hearing.packing import Arcs, packed
from device.hearing.wording import Expandable, Pieces, list_pieces, plain_texts

SILENCE = "SIL"

FILLERS = ("um", "uh", "er", "hmm")
"""What people say while they look for a word: before, after and between words, where it means nothing."""


@dataclass(frozen=True, slots=True)
class Graph:
    """States and arcs. An arc consumes one frame of `phone` (0: none), and ends `word` (0: none).

    `phone` − 1 and `word` − 1 are indices in `phones` and `words`. An arc from a state to itself prolongs
    its phone. State 0 is the start. `costs`: nats that arcs cost by themselves. `fillers`: those numbers of
    words that mean nothing.
    """

    phones: tuple[str, ...]
    words: tuple[str, ...]
    source: Ints
    target: Ints
    phone: Ints
    word: Ints
    finals: Ints
    costs: npt.NDArray[np.float32]
    fillers: frozenset[int] = frozenset()
    _fsts: dict[tuple[float, float, float, bool], kaldifst.StdConstFst] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def fsts(self) -> Mapping[tuple[float, float, float, bool], kaldifst.StdConstFst]:
        """Those that were compiled so far, by what `fst` was asked."""
        return self._fsts

    def lean(self) -> Graph:
        """Without arcs and automata: for those who bring the automata that were compiled already."""
        none = np.zeros(0, np.int32)
        return replace(
            self,
            source=none,
            target=none,
            phone=none,
            word=none,
            finals=none,
            _fsts={},
            costs=none.astype(np.float32),
        )

    def compiled(self) -> Graph:
        """With the automata that were compiled and no arcs to compile others from."""
        return replace(self.lean(), _fsts=dict(self._fsts))

    def fst(
        self, phone_cost: float = 0.0, word_cost: float = 0.0, filler_cost: float = 0.0, whole: bool = True
    ) -> kaldifst.StdConstFst:
        """The graph for kaldi-decoder, with a cost for each phone that is not silence and for each word.

        `filler_cost`: what a filler costs more than a word. Not `whole`: a sentence may end anywhere.
        """
        key = (phone_cost, word_cost, filler_cost, whole)
        if key in self._fsts:
            return self._fsts[key]
        silence = self.phones.index(SILENCE) + 1
        begins = (self.phone > 0) & (self.phone != silence) & (self.source != self.target)
        cost = self.costs + phone_cost * begins + word_cost * (self.word > 0)
        cost += filler_cost * np.isin(self.word, list(self.fillers))
        everywhere = np.arange(1 + max(self.source.max(), self.target.max()))
        arcs = Arcs(self.source, self.target, self.phone, self.word)
        self._fsts[key] = packed(arcs, cost, self.finals if whole else everywhere)
        return self._fsts[key]


def compile(
    groups: Iterable[Expandable],
    lexicon: Lexicon,
    phones: Sequence[str],
    fillers: Sequence[str] = FILLERS,
) -> Graph:
    """The graph of all that `groups` can say, over `phones` (the acoustic model's, `SILENCE` among them).

    `fillers` may be said around and between the words of a sentence, but not within a list's.
    Raises SentencesError for an unknown list or rule or if nothing can be said, LexiconError for words that
    cannot be pronounced.
    """
    return _Compiler(lexicon, tuple(phones)).compile(groups, fillers)


class Network(NamedTuple):
    """What can be said, over words: arcs (source, target, word); state 0 is the start."""

    states: int
    arcs: tuple[tuple[int, int, str], ...]
    finals: tuple[int, ...]


def network(groups: Iterable[Expandable]) -> Network:
    """All that `groups` can say, for recognizers that bring their own sounds. SentencesError as `compile`."""
    compiler = _Compiler(Lexicon(), ())
    sentences, lists = compiler.over_words(group for group in groups if not group.follows)
    whole = spliced(sentences, lists)
    names = tuple(compiler.words)
    arcs = tuple((source, target, names[symbol - 1]) for source, target, symbol in whole.arcs.tolist())
    return Network(whole.states, arcs, tuple(whole.finals.tolist()))


JOINTS = (("and",), ("then",), ("and", "then"))
"""Words between two sentences, as they are heard."""


class _Compiler:
    def __init__(self, lexicon: Lexicon, phones: tuple[str, ...]) -> None:
        self.lexicon = lexicon
        self.phones = {phone: index for index, phone in enumerate(phones)}
        self.words: dict[str, int] = {}
        self.symbols: dict[tuple[int, int], int] = {}
        self.lists: dict[int, Automaton] = {}
        """Over words, by the identity of the lists, which sentences share."""
        self.names: list[str] = []
        self.spoken: dict[int, list[list[int]]] = {}

    def compile(self, groups: Iterable[Expandable], fillers: Sequence[str]) -> Graph:
        kinds: dict[tuple[bool, bool, float], list[Expandable]] = {}
        for group in groups:
            kinds.setdefault((group.follows, group.leads, group.cost), []).append(group)
        over_words = {kind: self.over_words(some) for kind, some in kinds.items()}
        if not any(len(sentences.finals) for sentences, _ in over_words.values()):
            raise SentencesError(
                "no sentence can be said: add sentences, or devices with the names they need"
            )
        hesitant = {
            kind: (self._hesitant(sentences, fillers), lists)
            for kind, (sentences, lists) in over_words.items()
            if len(sentences.finals)
        }
        joint = self._joint() if any(follows for follows, *_ in hesitant) else None
        self._check_words()
        spoken = {id(one): self._over_phones(one) for one in self.lists.values()}
        parts = [
            Part(*kind, spliced(self._over_phones(sentences), [spoken[id(one)] for one in lists]))
            for kind, (sentences, lists) in sorted(hesitant.items(), key=lambda item: item[0])
        ]
        return self._graph(parts, joint and self._over_phones(joint), fillers)

    def over_words(self, groups: Iterable[Expandable]) -> tuple[Automaton, list[Automaton]]:
        """The sentences, and the lists that they use."""
        pieces = Pieces()
        for group in groups:
            for sentence in group.sentences:
                pieces.ends.add(pieces.add(sentence.expression, 0, group))
        pieces.write_out_glued()
        for shared, group in pieces.lists:
            if id(shared) not in self.lists:
                texts = plain_texts(shared)
                self.lists[id(shared)] = (
                    self._over_words(list_pieces(shared, group)) if texts is None else self._of_texts(texts)
                )
        return self._over_words(pieces), [self.lists[id(shared)] for shared, _ in pieces.lists]

    def _over_words(self, pieces: Pieces) -> Automaton:
        arcs = []
        for source, target, label in pieces.words():
            if isinstance(label, str):
                symbol = self.words.setdefault(label, len(self.words) + 1)
            else:
                symbol = 0 if label is None else LISTS + label
            arcs.append((source, target, symbol))
        return minimal(np.array(arcs, np.int32).reshape(-1, 3), np.array([pieces.final], np.int32))

    def _of_texts(self, texts: Iterable[str]) -> Automaton:
        """A list of plain texts, as a tree of their words that is made minimal."""
        tree: dict[tuple[int, int], int] = {}
        ends: set[int] = set()
        for text in texts:
            at = 0
            for word in text.split():
                symbol = self.words.setdefault(word, len(self.words) + 1)
                at = tree.setdefault((at, symbol), len(tree) + 1)
            ends.add(at)
        arcs = [(source, target, symbol) for (source, symbol), target in tree.items()]
        return minimal(np.array(arcs, np.int32).reshape(-1, 3), np.array(sorted(ends), np.int32))

    def _joint(self) -> Automaton:
        """The words between two sentences."""
        arcs: list[tuple[int, int, int]] = []
        count = 2
        for joint in JOINTS:
            symbols = [self.words.setdefault(word, len(self.words) + 1) for word in joint]
            between = range(count, count + len(joint) - 1)
            count += len(between)
            arcs += zip((0, *between), (*between, 1), symbols, strict=True)
        return minimal(np.array(arcs, np.int32), np.array([1], np.int32))

    def _hesitant(self, sentences: Automaton, fillers: Sequence[str]) -> Automaton:
        """`sentences` in which any of `fillers` may be said at each state, again and again."""
        symbols = [self.words.setdefault(f"({filler})", len(self.words) + 1) for filler in fillers]
        states = np.arange(sentences.states)
        loops = [np.stack((states, states, np.full_like(states, symbol)), axis=1) for symbol in symbols]
        return replace(sentences, arcs=np.concatenate((sentences.arcs, *loops)))

    def _check_words(self) -> None:
        self.names = list(self.words)
        missing = self.lexicon.prepare(self.words)
        if missing:
            names = ", ".join(map(repr, missing[:5])) + (", …" if len(missing) > 5 else "")
            raise LexiconError(f"cannot pronounce {names}: install espeak-ng, or add it to your lexicon file")

    def _over_phones(self, automaton: Automaton) -> Automaton:
        """Words become their pronunciations."""
        is_list = automaton.arcs[:, 2] >= LISTS
        arcs = automaton.arcs[~is_list]
        words, which = np.unique(arcs[:, 2], return_inverse=True)
        spoken = [self._pronunciations(word) for word in words.tolist()]
        ways = np.array([len(some) for some in spoken], np.int64)
        flat = [phones for some in spoken for phones in some]
        # An arc for each pronunciation of its word, and for each of its phones.
        copies = ways[which]
        source, target = (np.repeat(arcs[:, column], copies) for column in (0, 1))
        chosen = np.repeat((np.cumsum(ways) - ways)[which], copies) + _within(copies)
        lengths = np.array([len(phones) for phones in flat], np.int64)
        length = lengths[chosen] if len(flat) else np.zeros(0, np.int64)
        inner = automaton.states + np.cumsum(length - 1) - (length - 1)
        at, place = np.repeat(np.arange(len(length)), length), _within(length)
        symbols = np.array([symbol for phones in flat for symbol in phones], np.int32)
        steps = np.column_stack(
            (
                np.where(place == 0, source[at], inner[at] + place - 1),
                np.where(place == length[at] - 1, target[at], inner[at] + place),
                symbols[(np.cumsum(lengths) - lengths)[chosen[at]] + place] if len(flat) else symbols,
            )
        )
        rows = np.concatenate((automaton.arcs[is_list], steps)).astype(np.int32)
        return minimal(rows, automaton.finals)

    def _pronunciations(self, word: int) -> list[list[int]]:
        """The symbols of each pronunciation of a word; the last one ends it."""
        if word not in self.spoken:
            self.spoken[word] = [
                [*(self._symbol(phone, 0) for phone in phones[:-1]), self._symbol(phones[-1], word)]
                for phones in self.lexicon.pronunciations(self.names[word - 1])
            ]
        return self.spoken[word]

    def _symbol(self, phone: str, word: int) -> int:
        if phone not in self.phones:
            raise LexiconError(f"the acoustic model has no phone {phone!r}: use {' '.join(self.phones)}")
        return self.symbols.setdefault((self.phones[phone] + 1, word), len(self.symbols) + 1)

    def _graph(self, parts: Sequence[Part], joint: Automaton | None, fillers: Sequence[str]) -> Graph:
        phones, words = (np.array(column, np.int32) for column in zip(*self.symbols, strict=True))
        network = Joined(phones, words, self.phones[SILENCE] + 1)
        for part in parts:
            network.add(part)
        if joint is not None:
            network.join(joint)
        empty = frozenset(self.words[f"({filler})"] for filler in fillers)
        return Graph(tuple(self.phones), tuple(self.words), *network.columns(), empty)


def _within(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, … for each of `counts`, one after the other: [2, 3] → [0, 1, 0, 1, 2]."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
