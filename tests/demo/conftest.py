"""The simulated home on the embedded broker."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from demo.broker import Broker
from demo.house import House
from demo.tasmota import Tasmota
from demo.zigbee2mqtt import Zigbee


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as running:
        yield running


@pytest.fixture
def house(broker: Broker) -> Iterator[House]:
    """A lamp and a coffee machine; the assistant beside them is called `test`."""
    lamp = Zigbee("kitchen lamp", "kitchen", "light", "zigbee2mqtt/kitchen lamp")
    plug = Tasmota("coffee machine", "kitchen", "switch", "coffee")
    with House([lamp, plug], broker.host, broker.port, "test") as running:
        yield running


class Listener:
    """A client that hears everything; subscribed when it is made."""

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
        """The payload of the next message at `topic`."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            message = self.heard.get(timeout=5)
            if message.topic == topic:
                return message.payload.decode()
        raise AssertionError(f"nothing at {topic}")

    def publish(self, topic: str, payload: str) -> None:
        self.client.publish(topic, payload, qos=1)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def listener(broker: Broker, house: House) -> Iterator[Listener]:
    client = Listener(broker)
    yield client
    client.close()
