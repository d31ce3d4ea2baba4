"""What the broker announces of the home, joined with what home.toml says; where both speak, the file wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from device.home.devices import Device, Room
from device.home.reading import Layout
from device.understanding.numbers import spoken


@dataclass(frozen=True, slots=True)
class Announced:
    """A device that announced itself under `source`, a topic; it may call itself "kitchen/lamp".

    `address`: its hardware's, where groups name their members by it.
    """

    source: str
    device: Device
    address: str = ""


def joined(layout: Layout, found: Iterable[Announced]) -> tuple[Layout, tuple[str, ...]]:
    """`layout` with the devices that it does not know yet, and a line for each that must be left out.

    A device is known by its topic (and relay), or by its name.
    """
    topics = {(device.topic, device.relay) for device in layout.devices}
    named = [(device.name, *device.aliases) for device in layout.devices]
    named += [(scene.name, *scene.aliases) for scene in layout.scenes]
    own = {spoken(text) for names in named for text in names}
    devices: dict[str, Device] = {}
    problems: list[str] = []
    rooms = rooms_by_text(layout.rooms)
    for one in found:
        device = placed(one.device, rooms)
        text = spoken(device.name)
        if (device.topic, device.relay) in topics or text in own or not publishable(device.topic):
            continue
        if not text:
            problems.append(f"{one.source}: {device.name!r} cannot be said: give it a name that can be")
        elif text in devices:
            problems.append(f"{one.source}: another thing is called {device.name!r} too: rename one of them")
        else:
            devices[text] = device
    return replace(layout, devices=(*layout.devices, *devices.values())), tuple(problems)


def publishable(topic: object) -> bool:
    """Whether one can publish to it: a name from the broker must not break out of it."""
    return isinstance(topic, str) and topic != "" and not any(one in topic for one in "+#\0")


def rooms_by_text(rooms: Iterable[Room]) -> dict[str, str]:
    """Rooms by all that they are called."""
    return {spoken(text): room.name for room in rooms for text in (room.name, *room.aliases)}


def placed(device: Device, rooms: Mapping[str, str]) -> Device:
    """The device with the room that its name or suggestion tells: "kitchen/lamp" is the kitchen's.

    `rooms`: of `rooms_by_text`.
    """
    name = " ".join(device.name.replace("_", " ").replace("/", " ").split())
    suggested = rooms.get(spoken(device.room or ""))
    first, _, rest = device.name.partition("/")
    if rest and (room := rooms.get(spoken(first.replace("_", " ")))):
        suggested = room
    text = spoken(name)
    if suggested is None:
        starts = (room for said, room in rooms.items() if text.startswith(f"{said} "))
        suggested = next(starts, None)
    return replace(device, name=name, room=suggested)
