"""Zigbee2MQTT's `bridge/devices` and `bridge/groups` → devices.

https://www.zigbee2mqtt.io/guide/usage/exposes.html and mqtt_topics_and_messages.html, both retained. What a
device exposes says what it can do, under which names, and within which ranges; these go into `Device.native`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.appliances.announced import Announced, LeftOut
from device.appliances.devices import Device
from device.discovery.features import described, text_of
from device.understanding.numbers import spoken

KINDS = ("light", "switch", "cover", "lock", "fan", "climate")
SENSORS = ("temperature", "humidity", "battery", "power", "energy", "illuminance", "co2")
BINARY_SENSORS = ("contact", "occupancy", "water_leak", "smoke", "gas", "carbon_monoxide")
CLASSES = {"contact": "opening", "occupancy": "occupancy", "water_leak": "moisture"} | {
    name: name for name in ("smoke", "gas", "carbon_monoxide")
}
"""Home Assistant's classes of binary sensors."""
COVERS = ("garage", "gate", "curtain", "blind", "shutter", "awning")
"""Classes of covers, and the words in a description that tell them: "Garage door opener", "Roller blinds"."""
GUARDED = ("garage", "gate")
"""Those that a description of a mere switch tells as well. Many a plug has a "child lock"."""
SETTINGS = ("config", "diagnostic")
LARGEST = {"bridge/devices": 1 << 23, "bridge/groups": 1 << 23}
"""Bytes of an announcement, by how its topic ends: some ten thousand for each device."""


@dataclass(frozen=True, slots=True)
class Expose:
    """A thing that a device exposes, with its features by name."""

    kind: str
    endpoint: str | None
    features: Mapping[str, Mapping[str, Any]]

    @property
    def setting(self) -> str:
        """What it sets, if it is a switch or lock that belongs to another thing: a "child lock"."""
        named = text_of(self.features.get("state", {}), "property") or "state"
        own = self.kind not in ("switch", "lock") or named == "state" or named.startswith("state_")
        return "" if own else named.replace("_", " ")


def devices(content: Any, base: str) -> Iterator[Announced | LeftOut]:
    """What `bridge/devices` announces."""
    for entry in mappings(content):
        name, definition = entry.get("friendly_name"), entry.get("definition")
        if entry.get("type") == "Coordinator" or not isinstance(name, str) or not name:
            continue
        source = f"{base}/{name}"
        if reason := _unwanted(entry, name):
            yield LeftOut(source, reason)
            continue
        address = str(entry.get("ieee_address"))
        for found in _things(name, source, definition):
            if isinstance(found, Device) and address != "None":
                found = replace(found, native={**found.native, "address": f"{base}/{address}"})
            yield Announced(source, found, address) if isinstance(found, Device) else found


def _unwanted(entry: Mapping[str, Any], name: str) -> str:
    """Why a device is nothing to be spoken to, if it is not."""
    if entry.get("disabled"):
        return "it is disabled"
    if name == entry.get("ieee_address"):
        return "it has only its address as a name: rename it in Zigbee2MQTT"
    if not isinstance(entry.get("definition"), Mapping):
        return "Zigbee2MQTT does not know it yet"
    return ""


def groups(content: Any, known: Iterable[Announced], base: str) -> Iterator[Announced | LeftOut]:
    """What `bridge/groups` announces: a group can do what all of its `known` members can."""
    by_address: dict[str, Device] = {}
    for one in known:  # of a device with several things, a group has the first
        by_address.setdefault(one.address, one.device)
    for entry in mappings(content):
        name = entry.get("friendly_name")
        addresses = [str(member.get("ieee_address")) for member in mappings(entry.get("members"))]
        found = [by_address[address] for address in addresses if address in by_address]
        if not isinstance(name, str) or not name:
            continue
        topic = f"{base}/{name}"
        if not found or len({one.kind for one in found}) > 1:
            yield LeftOut(topic, "it is an empty group, or a group of different kinds of things")
            continue
        can = frozenset.intersection(*(one.can for one in found)) - {"option"}
        guard = any(one.guarded for one in found)
        made = replace(
            found[0], name=name, topic=topic, can=can, options=(), told_as={}, native={}, guard=guard
        )
        yield Announced(topic, made)


