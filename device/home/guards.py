"""What must not be done by mistake: the house stands open, or wakes its street, when it goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from device.home.devices import Device, Scene

Place = tuple[str, str]
"""A topic, or all below one that ends in "/"; and which of the things there, where several share it."""


def guarded(devices: Iterable[Device], scenes: Iterable[Scene]) -> frozenset[str]:
    """The names of what is guarded: by itself, or because it sends where something guarded listens.

    A scene is guarded as well for what it does with guarded devices.
    """
    devices = tuple(devices)
    found = {device.name for device in devices if device.guarded}
    dangerous = [place for device in devices if device.guarded for place in _places(device)]
    if not dangerous:
        return frozenset()
    found |= {device.name for device in devices if _touch(_places(device), dangerous)}
    for scene in scenes:
        sent = ((command.topic, "") for command in scene.sends)
        if not found.isdisjoint(scene.steps) or _touch(sent, dangerous):
            found.add(scene.name)
    return frozenset(found)


def _places(device: Device) -> Iterator[Place]:
    """Where its commands go."""
    if device.protocol == "zigbee2mqtt":
        property_ = str(device.native.get("state", ""))
        for address in (device.topic, device.native.get("address")):
            if address:
                yield f"{address}/", property_
    elif device.protocol == "tasmota":
        yield f"cmnd/{device.topic}/", str(device.relay or 1)
    for template in device.commands.values():
        yield template.topic, ""


def _touch(places: Iterable[Place], others: Iterable[Place]) -> bool:
    others = tuple(others)
    return any(_is_in(one, other) or _is_in(other, one) for one in places for other in others)


def _is_in(one: Place, other: Place) -> bool:
    (topic, part), (wider, other_part) = one, other
    same = topic == wider or (wider.endswith("/") and topic.startswith(wider))
    return same and (part == other_part or "" in (part, other_part))
