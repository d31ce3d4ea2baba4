"""A daemon over fakes, with its own channels, and whatever else a test gives it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device.assistant import Assistant
from device.audio import earcons
from device.audio.volume import Volume
from device.channels.channel import Channel, Duty
from device.channels.home import States
from device.channels.intercom import Intercom
from device.channels.own import Own, Topics
from device.channels.steps import Due, Said, Step, Told
from device.daemon.confirming import Confirming
from device.daemon.daemon import Daemon
from device.daemon.duties import Ring, VoiceVolume
from device.daemon.speech import Speech
from device.events import AudioChunk, Command, Samples, Turn
from device.hearing.thresholds import Thresholds
from device.mqtt.client import Receipt
from device.mqtt.connection import Asker, Message
from device.settings import FULL
from device.system.problems import Problems
from tests.device import fakes

TOPICS = Topics("kitchen")


def message(name: str, payload: bytes, retained: bool = False, asker: Asker | None = None) -> Message:
    """On one of our own topics; never too late, however long before its test it is made."""
    return Message(TOPICS[name], payload, retained, asker, at=math.inf)


class Broker:
    """Keeps what it is told. `incoming` gives the messages that come with the n-th chunk."""

    def __init__(self, incoming: Mapping[int, Message] | None = None, reachable: bool = True) -> None:
        self.connections = 0
        self.retained: list[tuple[str, str]] = []
        self.posted: list[tuple[str, Any]] = []
        self.answered: list[tuple[Asker, Mapping[str, Any]]] = []
        self._incoming = incoming or {}
        self._reachable = reachable
        self._chunks = -1

    def send(self, commands: Iterable[Command]) -> Receipt:
        commands = tuple(commands)
        return Receipt(commands, ()) if self._reachable else Receipt((), commands)

    def retain(self, topic: str, value: str) -> None:
        self.retained.append((topic, value))

    def again(self) -> None:
        self.retained.append(("again", ""))

    def post(self, topic: str, content: str | Mapping[str, Any]) -> None:
        self.posted.append((topic, content))

    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None:
        self.answered.append((asker, content))

    def messages(self) -> Iterable[Message]:
        self._chunks += 1
        return [self._incoming[self._chunks]] if self._chunks in self._incoming else []

    def values(self, name: str) -> list[str]:
        """What was retained on our own topic `name`."""
        return [value for topic, value in self.retained if topic == TOPICS[name]]

    @property
    def states(self) -> list[str]:
        return self.values("state")


EARCONS = (earcons.listening, earcons.done, earcons.error, earcons.announcing, earcons.ringing)


class Mouth:
    """Keeps what it plays and says, the latter where it `speaks`. Each takes `chunks` of audio."""

    def __init__(self, speaks: bool = False, chunks: int = 0) -> None:
        self.played: list[str] = []
        self.speaks, self._chunks, self._left = speaks, chunks, 0
        self._ringing = False

    def play(self, samples: Samples) -> None:
        self.played.append(next(make.__name__ for make in EARCONS if make() is samples))
        self._ringing |= self.played[-1] == "ringing"

    playing = False
    there = True

    def say(self, text: str) -> bool:
        if self.speaks and text:
            self.played.append(f"“{text}”")
            self._left += self._chunks
        return self.speaks and bool(text)

    def play_file(self, data: bytes) -> None:
        self.played.append(f"{len(data)} bytes")
        self._left += self._chunks

    def stop(self) -> None:
        """Kept where there was something to stop."""
        if self._left or self._ringing:
            self.played.append("stopped")
        self._left, self._ringing = 0, False

    @property
    def speaking(self) -> bool:
        return self._left > 0

    def pass_by(self) -> None:
        """Another chunk of audio."""
        self._left = max(0, self._left - 1)


class Passing(Duty):
    def __init__(self, mouth: Mouth) -> None:
        self._mouth = mouth

    def hear(self, chunk: AudioChunk) -> None:
        self._mouth.pass_by()


@dataclass
class Witness(Channel):
    """Keeps what it is told of."""

    told: list[Told] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)

    def take(self, step: Step) -> None:
        match step:
            case Told():
                self.told.append(step)
            case Said(text):
                self.texts.append(text)
            case Due():
                self.due.append(step)


class Trial:
    """The daemon `kitchen` between `assistant` and `broker`, with further `channels` and `duties`."""

    def __init__(
        self,
        assistant: Assistant,
        broker: Broker | None = None,
        home: fakes.AnyHome | None = None,
        *,
        channels: Sequence[Channel] = (),
        duties: Sequence[Duty] = (),
        thresholds: Thresholds | None = None,
        mouth: Mouth | None = None,
        replies: str = FULL,
    ) -> None:
        self.broker = broker or Broker()
        self.home = home or fakes.AnyHome()
        self.mouth = mouth or Mouth()
        if mouth is not None:
            assistant.controls.speaking = lambda: mouth.speaking
        self.witness = Witness()
        self.volume = Volume(80)
        self.installs: list[bool] = []
        self.timers = "[]"
        own = Own(
            *(TOPICS, self.broker, thresholds or Thresholds(()), self.volume, Problems()),
            lambda: self.installs.append(True),
            lambda: self.timers,
        )
        self.daemon = Daemon(
            assistant,
            self.broker.messages,
            Confirming(self.broker, self.home.state),
            [
                own,
                States(self.home),
                Intercom(TOPICS, self.broker, lambda: self.home.here),
                *channels,
                self.witness,
            ],
            [
                Ring(self.mouth, lambda: self.home.rings, lambda: self.mouth.speaking),
                VoiceVolume(self.volume),
                Speech(self.mouth, replies),
                *duties,
                Passing(self.mouth),
            ],
        )

    def run(self, audio: Iterator[AudioChunk]) -> Trial:
        self.daemon.run(audio)
        return self

    @property
    def turns(self) -> list[Turn]:
        """Those that were told, in their order."""
        return [told.turn for told in self.witness.told]
