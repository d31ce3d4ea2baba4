"""What turns speech into the words of a sentence, to be measured side by side; Mynah as one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from device.assembly.stages import make_assistant
from device.audio.pcm import CHUNK, chunked
from device.events import Samples
from device.settings import Settings


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a listener made of one recording. `text`: None where it heard nothing; `confidence`: 0 for words
    that are no sentence it listened for; `work`: seconds."""

    text: str | None
    confidence: float
    work: float


class Listener(Protocol):
    """Turns speech into the words of a sentence."""

    name: str
    threshold: float
    """A hypothesis is acted on from this confidence on."""

    def listen(self, samples: Samples) -> Hypothesis: ...


class Mynah:
    """The device's own code on its int8 bundle."""

    name = "mynah"

    def __init__(self, settings: Settings) -> None:
        self._assistant = make_assistant(settings, push_to_talk=True)
        self.threshold = self._assistant.reject_below

    def listen(self, samples: Samples) -> Hypothesis:
        turn = self._assistant.push_to_talk(chunked([samples], CHUNK))
        heard, work = turn.transcript, turn.timings.hearing_ms / 1000
        if heard is None:
            return Hypothesis(None, 0.0, work)
        return Hypothesis(heard.text, 0.0 if heard.free else heard.confidence, work)
