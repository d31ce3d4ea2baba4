"""Zigbee2MQTT's `bridge/devices` and `bridge/groups` → devices.

https://www.zigbee2mqtt.io/guide/usage/exposes.html and mqtt_topics_and_messages.html, both retained. What a
device exposes says what it can do, under which names, and within which ranges; these go into `Device.native`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.appliances.devices import Device
from device.discovery.announced import Announced
from device.understanding.numbers import spoken

KINDS = ("light", "switch", "cover", "lock", "fan", "climate")
SENSORS = ("temperature", "humidity", "battery", "power", "illuminance")
BINARY_SENSORS = ("contact", "occupancy")
COVERS = ("garage", "gate", "curtain", "blind", "shutter", "awning")
"""Classes of covers, and the words in a description that tell them: "Garage door opener", "Roller blinds"."""
GUARDED = ("garage", "gate")
"""Those that a description of a mere switch tells as well. Many a plug has a "child lock"."""
SETPOINTS = ("occupied_heating_setpoint", "current_heating_setpoint")
LARGEST = {"bridge/devices": 1 << 23, "bridge/groups": 1 << 23}
"""Bytes of an announcement, by how its topic ends: some ten thousand for each device."""


@dataclass(frozen=True, slots=True)
class Expose:
    """A thing that a device exposes, with its features by name."""

    kind: str
    endpoint: str | None
    features: Mapping[str, Mapping[str, Any]]


def devices(content: Any, base: str) -> Iterator[Announced]:
    """What `bridge/devices` announces. What is disabled, or has no name of its own, is left out."""
    for entry in _mappings(content):
        name, definition = entry.get("friendly_name"), entry.get("definition")
        if entry.get("type") == "Coordinator" or entry.get("disabled") or not isinstance(name, str):
            continue
        if not name or name == entry.get("ieee_address") or not isinstance(definition, Mapping):
            continue
        description = str(definition.get("description", ""))
        for found in _things(name, f"{base}/{name}", definition.get("exposes"), description):
            address = str(entry.get("ieee_address"))
            native = {**found.native, "address": f"{base}/{address}"} if address != "None" else found.native
            yield Announced(f"{base}/{name}", replace(found, native=native), address)


def groups(content: Any, known: Iterable[Announced], base: str) -> Iterator[Announced]:
    """What `bridge/groups` announces: a group can do what all of its `known` members can."""
    by_address: dict[str, Device] = {}
    for one in known:  # of a device with several things, a group has the first
        by_address.setdefault(one.address, one.device)
    for entry in _mappings(content):
        name = entry.get("friendly_name")
        addresses = [str(member.get("ieee_address")) for member in _mappings(entry.get("members"))]
        found = [by_address[address] for address in addresses if address in by_address]
        if not isinstance(name, str) or not name or not found or len({one.kind for one in found}) > 1:
            continue
        can = frozenset.intersection(*(one.can for one in found))
        topic = f"{base}/{name}"
        guard = any(one.guarded for one in found)
        yield Announced(topic, replace(found[0], name=name, topic=topic, can=can, native={}, guard=guard))


def _things(name: str, topic: str, exposes: Any, description: str) -> Iterator[Device]:
    """A device for each thing that can be told something; else one sensor, if it measures anything."""
    things = [expose for expose in map(_expose, _mappings(exposes)) if expose.kind in KINDS]
    several = len(things) > 1
    for number, thing in enumerate(things):
        made = _device(thing, description)
        label = f"{name} {thing.endpoint or number + 1}" if several else name
        yield replace(made, name=label, topic=topic)
    names = {str(expose.get("name")) for expose in _mappings(exposes)}
    if not things and names & {*SENSORS, *BINARY_SENSORS}:
        kind = "binary_sensor" if names & set(BINARY_SENSORS) else "sensor"
        yield Device(name, kind, "zigbee2mqtt", topic)


def _expose(entry: Mapping[str, Any]) -> Expose:
    endpoint = entry.get("endpoint")
    features = {
        str(feature.get("name")): feature
        for feature in _mappings(entry.get("features"))
        if _writable(feature) or feature.get("name") == "local_temperature"
    }
    return Expose(str(entry.get("type")), endpoint if isinstance(endpoint, str) else None, features)


def _writable(feature: Mapping[str, Any]) -> bool:
    """Bit 2 of `access`: it can be set. Composites (colours) and old versions have none."""
    access = feature.get("access", 7)
    return not isinstance(access, int) or bool(access & 2)


def _device(thing: Expose, description: str) -> Device:
    features, kind = thing.features, thing.kind
    native: dict[str, Any] = {}
    state = features.get("state", {})
    for ours, theirs in (("state", "property"), ("on", "value_on"), ("off", "value_off")):
        if isinstance(state.get(theirs), str):
            native[ours] = state[theirs]
    can: set[str] = set()
    match kind:
        case "light":
            can |= {"brightness"} & features.keys()
            can |= {"color"} if {"color_xy", "color_hs"} & features.keys() else set()
            can |= {"color_temperature"} if "color_temp" in features else set()
            native |= _ranged(features.get("brightness"), "brightness", "brightest")
            native |= _ranged(features.get("color_temp"), "color_temp", "warmest", "coldest")
        case "cover":
            can |= {"position"} & features.keys()
            native |= _ranged(features.get("position"), "position", "")
        case "fan":
            mode = features.get("mode") or features.get("fan_mode") or {}
            native |= _ranged(mode, "fan_mode", "")
            modes = mode.get("values")
            if isinstance(modes, list) and {"low", "medium", "high"} <= set(map(str, modes)):
                can.add("speed")
        case "climate":
            setpoint = next((features[name] for name in SETPOINTS if name in features), None)
            if setpoint is not None:
                can.add("temperature")
                native |= _ranged(setpoint, "setpoint", "hottest", "coolest")
    text = f" {spoken(description)} "  # "gate" is a word, other than in "gateway"
    told = next((each for each in COVERS if (f" {each} " if each == "gate" else each) in text), None)
    return Device(
        name="",
        kind=kind,
        protocol="zigbee2mqtt",
        topic="",
        can=frozenset(can),
        device_class=told if kind == "cover" else None,
        native=native,
        guard=kind == "switch" and told in GUARDED,
    )


def _ranged(feature: Mapping[str, Any] | None, name: str, most: str, least: str = "") -> dict[str, Any]:
    """The feature's property as `name`, and the ends of its range as `most` and `least`."""
    found: dict[str, Any] = {}
    for ours, theirs, kind in (
        (name, "property", str),
        (most, "value_max", int | float),
        (least, "value_min", int | float),
    ):
        value = (feature or {}).get(theirs)
        if ours and isinstance(value, kind) and not isinstance(value, bool):
            found[ours] = value
    return found


def _mappings(content: Any) -> Sequence[Mapping[str, Any]]:
    return [entry for entry in content if isinstance(entry, Mapping)] if isinstance(content, list) else []
