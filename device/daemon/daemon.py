"""The daemon: the voice loop between a microphone and the broker.

What comes in over MQTT is taken between two chunks of audio, on the loop's own thread, so nothing here
needs a lock and nothing waits for the network.
"""

from __future__ import annotations

import dataclasses
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from device.assistant import Assistant, Listening, Step, Stopped
from device.audio import earcons
from device.channels.hermes import TOPICS, Hermes
from device.channels.homeassistant import STATUS
from device.daemon.confirming import Awaited
from device.daemon.review import Forgetful
from device.discovery.following import Follower
from device.errors import AudioError
from device.events import AudioChunk, Command, Confirmation, Endpoint, Samples, Turn
from device.hearing.thresholds import Thresholds
from device.home.state import HomeState
from device.mqtt.client import Receipt, Topics
from device.mqtt.connection import Asker, Message
from device.system.service import Service
from device.update.offer import Updates

log = logging.getLogger(__name__)

ASKED = ("say", "listen", "mute/set", "threshold/+/set", "update/install")
"""Our own topics on which others may ask for something."""

LONGEST_TEXT = 500
"""Characters of a text on `say` that are shown."""

PATIENCE = 5.0
"""Seconds after which a wish to be listened to has come too late: there was no microphone meanwhile."""

AGAIN = (0.2, 1.5)
"""Seconds after Home Assistant's start at which everything retained is said again."""

FAULTS = 10
"""Faults in a row, without a turn between them, after which the daemon gives up and is to be restarted."""


class Observer(Protocol):
    """The home, as far as it follows its devices' states."""

    @property
    def state(self) -> HomeState: ...

    def observe(self, topic: str, payload: bytes) -> None: ...


class Outlet(Protocol):
    """The broker, as `device.mqtt.client.Publisher` is it: nothing here waits."""

    @property
    def topics(self) -> Topics: ...
    @property
    def connections(self) -> int: ...

    def send(self, turn: Turn) -> Receipt: ...
    def tell(self, turn: Turn, dropped: Sequence[Command], asker: Asker | None = None) -> None: ...
    def retain(self, name: str, value: str) -> None: ...
    def again(self) -> None: ...
    def post(self, topic: str, content: Mapping[str, Any]) -> None: ...
    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None: ...
    def messages(self) -> Iterable[Message]: ...


class Speaker(Protocol):
    """As `device.audio.speaker.SilentSpeaker`: plays while the loop goes on."""

    def play(self, samples: Samples) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Company:
    """Who goes along with the voice loop, where there is somebody."""

    review: Forgetful = field(default_factory=Forgetful)
    follower: Follower | None = None  # of the home that is announced
    hermes: Hermes | None = None  # speaks with Rhasspy and Snips
    thresholds: Thresholds = field(default_factory=lambda: Thresholds(()))  # which may be moved from outside
    service: Service = field(default_factory=lambda: Service({}))  # is told that audio flows
    updates: Updates | None = None  # looks for new versions


