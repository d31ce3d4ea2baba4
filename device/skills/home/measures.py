"""Answers from what is measured in a place: how warm it is, how humid, whether somebody is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from device.appliances.devices import Device
from device.events import Intent, Outcome, Reply, refused
from device.home.model import Home
from device.skills.home.select import place_of, placed_in
from device.skills.skill import Handlers, World
from device.speaking.wording import listed, number
from device.understanding.numbers import spoken


def _measured(key: str, words: str, called: str) -> Callable[[Intent, World], Outcome]:
    """The first device that measures `key` in the place asked for, or anywhere."""

    def handler(intent: Intent, world: World) -> Outcome:
        home, slots = world.home, intent.slots
        place = f" {place_of(slots)}" if place_of(slots) else ""
        for device in _measuring(home, slots):
            value = home.state.of(device.name).get(key)
            if isinstance(value, int | float):
                where = place or (f" in the {device.room}" if device.room else "")
                return Outcome(reply=Reply(f"{words.format(number(value))}{where}"))
        return refused(f"I do not know the {called}{place} yet")

    return handler


def _measuring(home: Home, slots: Mapping[str, Any]) -> Sequence[Device]:
    if "name" in slots:
        return [home.devices[slots["name"]]] if slots["name"] in home.devices else []
    if "area" in slots or "floor" in slots:
        return placed_in(home, slots)
    here = home.in_area(home.layout.here) if home.layout.here else ()
    return (*here, *home.layout.devices)


def battery(intent: Intent, world: World) -> Outcome:
    """What the device says of its battery, or the sensor that is called after it."""
    home, name = world.home, str(intent.slots.get("name"))
    for device in home.named(name):
        own = spoken(device.name)
        after = (one for one in home.layout.devices if spoken(one.name) == f"{own} battery")
        for one in (device, *after):
            charge = home.state.of(one.name).get("battery")
            if isinstance(charge, int | float):
                return Outcome(reply=Reply(f"The battery of {device.called} is at {number(charge)} percent"))
    return refused(f"I do not know the battery of the {name} yet")


def occupied(intent: Intent, world: World) -> Outcome:
    """Whether one of the place's sensors sees somebody."""
    home, slots = world.home, intent.slots
    seen = [(device, home.state.of(device.name).get("occupancy")) for device in placed_in(home, slots)]
    sensors = [device.called for device, occupancy in seen if occupancy is not None]
    seeing = [device.called for device, occupancy in seen if occupancy]
    if not sensors:
        return refused(f"I do not know whether somebody is {place_of(slots) or 'there'}")
    return Outcome(reply=Reply(f"Yes, says {listed(seeing)}" if seeing else f"No, says {listed(sensors)}"))


HANDLERS: Handlers = {
    "HassClimateGetTemperature": _measured("temperature", "It is {} degrees", "temperature"),
    "MynahGetHumidity": _measured("humidity", "The humidity is {} percent", "humidity"),
    "MynahGetCO2": _measured("co2", "The air has {} parts per million of CO2", "CO2"),
    "MynahGetBattery": battery,
    "MynahGetOccupancy": occupied,
}
