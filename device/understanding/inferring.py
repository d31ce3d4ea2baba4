"""What no template knows, as a learned encoder holds it to be meant: in sentences of Mynah's own.

The encoder gives a label; what the text names is copied from it; the sentence of both is understood as if it
had been said. Nothing is made of a text that denies, asks, tells or sets a condition.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from device.errors import BundleError
from device.events import Intent
from device.understanding.encoder import Reading, TextBundle, TextModel
from device.understanding.frames import Text, frames, idle, sentences, things
from device.understanding.mentions import WHOLE, mentions
from device.understanding.requesting import Mood, mood
from device.understanding.tagging import spans
from device.understanding.vector_head import VectorHead, together
from device.understanding.vocabulary import Vocabulary

HEAD = "requests"
NONE = "oos"
"""The encoder's label of what is no request to Mynah."""
DO, ASK, ANSWER = 0.9, 0.5, 0.6
"""The least probability with which a request is done, is asked back, and a question is answered."""
LEAST = 0.05
"""Probability of a label that is looked at."""
ABOUT = frozenset(
    {"list", "lists", "alarm", "alarms", "timer", "timers", "reminder", "reminders", "remember"}
)
"""What is asked about whatever other words there are, and may be called anything."""
NAMING = ("name", "place", "time", "number", "colour", "strange thing", "strange place")
"""Kinds of mentions that may stand in a request."""
PLACED = re.compile(r"\b(?:in|at|of|inside|on) (?:the|my|our|your)$")
BEFORE_VERBS = frozenset(
    {"please", "you", "to", "and", "kindly", "just", "then", "now", "i", "hey", "can", "could"}
)
OPPOSITES = (
    frozenset({"on", "off"}),
    frozenset({"open", "close"}),
    frozenset({"lock", "unlock"}),
    frozenset({"brighter", "dimmer"}),
)
"""Words of which one request has one: "night light off big light on" are two."""
LETTERS = re.compile(r"(?=.*[a-z]{3})[a-z']+(?: [a-z']+)+")
"""A text that the encoder can know: English words, two at least. One alone does not say what to do."""

Parse = Callable[[str], tuple[Intent, ...]]
"""The intents of a whole sentence; none where a part of it is not known."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """What is held to be meant, and how probably. `sentence`: the same in Mynah's words. `asks`: it must be
    asked back first."""

    intents: tuple[Intent, ...]
    probability: float
    sentence: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A `sentence` of Mynah's own that a text may mean. `answered`: it is a question; `unsure`: there is more
    in the text than in the sentence."""

    answered: bool
    sentence: str
    intents: tuple[Intent, ...]
    probability: float
    unsure: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """A bundle's model, and a second head that reads the same text if there is one. Both are loaded when they
    are first asked. It may be pickled."""

    folder: Path
    second: VectorHead | None = None

    def __call__(self, text: str) -> Reading | None:
        """Raises BundleError."""
        reading = _model(self.folder).read(text)
        if reading is None or self.second is None:
            return reading
        both = reading.probability, self.second.probability(text)
        return replace(reading, probability=together(*both, self.second.weights))


@functools.lru_cache(maxsize=2)
def _model(folder: Path) -> TextModel:
    return TextModel(TextBundle.load(folder))


@dataclass(frozen=True, slots=True)
class Inference:
    """`read` gives the probability of each of `labels`, and tags things and places. `familiar`: the words
    around those in requests; none: all are."""

    labels: tuple[str, ...]
    read: Callable[[str], Reading | None]
    familiar: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: Path, second: VectorHead | None = None) -> Inference:
        """Raises BundleError where there is no bundle, or its labels are not Mynah's, or not `second`'s."""
        bundle = TextBundle.load(folder)
        if bundle.head != HEAD:
            raise BundleError(
                f"{folder}: reads {bundle.head}, not {HEAD}; set understanding.encoder to another"
            )
        if unknown := [label for label in bundle.labels if label not in frames() and label != NONE]:
            raise BundleError(f"{folder}: no skill knows its label {unknown[0]}; train the bundle again")
        if second is not None and second.labels != bundle.labels:
            raise BundleError(
                f"{folder}: has other labels than the second head; train that again: mynah-train vectors"
            )
        return cls(bundle.labels, Reader(folder, second), bundle.familiar)

    def of(self, text: str, vocabulary: Vocabulary, parse: Parse, sure: float = 1.0) -> Inferred | None:
        """What `text`, as it is spoken, most probably means; None where that is too improbable.

        `sure`: the probability that it was said at all; below 1 it is asked back.
        """
        if not LETTERS.fullmatch(text):
            return None
        reading = self.read(text)
        if reading is None or [one.text for one in reading.words] != text.split():
            return None
        found = self._candidates(text, reading, vocabulary, parse)
        best = max(found, key=lambda one: one.probability, default=None)
        return None if best is None else priced(best, sure)

    def _candidates(
        self, text: str, reading: Reading, vocabulary: Vocabulary, parse: Parse
    ) -> Iterable[Candidate]:
        """A reading for each label; of those with the same meaning the probabilities add up."""
        said = tuple(text.split())
        named = Text(said, mentions(said, vocabulary, spans(reading.tags)), vocabulary, idle())
        does = mood(named)
        strange = self._strange(named)
        if any(is_elsewhere(at, named) for at in strange) or any(both.issubset(said) for both in OPPOSITES):
            return ()
        found: dict[str, Candidate] = {}
        for label, probability in zip(self.labels, map(float, reading.probability), strict=True):
            frame = frames().get(label)
            if frame is None or probability < LEAST or (does is Mood.TELLS and not frame.answered):
                continue
            parsed = ((one, parse(one.sentence)) for one in sentences(frame, named))
            if meant := next((one for one in parsed if one[1]), None):
                one, intents = meant
                before = found.get(repr(intents))
                total = probability + (before.probability if before else 0.0)
                unsure = one.unsure or bool(strange) or (does is Mood.UNCLEAR and not frame.answered)
                found[repr(intents)] = Candidate(frame.answered, one.sentence, intents, total, unsure)
        return found.values()

    def _strange(self, text: Text) -> list[int]:
        """Places of the words that no request had that the encoder learned from, and that name nothing."""
        if not self.familiar or not ABOUT.isdisjoint(text.words):
            return []
        named = WHOLE.union(*(one.words for one in things().values()))
        return [at for at in text.rest(*NAMING) if text.words[at] not in self.familiar | named]


def is_elsewhere(at: int, text: Text) -> bool:
    """Whether the strange word there tells a thing or a room from those that are known: "the granary light",
    "the volume of the trampoline"."""
    before, after = text.words[:at], text.words[at + 1 :]
    if PLACED.search(" ".join(before)):
        return True
    told = bool(before) and before[-1] not in BEFORE_VERBS
    nouns = frozenset[str]().union(*(one.words for one in things().values() if not one.called or one.asked))
    begins = any(one.begin == at + 1 for one in text.of("name", "place"))
    return told and (begins or (bool(after) and after[0] in nouns))


def priced(found: Candidate, sure: float) -> Inferred | None:
    """What is done, asked back or answered, or nothing, where it was said as probably as `sure`."""
    probability = min(found.probability, 1.0) * sure
    if found.answered:
        enough = probability >= ANSWER and not found.unsure
        return Inferred(found.intents, probability, found.sentence) if enough else None
    if probability < ASK:
        return None
    asks = found.unsure or probability < DO or sure < 1.0
    return Inferred(found.intents, probability, found.sentence, asks)
