"""What no template knows, as a learned encoder holds it to be meant: in sentences of Mynah's own.

The encoder gives a label; what the text names is copied from it; the sentence of both is understood as if it
had been said. Nothing is made of a text that denies, asks, tells or sets a condition.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from device.errors import BundleError
from device.events import Intent
from device.understanding.encoder import Reading, TextBundle, TextModel
from device.understanding.frames import Frame, Said, Text, frames, idle, sentences, things
from device.understanding.mentions import mentions
from device.understanding.pieces import words
from device.understanding.tagging import spans
from device.understanding.vocabulary import Vocabulary

HEAD = "requests"
NONE = "oos"
"""The encoder's label of what is no request to Mynah."""
DO, ASK, ANSWER = 0.9, 0.5, 0.7
"""The least probability with which a request is done, is asked back, and a question is answered."""
LEAST = 0.05
"""Probability of a label that is looked at."""
NO_REQUEST = re.compile(
    r"\b(?:not|no|never|nobody|none|if|when|whenever|once|until|till|unless|except|only|instead|rather|kidding|joking"
    r"|testing|already|said|says|told|asked|mean|meant|sorry|think|thought|wonder|might|did|does|was|were|who"
    r"|why|how|he|she|they|song|movie|ignore|suppose|imagine|pretend)\b|n't\b|^(?:should|shall|may|maybe)\b"
    r"|\b(?:i|we|you) (?:just |already |have |had )?(?!need)"
    r"(?:\w+ed|put|shut|left|made|got|went|forgot|bought|ran)\b"
)
"""What denies, asks, tells or sets a condition."""
SENSES = re.compile(r"\b(?:i|we) (?:can't|cannot|can barely|can hardly) (?:hear|see)\b")
"""What only seems to deny something."""
LETTERS = re.compile(r"[a-z' ]*[a-z]{3}[a-z' ]*")
"""A text that the encoder can know: English words, one of three letters at least."""

Parse = Callable[[str], tuple[Intent, ...]]
"""The intents of a whole sentence; none where a part of it is not known."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """What is held to be meant, and how probably. `asked`: the same in Mynah's words, where it must be asked
    back first; else empty."""

    intents: tuple[Intent, ...]
    probability: float
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Inference:
    """A learned encoder, which is loaded when it is first asked."""

    bundle: TextBundle

    @classmethod
    def load(cls, path: Path) -> Inference:
        """Raises BundleError where the bundle in `path` is none, or has other labels than Mynah."""
        bundle = TextBundle.load(path)
        if bundle.head != HEAD:
            raise BundleError(
                f"{path}: says {bundle.head}, not {HEAD}; name another in understanding.encoder"
            )
        if unknown := [label for label in bundle.labels if label not in frames() and label != NONE]:
            raise BundleError(f"{path}: no skill knows its label {unknown[0]}; train the bundle again")
        return cls(bundle)

    def of(self, text: str, vocabulary: Vocabulary, parse: Parse, sure: float = 1.0) -> Inferred | None:
        """What `text`, as it is spoken, most probably means; None where that is too improbable.

        `sure`: the probability that it was said at all; below 1 it is asked back.
        """
        if not LETTERS.fullmatch(text):
            return None
        reading = _model(self.bundle).read(text)
        if reading is None or [one.text for one in reading.words] != [one.text for one in words(text)]:
            return None
        found = self._found(text, reading, vocabulary, parse)
        best = max(found.values(), key=lambda one: one[0], default=None)
        return None if best is None else priced(*best, sure)

    def _found(
        self, text: str, reading: Reading, vocabulary: Vocabulary, parse: Parse
    ) -> dict[str, tuple[float, Frame, Said, tuple[Intent, ...]]]:
        """The readings of all labels; of those with the same meaning the probabilities add up."""
        tags, denied = spans(reading.tags), NO_REQUEST.search(SENSES.sub("", text))
        named = Text(tuple(text.split()), mentions(text.split(), vocabulary, tags), vocabulary, idle())
        found: dict[str, tuple[float, Frame, Said, tuple[Intent, ...]]] = {}
        for label, probability in zip(self.bundle.labels, map(float, reading.probability), strict=True):
            frame = frames().get(label)
            if frame is None or probability < LEAST or (denied and not frame.answered):
                continue
            for said in sentences(frame, named):
                if intents := parse(said.sentence):
                    before = found.get(repr(intents))
                    unsure = said.unsure or bool(self._strange(named))
                    said = said._replace(unsure=unsure)
                    total = probability + (before[0] if before else 0.0)
                    found[repr(intents)] = (total, frame, said, intents)
                    break
        return found

    def _strange(self, text: Text) -> set[str]:
        """Words that no request had that the encoder learned from, and that name nothing."""
        if not self.bundle.familiar or text.of("list"):
            return set()
        kinds = ("name", "place", "time", "number", "colour", "strange thing", "strange place")
        named = frozenset[str]().union(*(one.words for one in things().values()))
        return {text.words[at] for at in text.rest(*kinds)} - self.bundle.familiar - named


def priced(
    probability: float, frame: Frame, said: Said, intents: tuple[Intent, ...], sure: float
) -> Inferred | None:
    """What is done, asked back, or (None) neither, at this probability."""
    probability = min(probability, 1.0) * sure
    if said.unsure and frame.answered:
        return None
    if probability < (ANSWER if frame.answered else ASK):
        return None
    asks = not frame.answered and (said.unsure or probability < DO or sure < 1.0)
    return Inferred(intents, probability, said.sentence if asks else "")


@functools.lru_cache(maxsize=2)
def _model_at(path: Path) -> TextModel:
    return TextModel(TextBundle.load(path))


def _model(bundle: TextBundle) -> TextModel:
    return _model_at(bundle.path)
