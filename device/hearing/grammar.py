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
from typing import Any, NamedTuple

import kaldifst
import numpy as np
import numpy.typing as npt

from device.errors import LexiconError, SentencesError
from device.hearing.lexicon import Lexicon
from device.hearing.packing import Arcs, packed, unpacked
from device.hearing.wording import Expandable, Pieces, list_pieces

Ints = npt.NDArray[np.int32]

SILENCE = "SIL"

FILLERS = ("um", "uh", "er", "hmm")
"""What people say while they look for a word: before, after and between words, where it means nothing."""


@dataclass(frozen=True, slots=True)
class Graph:
    """States and arcs. An arc consumes one frame of `phone` (0: none), and ends `word` (0: none).

    `phone` − 1 and `word` − 1 are indices in `phones` and `words`. An arc from a state to itself prolongs
    its phone. State 0 is the start. `fillers`: those numbers of words that mean nothing. `weight`: what each
    arc costs by itself.
    """

    phones: tuple[str, ...]
    words: tuple[str, ...]
    source: Ints
    target: Ints
    phone: Ints
    word: Ints
    finals: Ints
    fillers: frozenset[int] = frozenset()
    weight: npt.NDArray[np.float32] | float = 0.0
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
        bare = replace(self, source=none, target=none, phone=none, word=none, finals=none)
        return replace(bare, weight=0.0, _fsts={})

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
        cost = self.weight + phone_cost * begins + word_cost * (self.word > 0)
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
    sentences, lists = compiler.over_words(groups)
    whole = _spliced(sentences, lists)
    names = tuple(compiler.words)
    arcs = tuple((source, target, names[symbol - 1]) for source, target, symbol in whole.arcs.tolist())
    return Network(whole.states, arcs, tuple(whole.finals.tolist()))


_LISTS = 1 << 20
"""Symbols from here on are lists."""


@dataclass(frozen=True, slots=True)
class _Automaton:
    """Deterministic and minimal. `arcs`: rows of source, target, symbol. State 0 is the start."""

    states: int
    arcs: Ints
    finals: Ints


_EMPTY = _Automaton(0, np.zeros((0, 3), np.int32), np.zeros(0, np.int32))


class _Compiler:
    def __init__(self, lexicon: Lexicon, phones: tuple[str, ...]) -> None:
        self.lexicon = lexicon
        self.phones = {phone: index for index, phone in enumerate(phones)}
        self.words: dict[str, int] = {}
        self.symbols: dict[tuple[int, int], int] = {}

    def compile(self, groups: Iterable[Expandable], fillers: Sequence[str]) -> Graph:
        sentences, lists = self.over_words(groups)
        hesitant = self._hesitant(sentences, fillers)
        self._check_words()
        parts = self._over_phones(hesitant), [self._over_phones(one) for one in lists]
        return self._graph(_spliced(*parts), fillers)

    def over_words(self, groups: Iterable[Expandable]) -> tuple[_Automaton, list[_Automaton]]:
        """The sentences, and the lists that they use."""
        pieces = Pieces()
        for group in groups:
            for sentence in group.sentences:
                pieces.sentence(sentence.expression, group)
        pieces.write_out_glued()
        sentences = self._over_words(pieces)
        if not len(sentences.finals):
            raise SentencesError(
                "no sentence can be said: add sentences, or devices with the names they need"
            )
        return sentences, [self._over_words(list_pieces(shared, group)) for shared, group in pieces.lists]

    def _over_words(self, pieces: Pieces) -> _Automaton:
        arcs = []
        for source, target, label in pieces.words():
            if isinstance(label, str):
                symbol = self.words.setdefault(label, len(self.words) + 1)
            else:
                symbol = 0 if label is None else _LISTS + label
            arcs.append((source, target, symbol))
        return _minimal(arcs, [pieces.final])

    def _hesitant(self, sentences: _Automaton, fillers: Sequence[str]) -> _Automaton:
        """`sentences` in which any of `fillers` may be said at each state, again and again."""
        symbols = [self.words.setdefault(f"({filler})", len(self.words) + 1) for filler in fillers]
        states = np.arange(sentences.states)
        loops = [np.stack((states, states, np.full_like(states, symbol)), axis=1) for symbol in symbols]
        return replace(sentences, arcs=np.concatenate((sentences.arcs, *loops)))

    def _check_words(self) -> None:
        missing = self.lexicon.prepare(self.words)
        if missing:
            names = ", ".join(map(repr, missing[:5])) + (", …" if len(missing) > 5 else "")
            raise LexiconError(f"cannot pronounce {names}: install espeak-ng, or add it to your lexicon file")

    def _over_phones(self, automaton: _Automaton) -> _Automaton:
        """Words become their pronunciations."""
        names = list(self.words)
        arcs: list[tuple[int, int, int]] = []
        count = automaton.states
        for source, target, symbol in automaton.arcs.tolist():
            if symbol >= _LISTS:
                arcs.append((source, target, symbol))
                continue
            for phones in self.lexicon.pronunciations(names[symbol - 1]):
                between = range(count, count + len(phones) - 1)
                count += len(between)
                ending = [*(0 for _ in between), symbol]
                arcs += zip(
                    (source, *between), (*between, target), map(self._symbol, phones, ending), strict=True
                )
        return _minimal(arcs, automaton.finals.tolist())

    def _symbol(self, phone: str, word: int) -> int:
        if phone not in self.phones:
            raise LexiconError(f"the acoustic model has no phone {phone!r}: use {' '.join(self.phones)}")
        return self.symbols.setdefault((self.phones[phone] + 1, word), len(self.symbols) + 1)

    def _graph(self, automaton: _Automaton, fillers: Sequence[str]) -> Graph:
        phones, words = (np.array(column, np.int32) for column in zip(*self.symbols, strict=True))
        source, target, symbol = automaton.arcs.T
        arcs = _Arcs(source, target, phones[symbol - 1], words[symbol - 1])
        lasting, finals = _lasting(arcs, automaton.finals, self.phones[SILENCE] + 1)
        empty = frozenset(self.words[f"({filler})"] for filler in fillers)
        return Graph(tuple(self.phones), tuple(self.words), *lasting, finals, empty)


