"""What a simulated appliance is: messages in, messages out, and a state.

Pure, so that tests need no broker. What an appliance does not understand changes nothing, as with real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What an appliance publishes."""

    topic: str
    payload: str
    retain: bool = False


class Appliance(Protocol):
    """`state` is what the appliance is doing, in the words of its own protocol."""

    name: str
    room: str
    topic: str
    state: State

    @property
    def subscriptions(self) -> tuple[str, ...]: ...

    def announce(self) -> list[Message]:
        """What it publishes when it is plugged in."""

    def receive(self, topic: str, payload: str) -> list[Message]:
        """Obey one message on one of `subscriptions`; the answers to publish."""
