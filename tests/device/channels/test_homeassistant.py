from __future__ import annotations

import time

import pytest

from device.channels.homeassistant import AGAIN, STATUS, HomeAssistant, announcement
from device.channels.steps import Started
from device.mqtt.connection import Message
from tests.device.trial import TOPICS, Broker


def test_it_is_announced_and_all_is_said_again_soon_after_home_assistants_start() -> None:
    broker = Broker()
    channel = HomeAssistant("kitchen", {"device": {"name": "Küche"}}, broker)
    channel.take(Started())
    announced = ("homeassistant/device/mynah_kitchen/config", '{"device": {"name": "Küche"}}')
    assert broker.retained == [announced]
    now = time.monotonic()
    channel.receive(Message(STATUS, b"online"))
    channel.tick(now)
    assert broker.retained == [announced]
    for later in (1.1, 1.2):
        channel.tick(now + later * AGAIN[1])
    assert broker.retained == [announced, ("again", "")]


@pytest.mark.parametrize("message", [Message(STATUS, b"offline"), Message("mynah/kitchen/say", b"online")])
def test_nothing_else_is_its_start(message: Message) -> None:
    broker = Broker()
    channel = HomeAssistant("kitchen", {}, broker)
    channel.receive(message)
    channel.tick(time.monotonic() + 10)
    assert broker.retained == []


def test_it_gets_a_slider_and_a_problem() -> None:
    components = announcement(TOPICS, None, {"hey_mynah": "hey mynah"})["components"]
    slider = components["threshold_hey_mynah"]
    assert (slider["platform"], slider["min"], slider["max"]) == ("number", 0.01, 0.99)
    assert slider["command_topic"] == "mynah/kitchen/threshold/hey_mynah/set"
    assert components["problem"]["device_class"] == "problem"


def test_it_learns_of_updates_only_where_there_is_a_source() -> None:
    assert "update" not in announcement(TOPICS, None, {})["components"]
    assert announcement(TOPICS, None, {}, updates=True)["components"]["update"] == {
        "platform": "update",
        "name": "Update",
        "entity_category": "config",
        "state_topic": "mynah/kitchen/update",
        "command_topic": "mynah/kitchen/update/install",
        "payload_install": "INSTALL",
        "unique_id": "mynah_kitchen_update",
    }
