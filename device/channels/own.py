"""Mynah's own topics, `mynah/<id>/…`: how it is, what it did, and what may be asked of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from device.assistant import Listening
from device.audio.volume import LOUDEST, Volume
from device.channels.asks import Ask, Listen, Mute, Pose, Say, Stop
from device.channels.channel import Channel, Outlet, late
from device.channels.report import answer_json, exchange_json, turn_json
from device.channels.steps import Asked, Due, Idle, Muted, Refused, Said, Started, Step, Told
from device.events import Endpoint
from device.hearing.thresholds import Thresholds
from device.mqtt.connection import Message
from device.system.problems import Problems

log = logging.getLogger(__name__)

ASKED = ("say", "ask", "listen", "stop", "mute/set", "volume/set", "threshold/+/set", "update/install")
"""Where others may ask for something."""
INSTALL = "INSTALL"
"""What is said to have an update installed."""
LONGEST = 500
"""Characters of a question that are asked."""
OFTEN = 1.0
"""Seconds between two looks at the timers and the volume."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Mynah's own topics, for one device."""

    device_id: str

    def __getitem__(self, name: str) -> str:
        return f"mynah/{self.device_id}/{name}"

    def name(self, topic: str) -> str:
        """The inverse: what one of our own topics is called; "" for any other."""
        root = self[""]
        return topic.removeprefix(root) if topic.startswith(root) else ""


class Own(Channel):
    """`thresholds`, `volume`: what may be moved. `problems`: what is to be told of. `install`: begins to
    install the update that is offered. `timers`: tells what is due when, as JSON."""

    qos = 1

    def __init__(
        self,
        names: Topics,
        outlet: Outlet,
        thresholds: Thresholds,
        volume: Volume,
        problems: Problems,
        install: Callable[[], None],
        timers: Callable[[], str],
    ) -> None:
        self._names, self._outlet = names, outlet
        self._thresholds, self._volume = thresholds, volume
        self._problems, self._install = problems, install
        self._timers, self._look_at = timers, 0.0
        self._muted = False
        self.topics = tuple(names[name] for name in ASKED)

    def receive(self, message: Message) -> Iterable[Ask]:
        """What is retained on a topic is an old wish, kept by the broker; only `mute/set` says how it is to
        be."""
        match self._names.name(message.topic).split("/"):
            case ["mute", "set"]:
                return _mute(message.payload)
            case _ if message.retained:
                return ()
            case ["listen"]:
                return self._listen(message)
            case ["ask"]:
                return self._pose(message)
            case ["stop"]:
                return (Stop(),)
            case ["say"]:
                return (Say(message.payload.decode("utf-8", "replace")),)
            case ["volume", "set"]:
                self._set_volume(message.payload)
            case ["threshold", word, "set"]:
                self._move_threshold(word, message.payload)
            case ["update", "install"]:
                self._update(message.payload)
        return ()

    def take(self, step: Step) -> None:
        match step:
            case Started():
                self._retain("mute", "OFF")
                for word in self._thresholds.names:
                    self._retain(f"threshold/{word}", self._thresholds[word])
                self._retain("timers", self._timers())
                self._retain("volume", str(self._volume.level))
                self._state("idle")
                self._problems.connect(self._show_problems)
            case Listening():
                self._state("listening")
            case Endpoint():
                self._state("thinking")
            case Idle():
                self._state("idle")
            case Muted(on):
                self._muted = on
                self._retain("mute", "ON" if on else "OFF")
                self._state("idle")
            case Refused(asker, why):
                self._outlet.answer(asker, {"error": why})
            case Said(text):
                self._spoken(text)
            case Asked(question):
                self._spoken(question.text)
            case Due(exchange, dropped):
                self._outlet.post(self._names["due"], exchange_json(exchange, dropped))
                self._spoken(exchange.outcome.reply.text)
            case Told(turn, dropped, asker):
                content = turn_json(turn, dropped)
                self._outlet.post(self._names["turn"], content)
                self._spoken(turn.reply)
                if asker is not None:
                    relayed = turn.question is not None and turn.question.relayed
                    self._outlet.answer(asker, answer_json(turn) if relayed else content)

    def tick(self, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + OFTEN
            self._retain("timers", self._timers())
            self._retain("volume", str(self._volume.level))

    def _spoken(self, text: str) -> None:
        if text:
            self._outlet.post(self._names["spoken"], text)

    def _show_problems(self, lines: Sequence[str]) -> None:
        """Called from whatever thread finds something wrong."""
        self._retain("problem", json.dumps({"problems": lines}, ensure_ascii=False))

    def _listen(self, message: Message) -> Iterable[Ask]:
        if not late(message):
            return (Listen(message.asker),)
        return self._too_late(message, "asked to listen")

    def _pose(self, message: Message) -> Iterable[Ask]:
        text = message.payload.decode("utf-8", "replace").strip()[:LONGEST]
        if message.asker is None:
            log.warning(
                "%s: nobody would get the answer: send it with a response topic (MQTT 5, and mqtt.version ="
                ' "5" here), or to …/say what needs none',
                message.topic,
            )
            return ()
        if not text:
            self._outlet.answer(message.asker, {"error": "no question: send its text"})
            return ()
        return self._too_late(message, "a question") if late(message) else (Pose(text, message.asker),)

    def _too_late(self, message: Message, what: str) -> Iterable[Ask]:
        log.info("%s, but too long ago", what)
        if message.asker is not None:
            self._outlet.answer(message.asker, {"error": "too long ago"})
        return ()

    def _move_threshold(self, word: str, payload: bytes) -> None:
        if self._thresholds.move(word, payload):
            self._retain(f"threshold/{word}", self._thresholds[word])

    def _set_volume(self, payload: bytes) -> None:
        """Home Assistant's numbers may have a decimal point."""
        try:
            level = round(float(payload))
        except (ValueError, OverflowError):
            level = -1
        if not 0 <= level <= LOUDEST:
            log.warning("volume/set takes a number from 0 to %d, not %r", LOUDEST, payload[:20])
            return
        self._volume.set(level)
        self._retain("volume", str(level))

    def _update(self, payload: bytes) -> None:
        if payload.strip() == INSTALL.encode():
            self._install()
        else:
            log.warning("update/install takes %s, not %r", INSTALL, payload[:20])

    def _state(self, name: str) -> None:
        self._retain("state", "muted" if self._muted else name)

    def _retain(self, name: str, value: str) -> None:
        self._outlet.retain(self._names[name], value)


def _mute(payload: bytes) -> Iterable[Ask]:
    wish = payload.strip().upper()
    if wish in (b"ON", b"OFF"):
        return (Mute(wish == b"ON"),)
    log.warning("mute/set takes ON or OFF, not %r", wish[:20])
    return ()