class _Arcs(NamedTuple):
    """Columns: states, and phone and word as in `Graph`."""

    source: npt.NDArray[Any]
    target: npt.NDArray[Any]
    phone: npt.NDArray[Any]
    word: npt.NDArray[Any]


def _minimal(arcs: Iterable[tuple[int, int, int]], finals: Iterable[int]) -> _Automaton:
    """The minimal automaton that accepts what this one does; symbol 0 is nothing. State 0 is the start."""
    rows = list(dict.fromkeys(arcs))
    if not rows:
        return _EMPTY
    source, target, symbol = np.array(rows, np.int32).T
    fst = kaldifst.StdVectorFst(
        packed(Arcs(source, target, symbol, symbol), 0.0, np.array([*finals], np.int32))
    )
    kaldifst.determinize_star(fst)
    kaldifst.minimize(fst)
    if fst.num_states == 0:
        return _EMPTY
    states, start, found, ends = unpacked(fst)
    number = np.arange(states, dtype=np.int32)
    number[[0, start]] = start, 0
    kept = np.stack((number[found.source], number[found.target], found.input), axis=1)
    return _Automaton(states, kept, number[ends])


def _spliced(automaton: _Automaton, lists: Sequence[_Automaton]) -> _Automaton:
    """`automaton` with each arc that is a list replaced by a copy of that list."""
    is_list = automaton.arcs[:, 2] >= _LISTS
    parts = [automaton.arcs[~is_list]]
    states = automaton.states
    for source, target, symbol in automaton.arcs[is_list].tolist():
        inner = lists[symbol - _LISTS]
        moved = inner.arcs + np.array([states, states, 0], np.int32)
        moved[inner.arcs[:, 0] == 0, 0] = source
        ending = moved[np.isin(inner.arcs[:, 1], inner.finals)]
        ending[:, 1] = target
        goes_on = np.isin(inner.arcs[:, 1], inner.arcs[:, 0])
        parts += [moved[goes_on], ending]
        states += inner.states
    return _Automaton(states, np.concatenate(parts), automaton.finals)


def _lasting(arcs: _Arcs, finals: Ints, silence: int) -> tuple[_Arcs, Ints]:
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
    phones = _Arcs(
        np.where(has_hub[source], hub[source], first[source] + turn),
        holder[arc],
        arcs.phone[arc],
        arcs.word[arc],
    )
    spoken = (silent_holder[at] > 0) & (held != silence)
    silences = _silent(
        np.append(0, numbers[spoken]), np.append(silent_holder[0], silent_holder[at[spoken]]), silence
    )
    meeting = has_hub[at] & (ways_out[at] > 0)
    parts = (
        phones,
        silences,
        _silent(numbers, numbers, held),
        _silent(numbers[meeting], hub[at[meeting]], 0),
    )
    columns = (np.concatenate(column).astype(np.int32) for column in zip(*parts, strict=True))
    return _Arcs(*columns), numbers[np.isin(at, finals)].astype(np.int32)


_PAIR = 1 << 10


def _pairs(states: npt.NDArray[Any], phones: Any) -> npt.NDArray[np.int64]:
    return np.asarray(states.astype(np.int64) * _PAIR + phones, np.int64)


def _silent(source: npt.ArrayLike, target: npt.ArrayLike, phone: npt.ArrayLike) -> _Arcs:
    """Arcs on which no word ends."""
    source = np.asarray(source)
    return _Arcs(source, np.asarray(target), np.broadcast_to(phone, source.shape), np.zeros_like(source))
