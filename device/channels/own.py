"""Mynah's own topics, `mynah/<id>/…`: how it is, what it did, and what may be asked of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from device.assistant import Listening
from device.channels.asks import Ask, Listen, Mute, Say
from device.channels.channel import Channel, Outlet, late
from device.channels.report import turn_json
from device.channels.steps import Idle, Muted, Refused, Started, Step, Told
from device.events import Endpoint
from device.hearing.thresholds import Thresholds
from device.mqtt.connection import Message
from device.system.problems import Problems

log = logging.getLogger(__name__)

ASKED = ("say", "listen", "mute/set", "threshold/+/set", "update/install")
"""Where others may ask for something."""
INSTALL = "INSTALL"
"""What is said to have an update installed."""


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
    """`thresholds`: those that may be moved. `problems`: what is to be told of. `install`: begins to install
    the update that is offered."""

    qos = 1

    def __init__(
        self,
        names: Topics,
        outlet: Outlet,
        thresholds: Thresholds,
        problems: Problems,
        install: Callable[[], None],
    ) -> None:
        self._names, self._outlet = names, outlet
        self._thresholds, self._problems, self._install = thresholds, problems, install
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
            case ["say"]:
                return (Say(message.payload.decode("utf-8", "replace")),)
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
            case Told(turn, dropped, asker):
                content = turn_json(turn, dropped)
                self._outlet.post(self._names["turn"], content)
                if asker is not None:
                    self._outlet.answer(asker, content)

    def _show_problems(self, lines: Sequence[str]) -> None:
        """Called from whatever thread finds something wrong."""
        self._retain("problem", json.dumps({"problems": lines}, ensure_ascii=False))

    def _listen(self, message: Message) -> Iterable[Ask]:
        if not late(message):
            return (Listen(message.asker),)
        log.info("asked to listen, but too long ago")
        if message.asker is not None:
            self._outlet.answer(message.asker, {"error": "too long ago"})
        return ()

    def _move_threshold(self, word: str, payload: bytes) -> None:
        if self._thresholds.move(word, payload):
            self._retain(f"threshold/{word}", self._thresholds[word])

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
