"""Where the devices of Home Assistant's discovery tell their state.

Templates are a programming language; of them only the commonest is understood, the one that picks a value
out of JSON: `{{ value_json.state }}`. What has another is told what to do, and its state stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from device.appliances.generic import Reading, jointly
from device.mqtt.topics import is_plain

PICKED = re.compile(r"\{\{\s*value_json((?:\.\w+|\[['\"][^'\"\]]+['\"]\])+)\s*(?:\|\s*(?:int|float)\s*)?\}\}")
PART = re.compile(r"\.(\w+)|\[['\"]([^'\"\]]+)['\"]\]")
ITSELF = re.compile(r"\{\{\s*value\s*(?:\|\s*(?:int|float)\s*)?\}\}")

OPENINGS = ("door", "garage_door", "opening", "window")
"""Classes of binary sensors that are ON while something is open."""
PRESENCES = ("motion", "occupancy", "presence")
MEASURES = ("temperature", "humidity", "battery", "power", "illuminance")


def readings(entry: Mapping[str, Any], kind: str) -> tuple[Reading, ...]:
    """Of an entity's config, its keys written out."""
    there = tuple(_availability(entry))
    mode = entry.get("availability_mode")
    if mode in ("all", "any") and len(there) > 1:
        group = jointly(mode == "all", tuple(one.who for one in there))
        there = tuple(replace(one, jointly=group) for one in there)
    return (*there, *_states(entry, kind))


def path(template: object) -> tuple[str, ...] | None:
    """Where in the JSON `template` looks; empty for the message as it is, None for anything else."""
    if template is None or (isinstance(template, str) and ITSELF.fullmatch(template.strip())):
        return ()
    found = PICKED.fullmatch(template.strip()) if isinstance(template, str) else None
    if found is None:
        return None
    return tuple(plain or quoted for plain, quoted in PART.findall(found.group(1)))


def _availability(entry: Mapping[str, Any]) -> Iterator[Reading]:
    every = entry.get("availability")
    for one in every if isinstance(every, list) else [every]:
        if isinstance(one, Mapping):
            topic = one.get("topic", one.get("t"))
            template = one.get("value_template", one.get("val_tpl"))
            yes = one.get("payload_available", one.get("pl_avail", "online"))
            no = one.get("payload_not_available", one.get("pl_not_avail", "offline"))
            yield from _flag(topic, "reachable", template, yes, no)
    yes, no = entry.get("payload_available", "online"), entry.get("payload_not_available", "offline")
    template = entry.get("availability_template")
    yield from _flag(entry.get("availability_topic"), "reachable", template, yes, no)


def _states(entry: Mapping[str, Any], kind: str) -> Iterator[Reading]:
    topic, template = entry.get("state_topic"), entry.get("value_template")

    def number(key: str, name: str, template_name: str, scale: float = 1.0) -> Iterator[Reading]:
        return _number(entry.get(name), key, entry.get(template_name), scale)

    match kind:
        case "cover":
            yield from _flag(
                topic, "open", template, entry.get("state_open", "open"), entry.get("state_closed", "closed")
            )
            if entry.get("position_open", 100) == 100 and entry.get("position_closed", 0) == 0:
                yield from number("position", "position_topic", "position_template")
        case "lock":
            locked, unlocked = entry.get("state_locked", "LOCKED"), entry.get("state_unlocked", "UNLOCKED")
            yield from _flag(topic, "locked", template, locked, unlocked)
        case "climate":
            yield from number("target", "temperature_state_topic", "temperature_state_template")
            yield from number("temperature", "current_temperature_topic", "current_temperature_template")
        case "binary_sensor":
            yield from _binary(entry, topic, template)
        case "sensor" if entry.get("device_class") in MEASURES:
            yield from _number(topic, str(entry["device_class"]), template)
        case "light" if entry.get("schema") == "json":
            yield from _flag(topic, "on", "{{ value_json.state }}", "ON", "OFF")
            yield from _number(topic, "brightness", "{{ value_json.brightness }}", _brightest(entry))
        case "light" | "switch" | "fan":
            template = entry.get("state_value_template", template)
            on = entry.get("state_on", entry.get("payload_on", "ON"))
            off = entry.get("state_off", entry.get("payload_off", "OFF"))
            yield from _flag(topic, "on", template, on, off)
            scale = _brightest(entry)
            yield from number("brightness", "brightness_state_topic", "brightness_value_template", scale)
            yield from number("speed", "percentage_state_topic", "percentage_value_template")


def _binary(entry: Mapping[str, Any], topic: object, template: object) -> Iterator[Reading]:
    on, off = entry.get("payload_on", "ON"), entry.get("payload_off", "OFF")
    kind = entry.get("device_class")
    if kind in OPENINGS:  # as Zigbee's: contact is made while it is closed
        yield from _flag(topic, "contact", template, off, on)
    else:
        yield from _flag(topic, "occupancy" if kind in PRESENCES else "on", template, on, off)


def _brightest(entry: Mapping[str, Any]) -> float:
    """What is 1 % of the brightness."""
    scale = entry.get("brightness_scale", 255)
    return scale / 100 if isinstance(scale, int) and scale > 0 else 2.55


def _flag(topic: object, key: str, template: object, true: object, false: object) -> Iterator[Reading]:
    if (where := path(template)) is not None and is_plain(topic):
        yield Reading(str(topic), key, where, _text(true), _text(false))


def _number(topic: object, key: str, template: object, scale: float = 1.0) -> Iterator[Reading]:
    if (where := path(template)) is not None and is_plain(topic):
        yield Reading(str(topic), key, where, scale=scale)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
