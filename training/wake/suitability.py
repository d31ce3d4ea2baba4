"""Whether a phrase can be a wake word at all: told before hours are spent on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from device.errors import LexiconError, MynahError
from device.hearing.lexicon import Lexicon
from training.corpus.synthesis import Voice, able
from training.wake.phrases import Phones, Phrase

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
COMMON = 1 / 4000
"""Share of sentences that have the phrase in them, from which on it is said all the time."""
KNOWN = 1 / 50_000
"""The same, from which on it is said now and then."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """`text` says what is wrong with a phrase and what to do; `fatal`: it is not worth a try."""

    text: str
    fatal: bool


class UnsuitableError(MynahError):
    """A phrase that would wake all day, or never."""


def check(doubts: Iterable[Doubt], anyway: bool) -> list[str]:
    """The doubts with which one may go on; UnsuitableError for the first that is fatal, unless `anyway`."""
    found = list(doubts)
    for doubt in found:
        if doubt.fatal and not anyway:
            raise UnsuitableError(f"{doubt.text}, or insist with --anyway")
    return [doubt.text for doubt in found]


def doubts(text: str, sentences: Iterable[str], spellings: Iterable[str] = ()) -> Iterator[Doubt]:
    """What speaks against the wake phrase `text`. `sentences`: what people say otherwise, in lower case."""
    words = text.lower().split()
    if not words or not any(letter.isalpha() for letter in text):
        yield Doubt(f"{text!r} has no words: type the phrase as it is said", True)
        return
    try:
        pronunciations = _shortest(words, Lexicon())
    except LexiconError as error:
        yield Doubt(f"{error}; or type it as it sounds in English", True)
        return
    syllables = sum(phone in VOWELS for phone in pronunciations)
    if syllables < 2:
        yield Doubt(f'{text!r} has one syllable, every other word sounds like it: put "hey" before it', True)
    elif syllables < 3 or len(pronunciations) < 5:
        yield Doubt(
            f"{text!r} has {syllables} syllables: with three or more it is missed and mistaken less often",
            False,
        )
    yield from _said_anyway(" ".join(words), sentences)
    flite = able([Voice("flite", "slt")])  # where it is not installed, that is told elsewhere
    if flite and not Phrase(text, tuple(spellings)).spellings(flite[0]):
        yield Doubt(
            f"flite and festival do not read {text!r} as the dictionary does, their voices are left out:"
            " give another spelling that sounds the same with --sounds-like",
            False,
        )


def _shortest(words: Iterable[str], lexicon: Lexicon) -> Phones:
    """The phrase with the fewest sounds that its words can have."""
    return tuple(phone for word in words for phone in min(lexicon.pronunciations(word), key=len))


def _said_anyway(phrase: str, sentences: Iterable[str]) -> Iterator[Doubt]:
    found = total = 0
    for sentence in sentences:
        total += 1
        found += f" {phrase} " in f" {sentence} "
    share = found / max(total, 1)
    if share >= COMMON:
        yield Doubt(
            f"{phrase!r} is in one of {round(1 / share)} sentences that people say: it would wake all day;"
            ' choose a rarer phrase, such as "hey" and a name',
            True,
        )
    elif share >= KNOWN:
        yield Doubt(
            f"{phrase!r} is said now and then ({found} of {total} sentences): it will wake then", False
        )
