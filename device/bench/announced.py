"""What a home costs that announces itself on the broker: until it can be spoken to, and its new names."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from device.bench.daemon import READY, Child, resident_mb, room_noise
from device.bench.home import KINDS, names
from device.settings import MqttSettings

ZIGBEE = "zigbee2mqtt/bridge/devices"
NEW_NAME = "brand new thing"


@dataclass(frozen=True, slots=True)
class AnnouncedCost:
    """Seconds from the daemon's start until it `listens`, and until it knows all names (`ready`); from a
    device's being `renamed` until its new name can be said; MB (10⁶ bytes) `resident` in the end.
    """

    devices: int
    listens: float
    ready: float
    renamed: float
    resident: float


def announced_cost(command: list[str], mqtt: MqttSettings, devices: int) -> AnnouncedCost:
    """Half of the `devices` are announced by Zigbee2MQTT, the others by Tasmota and to Home Assistant."""
    said = announcements(devices)
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect(*mqtt.address)
    client.loop_start()
    for topic, content in said.items():
        client.publish(topic, json.dumps(content), qos=1, retain=True).wait_for_publish(10)
    known = f"the home has {devices} devices now"
    began = time.monotonic()
    with Child(command, room_noise()) as child:
        child.until_it_says(READY)
        listens = time.monotonic() - began
        child.until_it_says(known)
        ready = time.monotonic() - began
        for _ in child.go_on(1.0):
            pass
        said[ZIGBEE][0]["friendly_name"] = NEW_NAME
        began = time.monotonic()
        client.publish(ZIGBEE, json.dumps(said[ZIGBEE]), qos=1, retain=True)
        child.until_it_says(known)
        renamed = time.monotonic() - began
        resident = resident_mb(child.pid)
    client.disconnect()
    client.loop_stop()
    return AnnouncedCost(devices, listens, ready, renamed, resident)


def announcements(devices: int) -> dict[str, Any]:
    """What so many devices announce, by topic: retained, as their projects document it."""
    called = names(devices)
    zigbee, others = called[: (devices + 1) // 2], called[(devices + 1) // 2 :]
    said: dict[str, Any] = {ZIGBEE: [_zigbee(*one, number) for number, one in enumerate(zigbee)]}
    for number, (which, room, thing) in enumerate(others):
        name = f"{which} {room} {thing}"
        if number % 2:
            topic, config = f"light/{number}", {"name": name, "uniq_id": f"u{number}"}
            said[f"homeassistant/{topic}/config"] = {**config, "cmd_t": f"{topic}/set", "stat_t": topic}
        else:
            mac = f"DC4F22{number:06X}"
            said[f"tasmota/discovery/{mac}/config"] = {
                **{"dn": name, "fn": [name], "mac": mac, "t": f"tasmota_{number}", "rl": [1]},
                **{"ft": "%prefix%/%topic%/", "tp": ["cmnd", "stat", "tele"], "ver": 1},
            }
    return said


def _zigbee(which: str, room: str, thing: str, number: int) -> dict[str, Any]:
    return {
        "ieee_address": f"0x{number:016x}",
        "type": "Router",
        "friendly_name": f"{which} {room} {thing}",
        "supported": True,
        "definition": {
            "description": "made up",
            "exposes": [
                {"type": KINDS[thing] if KINDS[thing] != "fan" else "switch", "features": [*_features(thing)]}
            ],
        },
    }


def _features(thing: str) -> Iterator[dict[str, Any]]:
    def number(name: str, lowest: int, highest: int) -> dict[str, Any]:
        limits = {"value_min": lowest, "value_max": highest}
        return {"type": "numeric", "name": name, "property": name, "access": 7, **limits}

    state = {"name": "state", "property": "state", "access": 7}
    match KINDS[thing]:
        case "cover":
            yield {"type": "enum", **state, "values": ["OPEN", "CLOSE", "STOP"]}
            yield number("position", 0, 100)
        case "climate":
            yield number("current_heating_setpoint", 5, 30)
        case kind:
            yield {"type": "binary", **state, "value_on": "ON", "value_off": "OFF"}
            if kind == "light":
                yield number("brightness", 0, 254)
                yield number("color_temp", 153, 500)
