"""The vocabulary of the voice loop: frozen values that one stage hands to the next. Imports nothing of ours.

Time is audio time, in samples at 16 kHz since the audio opened (`AudioChunk.start`, `at`).
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Hz. Everything behind `device.audio` is 16 kHz mono int16."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """`samples`: int16 mono at 16 kHz, a multiple of 10 ms; `start`: audio time of the first sample;
    `softer`: it may be the voice of somebody else, who is softer than the speaker."""

    samples: Samples
    start: int
    softer: bool = False

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
    """The speaker stopped; decided at audio time `at`, the last speech heard at `speech_end`, None where
    nobody spoke."""

    at: int
    reason: EndpointReason
    speech_end: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard: words in lower case, and how likely they are right, 0…1. `behind`: by how many nats
    something else is likelier to have made these sounds. `free`: it is no sentence that was listened for."""

    text: str
    confidence: float
    behind: float = 0.0
    free: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """What was meant. `response`: which of its replies is asked for. `all_meant`: it may mean everything.
    `inferred`: it in Mynah's words, where a learned encoder holds it to be meant; empty: it was said so."""

    name: str
    slots: Mapping[str, Any]
    confidence: float
    response: str = "default"
    all_meant: bool = field(default=True, compare=False)
    inferred: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class NotRecognized:
    """`text` is nothing that we know, or was heard too doubtfully; `reason` says which."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a question offers: how it is read out, what it may be called, what it stands for."""

    label: str
    said: tuple[str, ...]
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """Do or answer `intent`. `either`: values of its slots that sound alike, those of `intent` first.
    `asked`: the sentence with which Mynah asks whether it shall do that; empty: it does it at once."""

    intent: Intent
    either: tuple[Option, ...] = ()
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the open question asked for: slots that complete its request."""

    slots: Mapping[str, Any]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Affirm:
    """Yes."""

    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Deny:
    """No; or none of what the question offers."""


@dataclass(frozen=True, slots=True)
class Correct:
    """What was understood or done last was wrong; `slots` are what was meant instead."""

    slots: Mapping[str, Any]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Also:
    """What was asked for last, once more, with other `slots`: "and the kitchen", "for half an hour"."""

    slots: Mapping[str, Any]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Cancel:
    """Never mind."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Say it again."""


Act = Request | Answer | Affirm | Deny | Correct | Also | Cancel | Repeat | NotRecognized
"""What one part of a sentence does in a conversation."""


@dataclass(frozen=True, slots=True)
class Command:
    """A message for an appliance: QoS 1, never retained, dropped `expires` seconds after it was made.
    `payload`: what is sent, a str as it is, anything else as JSON."""

    topic: str
    payload: str | Mapping[str, Any]
    qos: int = 1
    expires: float = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said or shown back. `name`: which of the replies with variants it is."""

    text: str
    name: str | None = None


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
class Question:
    """What Mynah waits to hear. An answer completes `about`.

    `expects`: the set of sentences that answer it, such as "choice", "confirmation" or "duration", as the
    skills' `answers.yaml` have them. `options`: what "choice" is between. `then`: what was said in the same
    sentence and is to be done after it. `until`: when it ends by itself; None until the dialogue sets it.
    `misses`: how often it was not understood. `relayed`: somebody else asks, and gets the answer.
    """

    text: str
    about: Intent
    expects: str
    options: tuple[Option, ...] = ()
    then: tuple[Act, ...] = ()
    until: datetime.datetime | None = None
    misses: int = 0
    relayed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, or is to change, in Mynah's own memory: `do` is a verb such as "timer.start".

    `values` is what is told of it, as JSON. `subject`: what the store that owns it needs besides.
    """

    do: str
    values: Mapping[str, Any] = field(default_factory=dict)
    subject: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a turn: `commands` for the appliances, and a `reply` for the user.

    `expected`: what the appliances that tell their state are to report. `done`: what changes in Mynah's own
    memory. `question`: what is asked back. `undo`: requests that take it back. `about`: the slots that "it"
    stands for afterwards. `fine`: it was done or answered; otherwise the reply says why not. `possible`: who
    knows the home might ask for it. `source`: where an answer comes from.
    """

    commands: tuple[Command, ...] = ()
    reply: Reply = Reply("")
    expected: tuple[Expectation, ...] = ()
    done: tuple[Change, ...] = ()
    question: Question | None = None
    undo: tuple[Intent, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    fine: bool = True
    possible: bool = True
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An entry of the agenda whose time, `at`, has come.

    `kind`: "timer", "alarm", "reminder", "delayed" or "rule". `text`: what it is about. `requests`: to do.
    `seconds`: the length of a timer. `missed`: Mynah was off at that time; it tells, and does nothing.
    """

    kind: str
    id: int
    at: datetime.datetime
    name: str | None = None
    text: str = ""
    requests: tuple[Intent, ...] = ()
    seconds: int | None = None
    missed: bool = False


def refused(reason: str) -> Outcome:
    """Nothing is done; `reason` is a sentence that can be said to the user."""
    return Outcome(reply=Reply(reason), fine=False)


def impossible(reason: str) -> Outcome:
    """As `refused`, for what nobody who knows the home asks for: it is not there, or never does that."""
    return Outcome(reply=Reply(reason), fine=False, possible=False)


def meaning(acts: Iterable[Act]) -> Intent | NotRecognized:
    """The first thing that `acts` ask for; NotRecognized where they ask for nothing."""
    acts = tuple(acts)
    asked = (act.intent for act in acts if isinstance(act, Request))
    missed = (act for act in acts if isinstance(act, NotRecognized))
    return next(asked, None) or next(missed, None) or NotRecognized("", "it asks for nothing by itself")


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

    `confirmation` is None where no report is expected, or was waited for yet. `question`: what it answers.
    """

    detection: Detection | None
    endpoint: Endpoint
    transcript: Transcript | None
    acts: tuple[Act, ...]
    outcome: Outcome
    timings: Timings
    file: str | None = field(default=None)
    confirmation: Confirmation | None = None
    question: Question | None = None

    @property
    def intents(self) -> tuple[Intent, ...]:
        """What was asked for."""
        return tuple(act.intent for act in self.acts if isinstance(act, Request))

    @property
    def meaning(self) -> Intent | NotRecognized:
        """The first thing that was asked for; NotRecognized where nothing was."""
        return meaning(self.acts)

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.outcome.commands

    @property
    def reply(self) -> str:
        return self.outcome.reply.text
