"""The vocabulary of the voice loop: frozen values that one stage hands to the next.

Time is audio time, in samples at 16 kHz since the audio opened (`AudioChunk.start`, `at`), so no test
needs a clock. Negative outcomes are types of their own. This module imports nothing of ours.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Hz. Everything behind `device.audio` is 16 kHz mono int16."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """`samples`: int16 mono at 16 kHz, a multiple of 10 ms; `start`: audio time of the first sample."""

    samples: Samples
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class Detection:
    """The wake word `name` ended near audio time `at`, with `probability` 0…1."""

    name: str
    probability: float
    at: int


@dataclass(frozen=True, slots=True)
class NotDetected:
    """The audio ended before any wake word."""


class EndpointReason(enum.Enum):
    SILENCE = "silence"
    TIMEOUT = "timeout"
    END_OF_AUDIO = "end of audio"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The speaker stopped; decided at audio time `at`, the last speech heard at `speech_end`.

    `speech_end` is None where nobody spoke.
    """

    at: int
    reason: EndpointReason
    speech_end: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard: words in lower case, and how likely they are right, 0…1.

    `behind`: by how many nats something else is likelier to have made these sounds.
    """

    text: str
    confidence: float
    behind: float = 0.0


@dataclass(frozen=True, slots=True)
class Intent:
    """What was meant. `slots` maps slot names to the values that the sentence's list gives them."""

    name: str
    slots: Mapping[str, Any]
    confidence: float


@dataclass(frozen=True, slots=True)
class NotRecognized:
    """`text` is nothing that we know, or was heard too doubtfully; `reason` says which."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Command:
    """A message for an appliance: QoS 1, never retained, dropped `expires` seconds after it was made.

    `payload` is what is sent: a str as it is, anything else as JSON.
    """

    topic: str
    payload: str | Mapping[str, Any]
    qos: int = 1
    expires: float = 2.0


@dataclass(frozen=True, slots=True)
class NotHandled:
    """Nothing is sent; `reason` is a sentence that can be said to the user."""

    reason: str


@dataclass(frozen=True, slots=True)
class Impossible(NotHandled):
    """Who knows the home would not ask for it: there is no such thing, or it never does that."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said or shown back."""

    text: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a device says of itself once it has done what it was told: that `key` of its state is `value`.

    A key of None: anything at all. `called`: the device as it is spoken of, "the kitchen lamp". `before`: the
    number that was known; for what takes its time, one nearer to `value` will do.
    """

    device: str
    called: str
    key: str | None = None
    value: Any = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """What the home makes of a meaning: `commands` for its appliances and a `reply` for the user.

    `expected`: what the appliances that tell their state are to report.
    """

    commands: tuple[Command, ...]
    reply: Reply
    expected: tuple[Expectation, ...] = ()


class Confirmation(enum.Enum):
    """What the appliances made of the commands, by their own reports."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    """No report in time."""
    FAILED = "failed"
    """A report that says otherwise, or a command that was not sent."""


@dataclass(frozen=True, slots=True)
class Timings:
    """`audio_s`: seconds of audio in the turn; the rest are milliseconds of wall time.

    `speech_end_to_command_ms` runs from the arrival of the chunk that ended the utterance (the endpoint)
    to the commands being ready to publish.
    """

    audio_s: float
    wake_ms: float
    hearing_ms: float
    speech_end_to_command_ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange. `detection` is None for push-to-talk, `transcript` where nothing was heard.

    `confirmation` is None where no report is expected, or was waited for yet.
    """

    detection: Detection | None
    endpoint: Endpoint
    transcript: Transcript | None
    meaning: Intent | NotRecognized
    outcome: Handled | NotHandled
    timings: Timings
    file: str | None = field(default=None)
    confirmation: Confirmation | None = None

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.outcome.commands if isinstance(self.outcome, Handled) else ()

    @property
    def reply(self) -> str:
        return self.outcome.reply.text if isinstance(self.outcome, Handled) else self.outcome.reason