def _things(name: str, topic: str, definition: Any) -> Iterator[Device | LeftOut]:
    """A device for each thing that can be told something; else one sensor, if it measures anything."""
    exposes, description = mappings(definition.get("exposes")), str(definition.get("description", ""))
    every = [_expose(entry) for entry in exposes if entry.get("type") in KINDS and not _categorized(entry)]
    every += [_siren(entry) for entry in exposes if entry.get("name") == "alarm" and _is_siren(entry)]
    things = [one for one in every if not one.setting] or every
    settings = [one.setting or one.kind for one in every if one not in things]
    settings += [_setting(entry) for entry in exposes if _categorized(entry) and _settable(entry)]
    if settings:
        yield LeftOut(topic, f"{', '.join(dict.fromkeys(settings))}: settings of the device")
    count = Counter(thing.kind for thing in things)
    for number, thing in enumerate(things):
        made = _device(thing, description)
        if len(things) > 1:
            own = thing.endpoint or (thing.kind if count[thing.kind] == 1 else str(number + 1))
            numbered = re.fullmatch(r"l(\d+)", own)  # the first of a double switch is its "l1"
            aliases = (f"{name} {numbered[1]}",) if numbered else ()
            called = name if own in spoken(name).split() else f"{name} {own}"
            yield replace(made, name=called, aliases=aliases, topic=topic)
        else:
            yield replace(made, name=name, topic=topic)
    names = {str(expose.get("name")) for expose in exposes}
    if not things and names & {*SENSORS, *BINARY_SENSORS}:
        kind = "binary_sensor" if names & set(BINARY_SENSORS) else "sensor"
        fahrenheit = any(one.get("name") == "temperature" and "F" in str(one.get("unit")) for one in exposes)
        native = {"fahrenheit": True} if fahrenheit else {}
        found = next((CLASSES[one] for one in BINARY_SENSORS if one in names), None)
        yield Device(name, kind, "zigbee2mqtt", topic, device_class=found, native=native)
    elif not things:
        yield LeftOut(topic, "it exposes nothing that you can control or ask for")


def _categorized(entry: Mapping[str, Any]) -> bool:
    return entry.get("category") in SETTINGS


def _setting(entry: Mapping[str, Any]) -> str:
    features = [text_of(feature, "property") for feature in mappings(entry.get("features"))]
    named = text_of(entry, "property") or text_of(entry, "name") or next(iter(features), None)
    return str(named or entry.get("type")).replace("_", " ")


def _settable(entry: Mapping[str, Any]) -> bool:
    return entry.get("type") in KINDS or _writable(entry)


def _expose(entry: Mapping[str, Any]) -> Expose:
    endpoint = entry.get("endpoint")
    features = {
        str(feature.get("name")): feature
        for feature in mappings(entry.get("features"))
        if _writable(feature) or feature.get("name") == "local_temperature"
    }
    return Expose(str(entry.get("type")), endpoint if isinstance(endpoint, str) else None, features)


def _is_siren(entry: Mapping[str, Any]) -> bool:
    """Whether it is the "alarm" of a siren, which can be set."""
    return entry.get("type") == "binary" and _writable(entry) and not _categorized(entry)


def _siren(entry: Mapping[str, Any]) -> Expose:
    return Expose("siren", None, {"state": entry})


def _writable(feature: Mapping[str, Any]) -> bool:
    """Bit 2 of `access`: it can be set. Composites (colours) and old versions have none."""
    access = feature.get("access", 7)
    return not isinstance(access, int) or bool(access & 2)


def _device(thing: Expose, description: str) -> Device:
    found = described(thing.kind, thing.features)
    text = f" {spoken(description)} "  # "gate" is a word, other than in "gateway"
    told = next((each for each in COVERS if (f" {each} " if each == "gate" else each) in text), None)
    return Device(
        name="",
        kind=thing.kind,
        protocol="zigbee2mqtt",
        topic="",
        can=found.can,
        device_class=told if thing.kind == "cover" else None,
        options=found.options,
        told_as=found.told_as,
        limits=found.limits,
        native=found.native,
        guard=thing.kind == "switch" and told in GUARDED,
    )


def mappings(content: Any) -> Sequence[Mapping[str, Any]]:
    return [entry for entry in content if isinstance(entry, Mapping)] if isinstance(content, list) else []
