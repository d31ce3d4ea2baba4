"""Stages that do as they are told, at audio times given beforehand, for tests of what lies around them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from device.assistant import Assistant
from device.dialogue.exchange import Exchange
from device.events import (
    Act,
    Affirm,
    AudioChunk,
    Cancel,
    Command,
    Deny,
    Detection,
    Endpoint,
    EndpointReason,
    Expectation,
    Intent,
    NotDetected,
    NotRecognized,
    Outcome,
    Question,
    Reply,
    Request,
    Transcript,
    refused,
)
from device.home.state import HomeState
from device.memory.agenda import Agenda

CHUNK = 1280


def audio(seconds: float, value: int = 1) -> Iterator[AudioChunk]:
    """Chunks of 80 ms whose samples are all `value`."""
    for index in range(round(seconds * 16_000 / CHUNK)):
        yield AudioChunk(np.full(CHUNK, value, np.int16), index * CHUNK)


@dataclass
class Wake:
    """Detects in the chunk that holds each audio time of `times` (seconds), `late` seconds after it.

    Digital silence is no wake word, whenever it comes.
    """

    times: tuple[float, ...]
    late: float = 0.0
    _next: int = 0

    def detect(self, audio: Iterator[AudioChunk]) -> Detection | NotDetected:
        for chunk in audio:
            if self._next < len(self.times):
                at = round(self.times[self._next] * 16_000)
                if chunk.end > at + self.late * 16_000 and chunk.samples.any():
                    self._next += 1
                    return Detection("hey mynah", 0.9, at)
        return NotDetected()


@dataclass
class Ends:
    """Every utterance is `seconds` long, with no pre-roll; its last 0.5 s are the pause."""

    seconds: float = 1.0
    endpoint: Endpoint | None = None

    def speech(
        self, audio: Iterator[AudioChunk], patience: float | None = None, voice: float | None = None
    ) -> Iterator[AudioChunk]:
        start, now = -1, 0
        for chunk in audio:
            start = chunk.start if start < 0 else start
            now = chunk.end
            yield chunk
            if now - start >= self.seconds * 16_000:
                self.endpoint = Endpoint(now, EndpointReason.SILENCE, now - 8_000)
                return
        self.endpoint = Endpoint(now, EndpointReason.END_OF_AUDIO)


@dataclass
class Hears:
    """Hears `texts`, one an utterance, with `confidence`; afterwards nothing. Keeps what it was given.

    `others`: what each utterance may have been as well, the likeliest first.
    """

    texts: Iterable[str | None] = ()
    confidence: float = 0.9
    others: Sequence[Transcript] = ()
    given: list[tuple[int, int]] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._texts = iter(self.texts)

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None:
        chunks = list(speech)
        self.during()
        self.given.append((chunks[0].start, chunks[-1].end) if chunks else (0, 0))
        text = next(self._texts, None)
        return None if text is None else Transcript(text, self.confidence)

    def expect(self, answers: Sequence[object]) -> None:
        self.expected.append(len(answers))

    def alternatives(self, count: int, within: float) -> list[Transcript]:
        return [other for other in self.others if other.behind <= within][:count]


class Understands:
    """ "turn on the lamp" is HassTurnOn of "lamp"; what does not begin with "turn" is nothing.

    While a question is open, "yes" and "no" answer it; "never mind" is Cancel.
    """

    def acts(self, transcript: Transcript, question: Question | None, reject_below: float) -> tuple[Act, ...]:
        if question is not None and transcript.text in ("yes", "no"):
            return (Affirm(transcript.confidence) if transcript.text == "yes" else Deny(),)
        if transcript.text == "never mind":
            return (Cancel(),)
        meaning = self.understand(transcript, reject_below)
        return (Request(meaning) if isinstance(meaning, Intent) else meaning,)

    def answers(self, question: Question) -> Sequence[object]:
        return (question.text,)

    def understand(self, transcript: Transcript, reject_below: float) -> Intent | NotRecognized:
        if transcript.confidence < reject_below:
            return NotRecognized(transcript.text, "heard too doubtfully")
        words = transcript.text.split()
        if words[0] == "fail":
            raise RuntimeError("a fault")
        if words[0] != "turn":
            return NotRecognized(transcript.text, "not a known sentence")
        slots = {"name": " ".join(words[3:])}
        return Intent(f"HassTurn{words[1].capitalize()}", slots, transcript.confidence)


@dataclass
class AnyHome:
    """Every name is a lamp at zigbee2mqtt; `observed` is what its devices said.

    `prior_costs`: by name, of a request for it. `falls_due`: what does, next; it
    `rings` until it is stopped.
    """

    observed: dict[str, bytes] = field(default_factory=dict)
    expires: float = 2.0
    state: HomeState = field(default_factory=HomeState)
    expected: tuple[Expectation, ...] = ()
    prior_costs: Mapping[str, float] = field(default_factory=dict)
    question: Question | None = None
    asks: frozenset[str] = frozenset()
    here: str | None = None
    falls_due: deque[Exchange] = field(default_factory=deque)
    rings: bool = False
    agenda: Agenda = field(default_factory=Agenda)
    said: str = ""

    def ask(self, question: Question) -> None:
        self.question = question

    def due(self) -> Iterable[Exchange]:
        while self.falls_due:
            yield self.falls_due.popleft()

    def stop(self) -> None:
        self.rings = False

    def told(self, text: str) -> None:
        self.said = text

    def prior_cost(self, acts: Sequence[Act]) -> float:
        requests = (act for act in acts if isinstance(act, Request))
        return sum(self.prior_costs.get(str(one.intent.slots.get("name")), 0.0) for one in requests)

    def close(self) -> None:
        self.question = None

    def preview(self, acts: Sequence[Act]) -> Outcome:
        return replace(self, state=HomeState()).respond(acts)

    def respond(self, acts: Sequence[Act]) -> Outcome:
        """What is in `asks` is asked back."""
        question, self.question = self.question, None
        if question is not None and question.relayed:
            return Outcome()
        match acts[0]:
            case Cancel():
                return Outcome(reply=Reply("All right"))
            case Request(intent) if intent.slots.get("name") in self.asks:
                self.question = Question("Shall I?", intent, "confirmation")
                return Outcome(reply=Reply("Shall I?"), question=self.question)
            case Request(intent):
                return self.handle(intent)
            case Affirm() if question is not None:
                return self.handle(question.about)
            case Deny():
                return Outcome(reply=Reply("No"))
        return refused("Sorry, I did not understand that")

    def handle(self, meaning: Intent) -> Outcome:
        state: Mapping[str, str] = {"state": meaning.name.removeprefix("HassTurn").upper()}
        topic = f"zigbee2mqtt/{meaning.slots['name']}/set"
        return Outcome((Command(topic, state, expires=self.expires),), Reply("Done"), self.expected)

    def topics(self) -> tuple[str, ...]:
        return ("zigbee2mqtt/lamp",)

    def queries(self) -> tuple[Command, ...]:
        return (Command("zigbee2mqtt/lamp/get", {"state": ""}),)

    def observe(self, topic: str, payload: bytes) -> None:
        self.observed[topic] = payload


def assistant(
    times: tuple[float, ...] = (),
    texts: Iterable[str | None] = (),
    *,
    late: float = 0.0,
    confidence: float = 0.9,
    reject_below: float = 0.5,
) -> Assistant:
    """An assistant that is woken at `times` and then hears `texts`."""
    hears = Hears(texts, confidence)
    return Assistant(Wake(times, late), Ends(), hears, Understands(), AnyHome(), reject_below)
