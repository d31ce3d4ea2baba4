from __future__ import annotations

import datetime
import time

import jinja2
import pytest

from device.channels.homeassistant import AGAIN, NEXT, STATUS, HomeAssistant, announcement
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


@pytest.mark.parametrize(
    ("timers", "told"),
    [
        ([], "None"),
        ([{"at": None}], "None"),
        (
            [{"at": None}, {"at": "2026-03-03T07:00:00"}, {"at": "2026-03-04T07:00:00"}],
            "2026-03-03T07:00:00+01:00",
        ),
    ],
)
def test_its_sensor_tells_when_the_next_timer_is_due(timers: list[dict[str, str | None]], told: str) -> None:
    here = datetime.timezone(datetime.timedelta(hours=1))
    environment = jinja2.Environment()
    environment.filters["as_datetime"] = datetime.datetime.fromisoformat
    environment.filters["as_local"] = lambda at: at.replace(tzinfo=here)
    assert environment.from_string(NEXT).render(value_json=timers) == told


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
