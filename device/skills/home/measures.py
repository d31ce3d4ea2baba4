"""Answers from what sensors measure, such as humidity and power, and find, such as leaks and smoke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.appliances.devices import Device
from device.appliances.dialects import in_mode
from device.appliances.relative import target_key
from device.events import Intent, Outcome, Reply, refused
from device.home.model import Home
from device.home.units import bare, degrees
from device.skills.home import choosing
from device.skills.home.select import of_devices, place_of, placed_in, select
from device.skills.skill import World, asked
from device.speaking.wording import are, capitalized, listed, number
from device.understanding.numbers import spoken
from device.understanding.scope import PLACES

UNITS: Mapping[str, str] = {
    **{"humidity": "percent", "battery": "percent", "power": "watts", "illuminance": "lux"},
    "co2": "parts per million",
    "energy": "kilowatt-hours",
}
"""What is measured, by its key in the home's state, and in which unit it is told."""
LEVELS = {"brightness": "light", "position": "cover", "speed": "fan", "volume": "media_player"}
"""What is set in percent, by its key in the home's state, and the kind that mostly has it."""
CALLED = {"battery": "battery", "illuminance": "light", "co2": "carbon dioxide"}
OF_SENSORS = frozenset({*UNITS, "temperature", "level", "dioxide", "carbon", "c o two"})
"""Last words of what only measures something of a thing."""
LOW = 20
"""Percent of a battery that should be changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What binary sensors of some classes find. `says`: the key of the state that says just this; sensors
    that have `on` alone tell it by their class. `yes`, `no`: what there is then."""

    classes: tuple[str, ...]
    says: str
    yes: str
    no: str

    def is_for(self, device: Device) -> bool:
        return device.device_class in self.classes


FINDINGS: Mapping[str, Finding] = {
    "leak": Finding(("moisture",), "water_leak", "water", "no water"),
    "smoke": Finding(("smoke",), "smoke", "smoke", "no smoke"),
    "gas": Finding(("gas",), "gas", "gas", "no gas"),
    "carbon_monoxide": Finding(
        ("carbon_monoxide",), "carbon_monoxide", "carbon monoxide", "no carbon monoxide"
    ),
    "motion": Finding(("motion", "occupancy", "presence"), "occupancy", "somebody", "nobody"),
}


def measured(intent: Intent, world: World) -> Outcome:
    """ "What is the humidity in the bathroom", "how much power does the kettle use"."""
    home, slots = world.home, intent.slots
    key = str(slots.get("measure"))
    called = CALLED.get(key, key)
    place = f" {where}" if (where := place_of(slots)) else ""
    if key in LEVELS:
        return _level(home, intent, key)
    for device in telling(home, slots):
        value = home.state.of(device.name).get(key)
        if isinstance(value, int | float) and key in UNITS:
            of = f" of {_thing(device)}" if "name" in slots else place or _room(device)
            return _answer(f"The {called}{of} is {number(value)} {UNITS[key]}")
    return refused(f"I do not know the {called}{place} yet")


def _level(home: Home, intent: Intent, key: str) -> Outcome:
    """How things are set, each of those that were asked for; or that they are off."""
    target = select(home, intent.slots, LEVELS[key])
    if isinstance(target, Outcome):
        return target
    told = [(one, text) for one in target.devices if (text := _set_to(home, one, key))]
    devices = tuple(one for one, _ in told)
    if target.which is not None and len(told) != 1:
        return asked(choosing.which(home, intent, target.which, devices or target.devices))
    if not told:
        return refused(f"I do not know the {key} of {target.called} yet")
    return replace(_answer(capitalized(listed([text for _, text in told]))), about=of_devices(devices))


def _set_to(home: Home, device: Device, key: str) -> str:
    """Empty where it is not known."""
    known = home.state.of(device.name)
    value = known.get(key)
    if key != "position" and known.get("on") is False:
        return f"{device.called} {are([device.name])} off"
    if isinstance(value, int | float):
        return f"the {key} of {device.called} is {number(value)} percent"
    if key == "position" and "open" in known:
        return f"{device.called} {are([device.name])} {'open' if known['open'] else 'closed'}"
    return ""


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
    known = [(device, _finds(home, device, finding)) for device in telling(home, slots)]
    known = [(device, value) for device, value in known if value is not None or finding.is_for(device)]
    if not known:
        return refused(f"There is nothing that could tell{place}")
    if positive := [device for device, value in known if value]:
        names = listed([device.called for device in positive])
        return _answer(f"Yes, {names} {'finds' if len(positive) == 1 else 'find'} {finding.yes}")
    if all(value is None for _, value in known):
        return refused(f"I do not know yet whether there is {finding.yes}{place}")
    return _answer(f"No, there is {finding.no}{place}")


def _finds(home: Home, device: Device, finding: Finding) -> bool | None:
    """What the device says of `finding`; None where it says nothing of it."""
    state = home.state.of(device.name)
    if finding.says in state:
        return bool(state[finding.says])
    return state.get("on") if finding.is_for(device) else None


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
    elif domain := slots.get("domain"):
        yield from (device for device in layout.devices if device.kind == domain)
    else:
        here: Sequence[Device] = home.in_area(layout.here) if layout.here else ()
        yield from here
        yield from (device for device in layout.devices if device not in here)


def temperature(intent: Intent, world: World) -> Outcome:
    """The first device that measures it in the place asked for, or anywhere."""
    home, slots = world.home, intent.slots
    place = f" {place_of(slots)}" if place_of(slots) else ""
    for device in telling(home, slots) if slots.get("set_to") else ():
        if target := set_to(home, device):
            told = _answer(capitalized(f"{device.called} is set to {target}"))
            return replace(told, about=_warmth(slots))
    for device in telling(home, slots):
        value = home.state.of(device.name).get("temperature")
        if isinstance(value, int | float):
            answer = _answer(f"It is {degrees(value, home.layout.units)}{place or _room(device)}")
            return replace(answer, about=_warmth(slots))
    return replace(refused(f"I do not know the temperature{place} yet"), about=_warmth(slots))


def set_to(home: Home, device: Device) -> str:
    """The temperature to which a device is set, or both, in words; empty where it did not say."""
    known, units = home.state.of(device.name), home.layout.units
    if isinstance(target := known.get(target_key(in_mode(device, known))), int | float):
        return degrees(target, units)
    low, high = known.get("target_low"), known.get("target_high")
    if low is not None and high is not None:
        return f"{bare(low, units)} to {degrees(high, units)}"
    return ""


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
