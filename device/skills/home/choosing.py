"""Which of several devices is meant: "the left one"; and asking for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from device.appliances.devices import Device
from device.events import Intent, Option, Outcome, Question, refused
from device.home.model import Home
from device.skills.skill import asked
from device.speaking.wording import listed
from device.understanding.numbers import spoken

MOST = 6
"""Names that are read out; of more, the first few are examples."""
POINTING = ("among", "which", "but")
"""Slots that say among which things one is meant, what it is called there, and which are not meant."""
SIDES = ("left", "right", "top", "bottom", "front", "back", "big", "small", "upper", "lower", "middle")


def which(home: Home, intent: Intent, name: str, devices: Sequence[Device]) -> Question:
    """ "Which lamp: the floor lamp or the bedside lamp?" The answer completes `intent`."""
    labels = [device.called for device in devices]
    shown = listed(labels, "or") if len(labels) <= MOST else f"{', '.join(labels[:MOST])} or another"
    return Question(f"Which {name}: {shown}?", intent, "choice", tuple(options(home, devices)))


def pointed(home: Home, intent: Intent) -> Intent | Outcome:
    """`intent` with the names of what is pointed at among things that were spoken of; an Outcome asks which
    one that is."""
    if "among" not in intent.slots:
        return intent
    found = _picked(home, intent.slots)
    intent = replace(intent, slots={k: v for k, v in intent.slots.items() if k not in POINTING})
    if not found:
        return refused("I do not know which one you mean")
    if len(found) == 1:
        return replace(intent, slots={**intent.slots, "name": found[0].name})
    if "several" in intent.slots:
        return replace(intent, slots={**intent.slots, "names": tuple(device.name for device in found)})
    return asked(which(home, intent, "one", found))


def _picked(home: Home, slots: Mapping[str, Any]) -> tuple[Device, ...]:
    """The devices that `which` says, or those that are none of `but`: of those `among`, else of their kind in
    their rooms, and else, where it is said which, of their kind anywhere."""
    among = tuple(home.devices[name] for name in slots["among"] if name in home.devices)
    kinds, rooms = {device.kind for device in among}, {device.room for device in among}
    alike = tuple(device for device in home.layout.devices if device.kind in kinds)
    near = tuple(device for device in alike if device.room in rooms)
    which = spoken(str(slots["which"])).removeprefix("the ") if "which" in slots else None
    for there in (among, near, alike) if which else (among, near):
        said = (one for one in there if which is None or which in _said(home, one))
        if found := tuple(device for device in said if device.name not in slots.get("but", ())):
            return found if there is among else called_alike(found, among) or found
    return ()


def called_alike(devices: Sequence[Device], others: Iterable[Device]) -> tuple[Device, ...]:
    """Those of `devices` that are called as one of `others` is, but for the room: two ceiling lights."""
    nouns = {_noun(one) for one in others}
    return tuple(device for device in devices if _noun(device) in nouns)


def _noun(device: Device) -> str:
    """The name of a device without that of its room."""
    return spoken(device.name).removeprefix(spoken(device.room or "")).strip()


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
            yield from (" ".join(words[at:-1]) for at in range(1, len(words) - 1))
        yield from (word for word in words if word in SIDES)
    for room in home.layout.rooms:
        if room.name == device.room:
            yield from (spoken(text) for text in (room.name, *room.aliases))
    for floor in home.layout.floors:
        if floor.name == home.floor_of(device):
            yield from (spoken(text) for text in (floor.name, *floor.aliases))
