"""A daemon that is told whatever may come from a network: nothing may escape it, and nothing grow in it."""

from __future__ import annotations

import json
import logging
import time
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from device.appliances.actions import Action, Do
from device.appliances.devices import Room
from device.assembly.skills import make_sentences
from device.audio.volume import Volume
from device.channels.hermes import Hermes
from device.channels.hermes_site import Site
from device.channels.home import Following, States
from device.channels.homeassistant import HomeAssistant
from device.channels.intercom import Intercom
from device.channels.own import Own, Topics
from device.conversation.conversation import Conversation
from device.daemon.confirming import Confirming
from device.daemon.daemon import Daemon
from device.discovery.announcements import Announcements
from device.discovery.following import Follower
from device.events import Command, NotRecognized, Transcript
from device.hearing import grammar
from device.hearing.lexicon import PHONES, Lexicon
from device.hearing.names import hearable
from device.hearing.thresholds import Thresholds
from device.home.model import Home
from device.home.reading import Layout
from device.mqtt.client import Receipt
from device.mqtt.connection import Asker, Message
from device.settings import Settings
from device.system.problems import Problems
from device.understanding.understanding import Understanding
from tests.device import fakes
from tests.device.talking import outcome_of

FIXTURES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "device" / "discovery" / "fixtures.yaml").read_text("utf-8")
)
ROOMS = tuple(map(Room, ("kitchen", "bedroom", "bathroom", "living room", "garden")))
ACTIONS = [Action(do) for do in (Do.ON, Do.OFF, Do.TOGGLE, Do.STOP)]
ACTIONS += [Action(do, 20) for do in (Do.BRIGHTNESS, Do.TEMPERATURE, Do.POSITION, Do.SPEED, Do.VOLUME)]


class Outlet:
    """Takes what the daemon says, and keeps nothing of it."""

    def send(self, commands: Iterable[Command]) -> Receipt:
        return Receipt(tuple(commands), ())

    def retain(self, topic: str, value: str) -> None:
        publishable(topic)

    def again(self) -> None:
        pass

    def post(self, topic: str, content: str | Mapping[str, Any]) -> None:
        publishable(topic)
        json.dumps(content)

    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None:
        self.post(asker.topic, content)

    def messages(self) -> Iterable[Message]:
        return ()


class Faults(logging.Handler):
    """Keeps what the daemon logs of faults that it outlives."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        log = logging.getLogger("device.daemon.daemon")
        log.addHandler(self)
        log.setLevel(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))


class AtOnce:
    """A teacher that has learnt a home as soon as it is asked to; `World.learn` does it in earnest."""

    def __init__(self) -> None:
        self.layout: Layout | None = None

    @property
    def busy(self) -> bool:
        return self.layout is not None

    def prepare(self) -> None:
        pass

    def begin(self, layout: Layout) -> None:
        self.layout = layout

    def poll(self) -> Any:
        layout, self.layout = self.layout, None
        return layout, Nothing()

    def close(self) -> None:
        pass


class Nothing:
    problems = ()


class World:
    """Everything that listens to the network, without a network."""

    def __init__(self) -> None:
        self.home = Home(Layout(rooms=ROOMS))
        self._conversation = Conversation(self.home)
        self.sentences = make_sentences(Settings())
        self._understanding = Understanding(self.sentences, self.home)
        teacher = AtOnce()
        self.follower = Follower(
            self.home, self.home.layout, Announcements(), teacher, lambda _: None, lambda *_: None
        )
        outlet = Outlet()
        site = Site("kitchen", lambda heard: self._understanding.understand(heard, 0.0))
        channels = (
            Own(
                Topics("kitchen"), outlet, Thresholds(()), Volume(80), Problems(), lambda: None, lambda: "[]"
            ),
            Intercom(Topics("kitchen"), outlet, lambda: self.home.here),
            HomeAssistant("kitchen", {}, outlet),
            Hermes(site, outlet),
            States(self.home),
            Following(self.follower, lambda: 0),
        )
        confirming = Confirming(outlet, self.home.state)
        self._daemon = Daemon(fakes.assistant((), []), outlet.messages, confirming, channels)
        self._faults = Faults()

    def take(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """All of it comes in, and the home becomes what it then announces."""
        for topic, payload in messages:
            try:
                self._daemon.receive(Message(topic, payload))
            except Exception as error:
                raise AssertionError(f"{error!r} from {topic}: {payload[:2000]!r}") from error
            assert not self._faults.found, f"{self._faults.found[0]} from {topic}: {payload[:2000]!r}"
        self.follower.tick(time.monotonic() + 1)
        for command in self.home.queries():
            publishable(command.topic)
        for device in self.home.layout.devices:
            for action in ACTIONS:
                for command in self.home.commands(device, [action]):
                    publishable(command.topic)
        for topic in self.home.topics():  # which may have wildcards, but not for all
            publishable("/".join(level for level in topic.split("/") if level not in ("+", "#")))

    def learn(self) -> None:
        """What the learner's process does with the names that there are now; and they can be said."""
        lexicon = Lexicon()
        vocabulary = hearable(self.home.vocabulary, lexicon)
        grammar.compile(self.sentences.groups(vocabulary), lexicon, (grammar.SILENCE, *PHONES))
        understanding = Understanding(self.sentences, self.home)
        for device in self.home.layout.devices[:20]:
            heard = understanding.understand(Transcript(f"turn on the {device.name}", 1.0), 0.0)
            if not isinstance(heard, NotRecognized):
                outcome_of(self._conversation, heard)


def publishable(topic: str) -> None:
    """What mosquitto takes without closing the connection, and nobody else's business."""
    assert topic, "an empty topic"
    assert topic[0] not in "$~", f"{topic!r} is not for us"
    assert topic.count("/") < 200, f"{topic!r} has too many levels"
    for character in topic:
        code = ord(character)
        control = unicodedata.category(character) == "Cc"
        stray = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        assert not control, f"{topic!r} has a control character"
        assert not stray, f"{topic!r} has what is no character"
        assert character not in "+#", f"{topic!r} is no topic to publish to"
    assert len(topic.encode()) < 65_536
