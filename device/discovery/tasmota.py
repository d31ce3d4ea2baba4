"""Tasmota's `tasmota/discovery/<mac>/config` and `…/sensors`, retained → devices, one for each relay.

https://tasmota.github.io/docs/Home-Assistant/#tasmota-integration: `t` is the topic, `ft` the full topic,
`tp` its prefixes, `fn` the names of the relays, `rl` their kinds (1 a relay, 2 a light, 3 a shutter), `dn`
the device's name; `sn` is what the sensors say, in the shape of `tele/<topic>/SENSOR`. What has relays tells
its temperature as one of them; what only measures is a device of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from device.appliances.devices import Device
from device.appliances.tasmota import measured
from device.discovery.announced import Announced

RELAY, LIGHT, SHUTTER = 1, 2, 3
FULL_TOPIC = "%prefix%/%topic%/"
PREFIXES = ["cmnd", "stat", "tele"]
"""The only ones that Mynah speaks: Tasmota's own defaults."""
CAN_BY_LIGHT = {
    1: ("brightness",),
    2: ("brightness", "color_temperature"),
    3: ("brightness", "color"),
    4: ("brightness", "color"),
    5: ("brightness", "color", "color_temperature"),
}
"""`lt_st`, the number of a light's channels, and what it can do."""


def devices(content: Any, source: str, sensors: Any = None) -> Iterator[Announced]:
    """What one config message announces; nothing where it is none, or speaks on other topics.

    `sensors`: the content of its sensors message.
    """
    if not isinstance(content, Mapping):
        return
    if content.get("ft", FULL_TOPIC) != FULL_TOPIC or content.get("tp", PREFIXES) != PREFIXES:
        return
    topic, relays = content.get("t"), content.get("rl")
    if not isinstance(topic, str) or not topic or not isinstance(relays, list):
        return
    names = content.get("fn")
    names = names if isinstance(names, list) else []
    used = [number for number, kind in enumerate(relays) if kind in (RELAY, LIGHT, SHUTTER)]
    if not used and isinstance(sensors, Mapping) and measured(sensors.get("sn")):
        own = content.get("dn")
        yield Announced(source, Device(own if isinstance(own, str) else topic, "sensor", "tasmota", topic))
    shutters = 0
    for number in used:
        kind, relay = relays[number], number + 1
        if kind == SHUTTER:  # a shutter has two relays, and a number of its own
            shutters += 1
            if shutters % 2 == 0:
                continue
            relay = shutters // 2 + 1
        name = names[number] if number < len(names) else None
        if not isinstance(name, str) or not name:
            own = content.get("dn") if isinstance(content.get("dn"), str) else topic
            name = str(own) if len(used) == 1 else f"{own} {number + 1}"
        made = _device(name, topic, kind, relay if len(used) > 1 else None, content.get("lt_st"))
        yield Announced(source, made)


def _device(name: str, topic: str, kind: int, relay: int | None, channels: Any) -> Device:
    if kind == SHUTTER:
        return Device(name, "cover", "tasmota", topic, can=frozenset({"position"}), relay=relay)
    if kind == LIGHT:
        can = frozenset(CAN_BY_LIGHT.get(channels if isinstance(channels, int) else 0, ()))
        return Device(name, "light", "tasmota", topic, can=can, relay=relay)
    return Device(name, "switch", "tasmota", topic, relay=relay)
