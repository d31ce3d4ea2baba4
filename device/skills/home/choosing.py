"""Asking which of several devices is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from device.appliances.devices import Device
from device.events import Intent, Option, Question
from device.home.model import Home
from device.speaking.wording import listed
from device.understanding.numbers import spoken

MOST = 6
"""Names that are read out; of more, the first few are examples."""
SIDES = ("left", "right", "top", "bottom", "front", "back", "big", "small", "upper", "lower", "middle")


def which(home: Home, intent: Intent, name: str, devices: Sequence[Device]) -> Question:
    """ "Which lamp: the floor lamp or the bedside lamp?" The answer completes `intent`."""
    labels = [device.called for device in devices]
    shown = listed(labels, "or") if len(labels) <= MOST else f"{', '.join(labels[:MOST])} or another"
    return Question(f"Which {name}: {shown}?", intent, "choice", tuple(options(home, devices)))


def options(home: Home, devices: Sequence[Device]) -> Iterator[Option]:
    """One for each device, with all that tells it from the others: names, words of its name, room, floor."""
    said = {device.name: dict.fromkeys(_said(home, device)) for device in devices}
    count = Counter(text for texts in said.values() for text in texts)
    for device in devices:
        own = tuple(text for text in said[device.name] if count[text] == 1)
        yield Option(device.name, own, {"name": device.name})


def _said(home: Home, device: Device) -> Iterable[str]:
    for text in (device.name, *device.aliases):
        words = spoken(text).split()
        yield " ".join(words)
        if len(words) > 1:
            yield " ".join(words[:-1])
            yield " ".join(words[1:])
            yield words[-1]
        yield from (word for word in words if word in SIDES)
    for room in home.layout.rooms:
        if room.name == device.room:
            yield from (spoken(text) for text in (room.name, *room.aliases))
    for floor in home.layout.floors:
        if floor.name == home.floor_of(device):
            yield from (spoken(text) for text in (floor.name, *floor.aliases))
