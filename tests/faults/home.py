"""Fifty lamps that speak Zigbee2MQTT, and commands of which no two are alike."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

NAMES = [
    f"{place} {thing}"
    for place in (
        "kitchen",
        "bedroom",
        "cellar",
        "garden",
        "attic",
        "hall",
        "office",
        "nursery",
        "porch",
        "study",
    )
    for thing in ("lamp", "spotlight", "lantern", "ceiling light", "wall light")
]
BRIGHTEST = 254
USER = "appliances"


def home_toml() -> str:
    return "\n".join(
        f'[[device]]\nname = "{name}"\nkind = "light"\nprotocol = "zigbee2mqtt"\n' for name in NAMES
    )


def texts(count: int, rng: random.Random) -> list[str]:
    """ "set the kitchen lamp to 40 percent": each lamp and brightness once. At most 5,000."""
    every = [f"set the {name} to {number} percent" for name in NAMES for number in range(1, 101)]
    return rng.sample(every, count)


class Appliances:
    """All lamps as one client, straight on the broker: keeps when each command came, and answers it."""

    def __init__(self, port: int, password: str | None) -> None:
        self.came: list[tuple[str, str, float]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(USER if password else None, password)
        self._client.reconnect_delay_set(0.1, 0.3)  # type: ignore[arg-type]
        self._client.on_connect = lambda client, *_: client.subscribe("zigbee2mqtt/+/set", qos=0)
        self._client.on_message = self._take
        self._port = port

    def __enter__(self) -> Appliances:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def flood(self, rng: random.Random, count: int = 300) -> None:
        """Announcements of things that come and go, and of nonsense."""
        for number in range(count):
            topic = f"homeassistant/switch/flood{number}/config"
            content = {"name": f"heater {rng.choice('abcdefgh')}{number}", "cmd_t": f"flood/{number}/set"}
            kinds = ("", "{", json.dumps(content), json.dumps([content]))
            self._client.publish(topic, rng.choice(kinds), qos=0)
        time.sleep(rng.uniform(0.0, 1.5))
        for number in range(count):  # and all of it is taken back
            self._client.publish(f"homeassistant/switch/flood{number}/config", "", qos=0)

    def _take(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        text = message.payload.decode()
        self.came.append((message.topic, text, time.monotonic()))
        client.publish(message.topic.removesuffix("/set"), text, qos=0)
