"""Announcements between the Mynahs of a home."""

from __future__ import annotations

import json

import pytest

from device.channels.asks import Announce
from device.channels.intercom import Intercom
from device.channels.steps import Due, Told
from device.dialogue.exchange import Exchange
from device.events import Change, Outcome
from device.mqtt.connection import Message
from tests.device import fakes
from tests.device.trial import TOPICS, Broker

DINNER = Outcome(done=(Change("announce", {"text": "Dinner is ready", "area": "hall"}), Change("repeat")))


def intercom(broker: Broker, here: str | None = "kitchen") -> Intercom:
    return Intercom(TOPICS, broker, lambda: here)


def encoded(**content: object) -> bytes:
    return json.dumps({"text": "Dinner", **content}).encode()


@pytest.mark.parametrize("topic", ["mynah/kitchen/announce", "mynah/announce"])
@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        ("Dinner ☕\n".encode(), ["Dinner ☕"]),
        (b"x" * 900, ["x" * 500]),
        (encoded(), ["Dinner"]),
        (encoded(area=None, **{"from": "hall"}), ["Dinner"]),
        (encoded(area="Kitchen"), ["Dinner"]),
        (encoded(area="hall"), []),
        (encoded(**{"from": "kitchen"}), []),
        (b"", []),
        (b"{", []),
        (b'{"text": 3}', []),
        (b'{"area": "kitchen"}', []),
    ],
)
def test_what_is_announced(topic: str, payload: bytes, texts: list[str]) -> None:
    asks = list(intercom(Broker()).receive(Message(topic, payload)))
    assert asks == [Announce(text) for text in texts]


def test_what_is_kept_by_the_broker_or_for_others_is_not_announced() -> None:
    channel = intercom(Broker())
    assert list(channel.receive(Message("mynah/announce", b"Dinner", retained=True))) == []
    assert list(channel.receive(Message("mynah/hall/announce", b"Dinner"))) == []


def test_who_does_not_know_its_room_is_silent_where_only_one_is_meant() -> None:
    channel = intercom(Broker(), None)
    assert list(channel.receive(Message("mynah/announce", encoded(area="hall")))) == []
    assert list(channel.receive(Message("mynah/announce", encoded()))) == [Announce("Dinner")]


def test_what_is_said_to_all_is_passed_on_whenever_it_is_done() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    broker = Broker()
    channel = intercom(broker)
    channel.take(Told(turn))
    assert broker.posted == []
    content = {"text": "Dinner is ready", "area": "hall", "from": "kitchen"}
    channel.take(Due(Exchange("", (), DINNER)))
    assert broker.posted == [("mynah/announce", content)]
