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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import kaldifst
import numpy as np
import numpy.typing as npt

from device.errors import LexiconError, SentencesError
from device.hearing.lexicon import Lexicon
from device.hearing.wording import Pieces, TemplateGroup, list_pieces

Ints = npt.NDArray[np.int32]

SILENCE = "SIL"


@dataclass(frozen=True, slots=True)
class Graph:
    """States and arcs. An arc consumes one frame of `phone` (0: none), and ends `word` (0: none).

    `phone` − 1 and `word` − 1 are indices in `phones` and `words`. `enters` marks the arcs that begin a
    phone, as opposed to those that prolong one. State 0 is the start.
    """

    phones: tuple[str, ...]
    words: tuple[str, ...]
    source: Ints
    target: Ints
    phone: Ints
    word: Ints
    enters: npt.NDArray[np.bool_]
    finals: Ints
    _fsts: dict[tuple[float, float], kaldifst.StdVectorFst] = field(
        default_factory=dict, repr=False, compare=False
    )

    def fst(self, phone_cost: float = 0.0, word_cost: float = 0.0) -> kaldifst.StdVectorFst:
        """The graph for kaldi-decoder, with a cost for each phone that is not silence and for each word."""
        key = (phone_cost, word_cost)
        if key not in self._fsts:
            silent = self.phone == self.phones.index(SILENCE) + 1
            cost = phone_cost * (self.enters & ~silent) + word_cost * (self.word > 0)
            rows = zip(
                *(a.tolist() for a in (self.source, self.target, self.phone, self.word, cost)), strict=True
            )
            order = [f"{s} {t} {p} {w} {c:.9g}" for s, t, p, w, c in rows]
            self._fsts[key] = kaldifst.compile("\n".join([*order, *map(str, self.finals.tolist())]) + "\n")
        return self._fsts[key]


def compile(groups: Iterable[TemplateGroup], lexicon: Lexicon, phones: Sequence[str]) -> Graph:
    """The graph of all that `groups` can say, over `phones` (the acoustic model's, `SILENCE` among them).

    Raises SentencesError for an unknown list or rule or if nothing can be said, LexiconError for words that
    cannot be pronounced.
    """
    return _Compiler(lexicon, tuple(phones)).compile(groups)


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

    def compile(self, groups: Iterable[TemplateGroup]) -> Graph:
        pieces = Pieces()
        for group in groups:
            for sentence in group.sentences:
                pieces.ends.add(pieces.add(sentence.expression, 0, group))
        pieces.write_out_glued()
        sentences = self._over_words(pieces)
        if not len(sentences.finals):
            raise SentencesError(
                "no sentence can be said: add sentences, or devices with the names they need"
            )
        lists = [self._over_words(list_pieces(shared, group)) for shared, group in pieces.lists]
        self._check_words()
        spelled = self._over_phones(sentences, around=True)
        return self._graph(_spliced(spelled, [self._over_phones(one, around=False) for one in lists]))

    def _over_words(self, pieces: Pieces) -> _Automaton:
        arcs = []
        for source, target, label in pieces.words():
            if isinstance(label, str):
                symbol = self.words.setdefault(label, len(self.words) + 1)
            else:
                symbol = 0 if label is None else _LISTS + label
            arcs.append((source, target, symbol))
        return _minimal(arcs, [pieces.final])

    def _check_words(self) -> None:
        missing = self.lexicon.prepare(self.words)
        if missing:
            names = ", ".join(map(repr, missing[:5])) + (", …" if len(missing) > 5 else "")
            raise LexiconError(f"cannot pronounce {names}: spell it otherwise or add it to your lexicon file")

    def _over_phones(self, automaton: _Automaton, *, around: bool) -> _Automaton:
        """Words become phones. Silence may be between words, and with `around` at both ends.

        Of each state s there are two, 2s where words end and 2s + 1 where they begin.
        """
        names = list(self.words)
        silence = self._symbol(SILENCE, 0)
        finals = set(automaton.finals.tolist())
        arcs = [(0, 1, 0)]
        for state in range(automaton.states):
            arcs.append((2 * state, 2 * state + 1, 0))
            if around or state != 0:
                arcs.append((2 * state, 2 * state + 1, silence))
        count = 2 * automaton.states
        for source, target, symbol in automaton.arcs.tolist():
            if symbol >= _LISTS:
                arcs.append((2 * source + 1, 2 * target, symbol))
                continue
            for phones in self.lexicon.pronunciations(names[symbol - 1]):
                states = [2 * source + 1, *range(count, count + len(phones) - 1), 2 * target]
                count += len(phones) - 1
                ending = [0] * (len(phones) - 1) + [symbol]
                spelled = map(self._symbol, phones, ending)
                arcs += zip(states, states[1:], spelled, strict=False)
        return _minimal(arcs, [2 * state + around for state in finals])

    def _symbol(self, phone: str, word: int) -> int:
        if phone not in self.phones:
            raise LexiconError(f"the acoustic model has no phone {phone!r}: use {' '.join(self.phones)}")
        return self.symbols.setdefault((self.phones[phone] + 1, word), len(self.symbols) + 1)

    def _graph(self, automaton: _Automaton) -> Graph:
        phones, words = (np.array(column, np.int32) for column in zip(*self.symbols, strict=True))
        source, target, symbol = automaton.arcs.T
        return _lasting(
            tuple(self.phones),
            tuple(self.words),
            source,
            target,
            phones[symbol - 1],
            words[symbol - 1],
            automaton.finals,
        )


