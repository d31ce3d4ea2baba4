"""Answers from what sensors measure, such as humidity and power, and find, such as leaks and smoke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.appliances.devices import Device
from device.events import Intent, Outcome, Reply, refused
from device.home.model import Home
from device.home.units import degrees
from device.skills.home.select import place_of, placed_in
from device.skills.skill import World
from device.speaking.wording import capitalized, listed, number
from device.understanding.numbers import spoken
from device.understanding.scope import PLACES

UNITS: Mapping[str, str] = {
    **{"humidity": "percent", "battery": "percent", "power": "watts", "illuminance": "lux"},
    "co2": "parts per million",
}
"""What is measured, by its key in the home's state, and in which unit it is told."""
LEVELS = ("brightness", "position", "speed", "volume")
"""What is set in percent, by its key in the home's state."""
CALLED = {"battery": "battery", "illuminance": "light", "co2": "carbon dioxide"}
OF_SENSORS = frozenset({*UNITS, "temperature", "level", "dioxide", "carbon", "c o two"})
"""Last words of what only measures something of a thing."""
LOW = 20
"""Percent of a battery that should be changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What binary sensors of some classes find: the key of the state, and what is said of it."""

    classes: tuple[str, ...]
    key: str
    yes: str
    no: str


FINDINGS: Mapping[str, Finding] = {
    "leak": Finding(("moisture", "water_leak"), "on", "water", "no water"),
    "smoke": Finding(("smoke",), "on", "smoke", "no smoke"),
    "gas": Finding(("gas",), "on", "gas", "no gas"),
    "carbon_monoxide": Finding(("carbon_monoxide",), "on", "carbon monoxide", "no carbon monoxide"),
    "motion": Finding(("motion", "occupancy", "presence"), "occupancy", "somebody", "nobody"),
}


def measured(intent: Intent, world: World) -> Outcome:
    """ "What is the humidity in the bathroom", "how much power does the kettle use"."""
    home, slots = world.home, intent.slots
    key = str(slots.get("measure"))
    called = CALLED.get(key, key)
    place = f" {where}" if (where := place_of(slots)) else ""
    for device in telling(home, slots):
        value = home.state.of(device.name).get(key)
        if isinstance(value, int | float) and (key in UNITS or key in LEVELS):
            of = f" of {_thing(device)}" if "name" in slots else place or _room(device)
            return _answer(f"The {called}{of} is {number(value)} {UNITS.get(key, 'percent')}")
    return refused(f"I do not know the {called}{place} yet")


def batteries(intent: Intent, world: World) -> Outcome:
    """ "Which batteries are low"."""
    home = world.home
    known = [(device, home.state.of(device.name).get("battery")) for device in home.layout.devices]
    told = [(device, value) for device, value in known if isinstance(value, int | float)]
    if not told:
        return refused("I do not know of any batteries yet")
    low = [_thing(device) for device, value in told if value <= LOW]
    if not low:
        return _answer("No battery is low")
    return _answer(capitalized(f"{listed(low)} {'has' if len(low) == 1 else 'have'} a low battery"))


def found(intent: Intent, world: World) -> Outcome:
    """ "Is there smoke", "is there a leak in the cellar"."""
    home, slots = world.home, intent.slots
    finding = FINDINGS[str(slots.get("finding"))]
    place = f" {where}" if (where := place_of(slots)) else ""
    sensors = [device for device in telling(home, slots) if device.device_class in finding.classes]
    if not sensors:
        return refused(f"There is nothing that could tell{place}")
    known = [(device, home.state.of(device.name).get(finding.key)) for device in sensors]
    if positive := [device for device, value in known if value]:
        names = listed([device.called for device in positive])
        return _answer(f"Yes, {names} {'finds' if len(positive) == 1 else 'find'} {finding.yes}")
    if all(value is None for _, value in known):
        return refused(f"I do not know yet whether there is {finding.yes}{place}")
    return _answer(f"No, there is {finding.no}{place}")


def telling(home: Home, slots: Mapping[str, Any]) -> Iterator[Device]:
    """The devices that a question is about, the nearest first: by name, in a place, here, anywhere.

    What only measures something of a thing is called after it: the "kettle power" tells of the kettle.
    """
    layout = home.layout
    if name := slots.get("name"):
        named = home.named(str(name))
        yield from named
        first = tuple(f"{spoken(text)} " for text in {str(name), *(one.name for one in named)})
        yield from (one for one in layout.devices if spoken(one.name).startswith(first))
    elif slots.get("area") or slots.get("floor"):
        yield from placed_in(home, slots)
    else:
        here: Sequence[Device] = home.in_area(layout.here) if layout.here else ()
        yield from here
        yield from (device for device in layout.devices if device not in here)


def temperature(intent: Intent, world: World) -> Outcome:
    """The first device that measures it in the place asked for, or anywhere."""
    home, slots = world.home, intent.slots
    place = f" {place_of(slots)}" if place_of(slots) else ""
    for device in telling(home, slots) if slots.get("set_to") else ():
        target = home.state.of(device.name).get("target")
        if isinstance(target, int | float):
            told = _answer(capitalized(f"{device.called} is set to {degrees(target, home.layout.units)}"))
            return replace(told, about=_warmth(slots))
    for device in telling(home, slots):
        value = home.state.of(device.name).get("temperature")
        if isinstance(value, int | float):
            answer = _answer(f"It is {degrees(value, home.layout.units)}{place or _room(device)}")
            return replace(answer, about=_warmth(slots))
    return replace(refused(f"I do not know the temperature{place} yet"), about=_warmth(slots))


def _warmth(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    """The warmth of a place, which can be asked for elsewhere, and set: "make it twenty one"."""
    places = {slot: slots[slot] for slot in PLACES if slot in slots}
    return {**places, "domain": "climate", "measured": True} if places else {}


def _thing(device: Device) -> str:
    """What is measured: "the kettle" of the "kettle power"."""
    words = device.called.split()
    while len(words) > 2 and spoken(words[-1]) in OF_SENSORS:
        words.pop()
    return " ".join(words)


def _room(device: Device) -> str:
    return f" in the {device.room}" if device.room else ""


def _answer(text: str) -> Outcome:
    return Outcome(reply=Reply(text))
