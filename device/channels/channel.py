"""What goes along with the voice loop.

A channel is a way to Mynah: somebody asks for something there, and is told what comes of it. A duty is
anything else that follows the loop. The daemon calls all of them on its own thread, between two chunks of
audio, so nothing here needs a lock, and nothing may wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from device.channels.asks import Ask
from device.channels.steps import Step
from device.events import AudioChunk
from device.mqtt.connection import Asker, Message

PATIENCE = 5.0
"""Seconds after which a wish has come too late: there was no microphone meanwhile."""


class Outlet(Protocol):
    """The broker, as `device.mqtt.client.Publisher` is it: nothing here waits."""

    def retain(self, topic: str, value: str) -> None: ...
    def again(self) -> None: ...
    def post(self, topic: str, content: str | Mapping[str, Any]) -> None: ...
    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None: ...


class Duty:
    """Follows the voice loop; does nothing, but for what a subclass defines."""

    def take(self, step: Step) -> None:
        """The loop has come to `step`."""

    def hear(self, chunk: AudioChunk) -> None:
        """The next audio, as the loop hears it: silence while muted."""

    def tick(self, now: float) -> None:
        """Called for each chunk of audio, at time `now` in seconds, before it is heard."""


class Channel(Duty):
    """A duty that listens to the broker, too. `topics`, `qos`: what it wants to be subscribed to, and how."""

    topics: tuple[str, ...] = ()
    qos: int = 0

    def receive(self, message: Message) -> Iterable[Ask]:
        """What the message asks for. All messages come to all channels; what is of others is ignored."""
        return ()


def late(message: Message) -> bool:
    """Whether what `message` asks for is no longer wanted."""
    return time.monotonic() - message.at > PATIENCE
