"""What teaches a wake word: the phrase, spelled so that every engine reads it right, and what is near it.

An engine's reading of made-up words is a guess (flite says "mynah" as /mɪnə/), so each spelling is kept for
an engine only if it comes out as the lexicon pronounces the phrase.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence

from device.hearing.lexicon import Lexicon
from training.corpus.synthesis import SILENCE, Voice, able, espeak_phonemes, speak_aligned
from training.corpus.texts import dictionary
from training.edits import distance

Phones = tuple[str, ...]

_FLITE = Voice("flite", "slt")
RHOTIC = ("en-us", "en-gb-scotland")
"""The accents of espeak-ng in which "minor" ends in an r."""


class Phrase:
    """A wake phrase: how it sounds, how to spell it, and what must not be taken for it.

    `words`: the pronunciations of each word; `pronunciations`: those of the whole.

    `spellings`: further ways to write it, tried with those made by rule. A phrase that an engine reads
    wrongly in every spelling is not spoken by that engine.
    """

    def __init__(self, text: str, spellings: Sequence[str] = (), lexicon: Lexicon | None = None) -> None:
        self.text = " ".join(text.lower().split())
        self._lexicon = lexicon or Lexicon()
        self.words = [self._lexicon.pronunciations(word) for word in self.text.split()]
        self.pronunciations = {tuple(itertools.chain(*parts)) for parts in itertools.product(*self.words)}
        self._candidates = list(dict.fromkeys([self.text, *spellings, *_respelled(self.text)]))

    def spellings(self, voice: Voice) -> tuple[str, ...]:
        """The spellings that `voice` reads as the phrase."""
        if voice.engine != "espeak-ng":
            return self._right_for_flite  # festival reads with the same lexicon and rules
        return self._right_for_espeak

    def is_near(self, text: str, voice: Voice) -> bool:
        """Whether `voice` reads `text` as something else than the phrase: "minor" is "mynah" in London."""
        if voice.engine == "espeak-ng":
            return _sounds(text, voice.name) not in {
                _sounds(right, voice.name) for right in self._right_for_espeak
            }
        return flite_phones(text) not in self.pronunciations

    def near(self, count: int = 400) -> list[str]:
        """About `count` texts that are not the phrase, but have a part of it or sound like it."""
        words = self.text.split()
        parts = {" ".join(words[i:j]) for i, j in itertools.combinations(range(len(words) + 1), 2)}
        parts |= {" ".join(words[::-1])}
        lengths = [len(pronunciations[0]) for pronunciations in self.words]
        similar = [self._neighbours(i, count * length // sum(lengths)) for i, length in enumerate(lengths)]
        exchanged = [
            " ".join([*words[:position], other, *words[position + 1 :]])
            for position, others in enumerate(similar)
            for other in others
        ]
        both = [" ".join(pair) for pair in zip(*similar, strict=False)] if len(words) > 1 else []
        return sorted({*parts, *exchanged, *both[: count // 4]} - {self.text})

    def _neighbours(self, position: int, count: int) -> list[str]:
        """The `count` dictionary words nearest in sound to word `position`.

        Without those that contain it: until "minus" is over, it is "mynah".
        """
        targets = self.words[position]
        ranked = sorted(
            (min(distance(phones, target) for target in targets), word)
            for word, phones in dictionary()
            if any(abs(len(phones) - len(target)) <= 1 for target in targets)
            and not any(" ".join(target) in " ".join(phones) for target in targets)
        )
        return [word for _, word in ranked][:count]

    @functools.cached_property
    def _right_for_flite(self) -> tuple[str, ...]:
        if not able([_FLITE]):  # nobody tells how festival reads either
            return ()
        return tuple(text for text in self._candidates if flite_phones(text) in self.pronunciations)

    @functools.cached_property
    def _right_for_espeak(self) -> tuple[str, ...]:
        sounds = [_sounds(text, "en-us") for text in self._candidates]
        return tuple(text for text, sound in zip(self._candidates, sounds, strict=True) if sound == sounds[0])


@functools.cache
def flite_phones(text: str) -> Phones:
    """How flite, and festival, read `text`."""
    return tuple(phone for phone, _, _ in speak_aligned(text, _FLITE)[1] if phone != SILENCE)


@functools.cache
def _sounds(text: str, accent: str) -> str:
    """What espeak-ng says, without stress; a final -er is like a final -a where r is not pronounced there."""
    sound = espeak_phonemes(text, accent).replace("'", "").replace(",", "").replace(" ", "")
    return sound if accent in RHOTIC else sound.replace("3", "@")


def _respelled(text: str) -> Iterable[str]:
    """Spellings that may sound the same: without a silent h, y and i exchanged, a final a written ah."""
    for word in dict.fromkeys(text.split()):
        for old, new in (
            ("ah", "a"),
            ("y", "i"),
            ("i", "y"),
            ("a", "ah"),
            ("ck", "k"),
            ("ph", "f"),
            ("ee", "ea"),
        ):
            if old in word:
                yield text.replace(word, word.replace(old, new))
