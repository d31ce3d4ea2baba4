"""What must not be done by mistake: the house stands open, or wakes its street, when it goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from device.appliances import tasmota
from device.appliances.devices import Device, Scene

Place = tuple[str, str]
"""A topic, or all below one that ends in "/"; and which of the things there, where several share it."""


def guarded(devices: Iterable[Device], scenes: Iterable[Scene]) -> frozenset[str]:
    """The names of what is guarded: by itself, or because it sends where something guarded listens.

    A scene is guarded as well for what it does with guarded devices.
    """
    devices = tuple(devices)
    found = {device.name for device in devices if device.guarded}
    if not found:
        return frozenset()
    every = _Index((place, device.name) for device in devices for place in _places(device))
    own = {place for device in devices if device.guarded for place in _places(device)}
    dangerous = _Index((place, "") for place in own)
    found |= {device.name for device in devices if any(map(dangerous.around, _places(device)))}
    found = found.union(*map(every.around, own))
    for scene in scenes:
        sent = ((command.topic, "") for command in scene.sends)
        if not found.isdisjoint(scene.steps) or any(map(dangerous.around, sent)):
            found.add(scene.name)
    return frozenset(found)


class _Index:
    """Names by their places. A home has up to thousands, and each is looked for among all."""

    def __init__(self, places: Iterable[tuple[Place, str]]) -> None:
        self._at: dict[str, dict[str, set[str]]] = {}
        for (topic, part), name in places:
            self._at.setdefault(topic, {}).setdefault(part, set()).add(name)
        self._lengths = {len(topic) for topic in self._at}

    def around(self, place: Place) -> set[str]:
        """Who is at `place`, or at a place that holds it."""
        topic, part = place
        # Of two devices, "garage/lamp" is not a part of "garage".
        lengths = {len(topic)} if topic.endswith("/") else self._lengths
        found: set[str] = set()
        for length in lengths:
            if length == len(topic) or (length < len(topic) and topic[length - 1] == "/"):
                for other, names in self._at.get(topic[:length], {}).items():
                    if part == other or "" in (part, other):
                        found |= names
        return found


def _places(device: Device) -> Iterator[Place]:
    """Where its commands go."""
    if device.protocol == "zigbee2mqtt":
        property_ = str(device.native.get("state", ""))
        for address in (device.topic, device.native.get("address")):
            if address:
                yield f"{address}/", property_
    elif device.protocol == "tasmota":
        yield tasmota.place(device), str(device.relay or 1)
    for template in device.commands.values():
        for one in (template, *template.then, *template.instead.values()):
            yield one.topic, ""