class Daemon:
    """`report` is given each turn with the commands that could not be sent, `say` each text to be shown."""

    def __init__(
        self,
        assistant: Assistant,
        home: Observer,
        publisher: Outlet,
        speaker: Speaker,
        report: Callable[[Turn, Sequence[Command]], None],
        say: Callable[[str], None],
        company: Company | None = None,
    ) -> None:
        self._assistant = assistant
        self._home = home
        self._publisher = publisher
        self._speaker = speaker
        self._report = report
        self._say = say
        self._with = company or Company()
        self._idle = True
        self._again_at: float | None = None
        self._awaited: list[Awaited] = []
        self._asker: Asker | None = None  # of those who want to be listened to, the last
        self._connections = 0
        self._muted = False

    def run(self, audio: Iterable[AudioChunk]) -> None:
        """Until the audio ends, or a new version is to begin. A fault in one turn is logged, and the next
        wake word is waited for."""
        self._publisher.retain("mute", "OFF")
        for name in self._with.thresholds.names:
            self._publisher.retain(f"threshold/{name}", self._with.thresholds[name])
        self._state("idle")
        attended = self.attend(audio)
        try:
            self._go_on(attended)
        finally:
            for awaited in self._awaited:
                self._tell(awaited.given_up(), awaited)

    def _go_on(self, attended: Iterable[AudioChunk]) -> None:
        faults = 0
        while faults < FAULTS:
            try:
                for step in self._assistant.steps(attended):
                    self.take(step)
                    faults = 0 if isinstance(step, Turn) else faults
                self._wait_for_reports()
                return
            except AudioError:
                raise
            except Exception:
                faults += 1
                log.exception("a fault in this turn; going on")
                self._abort()
                self._idle = True
                self._state("idle")
        raise AudioError(f"{FAULTS} faults in a row, see the log above; ending, to be started afresh")

    def attend(self, audio: Iterable[AudioChunk]) -> Iterator[AudioChunk]:
        """The audio, with what came in over MQTT taken between its chunks; silence while muted.

        It ends, between two turns, where a new version waits.
        """
        for chunk in audio:
            if self._with.updates is not None and self._with.updates.restart and self._idle:
                return
            self._with.service.audio(time.monotonic())
            for duty in (self._receive_all, self._conclude, self._keep_up):
                self._do(duty)
            if self._muted:
                chunk = dataclasses.replace(chunk, samples=np.zeros_like(chunk.samples))
            self._do(lambda chunk=chunk: self._with.review.hear(chunk))  # type: ignore[misc]
            yield chunk

    def _do(self, duty: Callable[[], None]) -> None:
        """What is raised from here would end the audio, and the daemon with it."""
        try:
            duty()
        except Exception:
            log.exception("a fault between two chunks; going on")

    def _keep_up(self) -> None:
        """With Home Assistant's restarts, the broker's, and what is announced."""
        now = time.monotonic()
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            self._publisher.again()
        self._notice_connection()
        if self._with.follower is not None and self._idle:
            self._with.follower.tick(now)

    def _notice_connection(self) -> None:
        """To be called before a message is looked at: what comes in on a new connection is not in doubt."""
        if self._with.follower is not None and self._connections != self._publisher.connections:
            self._connections = self._publisher.connections
            self._with.follower.reconnected(time.monotonic())

    def take(self, step: Step) -> None:
        """Say outside what the loop has come to."""
        match step:
            case Listening():
                self._idle = False
                self._state("listening")
                self._speaker.play(earcons.listening())
                self._post(self._with.hermes.begun(step.detection) if self._with.hermes else ())
            case Stopped():
                self._speaker.stop()
            case Endpoint():
                self._state("thinking")
            case Turn():
                if self._muted:
                    log.info("muted meanwhile: what was heard is forgotten")
                    self._abort()
                else:
                    awaited = Awaited(step, self._home.state, time.monotonic(), self._asker)
                    self._asker = None
                    awaited.receipt = self._publisher.send(step)
                    self._awaited.append(awaited)
                    self._post(self._with.hermes.heard(step) if self._with.hermes else ())
                self._idle = True
                self._state("idle")
                self._conclude()
        if not self._muted:
            self._with.review.take(step)

    def _receive_all(self) -> None:
        for message in self._publisher.messages():
            self._notice_connection()
            try:
                self.receive(message)
            except Exception:
                log.exception("a fault with a message on %s; going on", message.topic)

    def _conclude(self) -> None:
        """Tell of the turns, in their order, whose appliances have reported or had time enough."""
        now = time.monotonic()
        while self._awaited and (turn := self._awaited[0].concluded(now)) is not None:
            self._tell(turn, self._awaited.pop(0))

    def _tell(self, turn: Turn, awaited: Awaited) -> None:
        fine = turn.outcome.fine and turn.confirmation in (None, Confirmation.CONFIRMED)
        try:
            self._publisher.tell(turn, awaited.dropped, awaited.asker)
            self._post(self._with.hermes.told(turn) if self._with.hermes else ())
            self._report(turn, awaited.dropped)
            if self._idle:  # the next turn has begun otherwise, and its speaker is not to be talked over
                self._speaker.play(earcons.done() if fine else earcons.error())
        except Exception:  # raised between two chunks, it would end the audio, and the daemon with it
            log.exception("a fault in telling of a turn; going on")

    def _abort(self) -> None:
        """The turn that was begun is none."""
        self._refuse(self._asker, "nothing came of it")
        self._asker = None
        self._post(self._with.hermes.aborted() if self._with.hermes else ())

    def _wait_for_reports(self) -> None:
        """At the end of the audio, there is time."""
        while self._awaited:
            self._receive_all()
            self._conclude()
            time.sleep(0.01)

    def receive(self, message: Message) -> None:
        """One message from the broker: one of our own topics, or a device's state."""
        topics, payload = self._publisher.topics, message.payload
        if message.topic == topics["mute/set"]:
            self._mute(payload.strip().upper())
        elif message.topic == topics["listen"]:
            if not message.retained:  # an old wish, kept by the broker
                self._asked_to_listen(message)
        elif message.topic.startswith(topics["threshold/"]) and message.topic.endswith("/set"):
            self._move_threshold(message)
        elif message.topic == topics["update/install"]:
            if self._with.updates is not None and not message.retained:
                self._with.updates.ask(payload)
        elif message.topic == STATUS:
            if payload == b"online":  # not all devices of a home at once
                self._again_at = time.monotonic() + random.uniform(*AGAIN)
        elif message.topic == topics["say"]:
            if not message.retained:
                self._show(payload[: 4 * LONGEST_TEXT].decode("utf-8", "replace"))
        elif self._with.hermes is not None and message.topic in TOPICS:
            self._ask(message)
        else:
            self._home.observe(message.topic, payload)
            if self._with.follower is not None:
                self._with.follower.observe(message.topic, payload, time.monotonic())

    def _asked_to_listen(self, message: Message) -> None:
        why_not = "muted" if self._muted else ""
        if time.monotonic() - message.at > PATIENCE:
            why_not = "too long ago"
        if why_not:
            log.info("asked to listen, but %s", why_not)
            self._refuse(message.asker, why_not)
            return
        self._assistant.controls.listen = True
        self._refuse(self._asker, "somebody else asked")
        self._asker = message.asker

    def _refuse(self, asker: Asker | None, why: str) -> None:
        """Tell `asker`, if somebody is, why there is no turn."""
        if asker is not None:
            self._publisher.answer(asker, {"error": why})

    def _move_threshold(self, message: Message) -> None:
        name = message.topic.removeprefix(self._publisher.topics["threshold/"]).removesuffix("/set")
        if not message.retained and self._with.thresholds.move(name, message.payload):
            self._publisher.retain(f"threshold/{name}", self._with.thresholds[name])

    def _ask(self, message: Message) -> None:
        """Another service of Hermes wants something."""
        if message.retained or self._with.hermes is None or time.monotonic() - message.at > PATIENCE:
            return
        asked = self._with.hermes.receive(message.topic, message.payload)
        self._post(asked.answers)
        if message.asker is not None:
            for _, content in asked.answers:
                self._publisher.answer(message.asker, content)
        if asked.say:
            self._show(asked.say)
        if asked.listen and self._muted:
            self._abort()
        elif asked.listen:
            self._assistant.controls.listen = True

    def _post(self, messages: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for topic, content in messages:
            self._publisher.post(topic, content)

    def _show(self, text: str) -> None:
        self._say("".join(c if c.isprintable() else " " for c in text)[:LONGEST_TEXT])

    def _mute(self, wish: bytes) -> None:
        if wish not in (b"ON", b"OFF"):
            log.warning("mute/set takes ON or OFF, not %r", wish[:20])
            return
        self._muted = wish == b"ON"
        self._assistant.controls.listen = False
        self._refuse(self._asker, "muted")
        self._asker = None
        self._publisher.retain("mute", wish.decode())
        self._state("idle")
        log.info("muted" if self._muted else "listening again")

    def _state(self, name: str) -> None:
        self._publisher.retain("state", "muted" if self._muted else name)
