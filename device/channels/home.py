"""What the home says of itself on the broker: its appliances' states, and which appliances there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from device.assistant import Listening
from device.channels.asks import Ask
from device.channels.channel import Channel
from device.channels.steps import Idle, Step
from device.discovery.following import Follower
from device.events import Command
from device.home.state import HomeState
from device.mqtt.connection import Message


class House(Protocol):
    """`device.home.model.Home`, as far as the broker is concerned."""

    @property
    def here(self) -> str | None: ...
    @property
    def state(self) -> HomeState: ...

    def topics(self) -> Iterable[str]: ...
    def queries(self) -> Iterable[Command]: ...
    def observe(self, topic: str, payload: bytes) -> None: ...


class States(Channel):
    """Gives what comes in to the home. `topics` change as the home does: who follows the home knows them."""

    def __init__(self, house: House) -> None:
        self._house = house

    def receive(self, message: Message) -> Iterable[Ask]:
        self._house.observe(message.topic, message.payload)
        return ()


class Following(Channel):
    """Gives announcements to `follower`, and between two turns the time to act on them.

    `connections`: how many connections to the broker there have been.
    """

    def __init__(self, follower: Follower, connections: Callable[[], int]) -> None:
        self._follower, self._connections = follower, connections
        self._known = 0
        self._idle = True
        self.topics = follower.topics

    def receive(self, message: Message) -> Iterable[Ask]:
        self._notice_connection()
        self._follower.observe(message.topic, message.payload, time.monotonic())
        return ()

    def take(self, step: Step) -> None:
        if isinstance(step, Listening | Idle):
            self._idle = isinstance(step, Idle)

    def tick(self, now: float) -> None:
        self._notice_connection()
        if self._idle:
            self._follower.tick(now)

    def _notice_connection(self) -> None:
        """Before a message is looked at: what comes in on a new connection is not in doubt."""
        if self._known != (now := self._connections()):
            self._known = now
            self._follower.reconnected(time.monotonic())