def _minimal(arcs: Iterable[tuple[int, int, int]], finals: Iterable[int]) -> _Automaton:
    """The minimal automaton that accepts what this one with start 0 does; symbol 0 is nothing."""
    rows = sorted(set(arcs))  # the source of the first line is the start
    if not rows:
        return _EMPTY
    text = "\n".join([*(f"{s} {t} {symbol} {symbol}" for s, t, symbol in rows), *map(str, finals)])
    fst = kaldifst.compile(text + "\n")
    kaldifst.connect(fst)
    if fst.num_states == 0:
        return _EMPTY
    kaldifst.determinize_star(fst)
    kaldifst.minimize(fst)
    lines = [line.split() for line in fst.to_str(is_acceptor=True, show_weight_one=True).splitlines()]
    swap = {0: fst.start, fst.start: 0}
    number = {str(state): swap.get(state, state) for state in range(fst.num_states)}
    kept = [(number[line[0]], number[line[1]], int(line[2])) for line in lines if len(line) == 4]
    ends = [number[line[0]] for line in lines if len(line) == 2]
    return _Automaton(fst.num_states, np.array(kept, np.int32).reshape(-1, 3), np.array(ends, np.int32))


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


def _lasting(
    phones: tuple[str, ...],
    words: tuple[str, ...],
    source: Ints,
    target: Ints,
    phone: Ints,
    word: Ints,
    finals: Ints,
) -> Graph:
    """Every phone becomes a state with a loop: one for each pair of a state and a phone that leads to it.

    Where many phones lead to a state with many arcs, they meet in a state without a phone first.
    """
    count = len(phones) + 1
    entered, slot = np.unique(target.astype(np.int64) * count + phone, return_inverse=True)
    at, held = (entered // count).astype(np.int32), (entered % count).astype(np.int32)
    ways_in = np.bincount(at, minlength=int(max(source.max(), target.max())) + 1)
    ways_out = np.bincount(source, minlength=len(ways_in))
    meets = ways_in * ways_out > ways_in + ways_out
    meets[0] = True
    # numbers: the start 0, then the states that hold a phone, then the meeting places
    holder = np.arange(1, len(entered) + 1, dtype=np.int32)
    meeting = np.where(meets, len(entered) + np.cumsum(meets), 0).astype(np.int32)
    meeting[0] = 0
    first = np.concatenate(([0], np.cumsum(ways_in)))[:-1]

    through = meets[source]
    copies = np.where(through, 1, ways_in[source])
    arc = np.repeat(np.arange(len(source)), copies)
    which = np.arange(len(arc)) - np.repeat(np.cumsum(copies) - copies, copies)
    begin = np.where(through[arc], meeting[source[arc]], holder[(first[source[arc]] + which) % len(holder)])
    joins = np.flatnonzero(meets[at] & (ways_out[at] > 0))
    none = np.zeros(len(joins), np.int32)
    silent = np.zeros(len(holder), np.int32)
    return Graph(
        phones,
        words,
        source=np.concatenate((begin, holder, holder[joins])).astype(np.int32),
        target=np.concatenate((holder[slot[arc]], holder, meeting[at[joins]])).astype(np.int32),
        phone=np.concatenate((phone[arc], held, none)).astype(np.int32),
        word=np.concatenate((word[arc], silent, none)).astype(np.int32),
        enters=np.repeat([True, False], [len(arc), len(holder) + len(joins)]),
        finals=holder[np.isin(at, finals)],
    )
