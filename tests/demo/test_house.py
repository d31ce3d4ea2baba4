"""The simulated home on the embedded broker, driven by a client as the daemon drives it."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from demo.broker import Broker
from demo.house import Changed, Event, House, Published, Said
from demo.tasmota import Tasmota
from demo.zigbee2mqtt import Zigbee


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as running:
        yield running


@pytest.fixture
def house(broker: Broker) -> Iterator[House]:
    lamp = Zigbee("kitchen lamp", "kitchen", "light", "zigbee2mqtt/kitchen lamp")
    plug = Tasmota("coffee machine", "kitchen", "switch", "coffee")
    with House([lamp, plug], broker.host, broker.port, "test") as running:
        yield running


class Listener:
    """A client that subscribes to everything; waits until it is subscribed."""

    def __init__(self, broker: Broker) -> None:
        self.heard: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()
        subscribed: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _client, _data, message: self.heard.put(message)
        self.client.on_subscribe = lambda *_: subscribed.put(True)
        self.client.connect(broker.host, broker.port)
        self.client.loop_start()
        self.client.subscribe("#", 1)
        subscribed.get(timeout=5)

    def wait_for(self, topic: str) -> str:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            message = self.heard.get(timeout=5)
            if message.topic == topic:
                return message.payload.decode()
        raise AssertionError(f"nothing at {topic}")

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def listener(broker: Broker, house: House) -> Iterator[Listener]:
    client = Listener(broker)
    yield client
    client.close()


def events(house: House, count: int) -> list[Event]:
    return [house.events.get(timeout=5) for _ in range(count)]


def test_states_are_retained_for_whoever_comes_later(listener: Listener) -> None:
    assert json.loads(listener.wait_for("zigbee2mqtt/kitchen lamp")) == {"state": "OFF", "brightness": 254}
    assert listener.wait_for("tele/coffee/LWT") == "Online"


def test_a_zigbee_lamp_obeys_answers_and_is_seen_to_change(house: House, listener: Listener) -> None:
    listener.wait_for("zigbee2mqtt/kitchen lamp")
    listener.client.publish("zigbee2mqtt/kitchen lamp/set", '{"state": "ON"}', qos=1)
    published, changed = events(house, 2)
    assert published == Published("zigbee2mqtt/kitchen lamp/set", '{"state": "ON"}')
    assert isinstance(changed, Changed)
    assert (changed.appliance.name, changed.values) == ("kitchen lamp", {"state": "ON"})
    assert json.loads(listener.wait_for("zigbee2mqtt/kitchen lamp"))["state"] == "ON"


def test_a_tasmota_plug_obeys_and_answers(house: House, listener: Listener) -> None:
    listener.client.publish("cmnd/coffee/POWER", "ON", qos=1)
    assert listener.wait_for("stat/coffee/POWER") == "ON"
    assert house.states()["coffee machine"] == {"POWER": "ON"}


def test_a_command_that_changes_nothing_is_published_and_no_change(house: House, listener: Listener) -> None:
    listener.client.publish("cmnd/coffee/POWER", "OFF", qos=1)
    listener.client.publish("mynah/test/state", "idle", qos=1)
    assert events(house, 2) == [Published("cmnd/coffee/POWER", "OFF"), Said("state", "idle")]


def test_turns_are_read_as_json(house: House, listener: Listener) -> None:
    listener.client.publish("mynah/test/turn", '{"reply": "Done"}', qos=1)
    listener.client.publish("mynah/other/turn", '{"reply": "Not ours"}', qos=1)
    listener.client.publish("mynah/test/availability", "offline", qos=1)
    assert events(house, 2) == [Said("turn", {"reply": "Done"}), Said("availability", "offline")]
