"""What the home says of itself, given to who follows it."""

from __future__ import annotations

from collections.abc import Iterable

from device.assistant import Listening
from device.channels.home import Following
from device.channels.steps import Idle
from device.mqtt.connection import Message
from tests.device import fakes
from tests.device.trial import Broker, Trial


class Notes:
    """A follower that keeps the order of what it is told."""

    topics = ("homeassistant/+/+/config",)

    def __init__(self) -> None:
        self.told: list[str] = []

    def reconnected(self, now: float) -> None:
        self.told.append("reconnected")

    def observe(self, topic: str, payload: bytes, now: float) -> None:
        self.told.append(topic)

    def tick(self, now: float) -> None:
        self.told.append("tick")


class Reconnects(Broker):
    """Is connected anew, and what is retained there comes in, all between two chunks."""

    def messages(self) -> Iterable[Message]:
        for message in super().messages():
            self.connections += 1
            yield message


def test_devices_are_observed() -> None:
    broker = Broker({3: Message("zigbee2mqtt/lamp", b'{"state": "ON"}')})
    trial = Trial(fakes.assistant(), broker).run(fakes.audio(1))
    assert trial.home.observed == {"zigbee2mqtt/lamp": b'{"state": "ON"}'}


def test_what_comes_in_on_a_new_connection_is_not_in_doubt() -> None:
    topic = "homeassistant/light/lamp/config"
    broker, notes = Reconnects({5: Message(topic, b"{}")}), Notes()
    following = Following(notes, lambda: broker.connections)  # type: ignore[arg-type]
    Trial(fakes.assistant((), []), broker, channels=[following]).run(fakes.audio(2))
    assert [told for told in notes.told if told != "tick"] == ["reconnected", topic]


def test_the_home_changes_only_between_two_turns() -> None:
    notes = Notes()
    following = Following(notes, lambda: 0)  # type: ignore[arg-type]
    following.take(Listening(None))
    following.tick(1.0)
    assert notes.told == []
    following.take(Idle())
    following.tick(2.0)
    assert notes.told == ["tick"]
