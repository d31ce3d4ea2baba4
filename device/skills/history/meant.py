"""Which things a question about the past is about, and what of their state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from device.appliances.devices import Device
from device.home.conditions import CONDITIONS
from device.home.model import Home
from device.memory.journal.entries import Changed
from device.memory.journal.past import Past
from device.understanding.numbers import spoken

Slots = Mapping[str, Any]

KEY_OF_FINDING: Mapping[str, str] = {"motion": "occupancy"}
PARTICIPLES: Mapping[str, str] = {
    "on": "turned on",
    "off": "turned off",
    "open": "opened",
    "closed": "closed",
    "locked": "locked",
    "unlocked": "unlocked",
    "armed": "armed",
    "disarmed": "disarmed",
}
"""What was done to bring a condition about."""
INSTEAD: Mapping[str, str] = {"open": "unlocked", "closed": "locked"}
"""What a lock tells of a door that tells nothing of itself."""


@dataclass(frozen=True, slots=True)
class Series:
    """What the journal has of one condition of `device`: `key` being `value`. `wanted`: the condition."""

    device: Device
    key: str
    value: Any
    wanted: str

    @property
    def called(self) -> str:
        return self.device.called

    @property
    def participle(self) -> str:
        return PARTICIPLES[self.wanted]

    def is_so(self, change: Changed) -> bool:
        return bool(change.value == self.value)


def devices(home: Home, slots: Slots) -> tuple[Device, ...]:
    """Those that are named, or all of a kind in a place; () where nothing is named, or there is none."""
    if name := slots.get("name"):
        found = home.named(str(name))
    elif names := slots.get("names"):
        found = tuple(home.devices[name] for name in names if name in home.devices)
    elif "domain" in slots or "device_class" in slots:
        found = tuple(one for one in home.layout.devices if _is_of_kind(one, slots))
    else:
        return ()
    return tuple(one for one in found if in_place(home, one, slots))


def in_place(home: Home, device: Device, slots: Slots) -> bool:
    area, floor = slots.get("area"), slots.get("floor")
    return area in (None, device.room) and floor in (None, home.floor_of(device))


def _is_of_kind(device: Device, slots: Slots) -> bool:
    if "domain" in slots and "device_class" not in slots:
        return device.kind == slots["domain"]
    word = str(slots["device_class"])
    if device.device_class == word or device.kind == word:
        return True
    told = device.kind in ("lock", "cover", "sensor", "binary_sensor", "valve")
    return told and word in spoken(device.name).split()


def series(past: Past, devices: tuple[Device, ...], wanted: str) -> Iterator[Series]:
    """What the journal has of the condition `wanted`, of each device of which it has something."""
    for device in devices:
        for condition in filter(None, (wanted, INSTEAD.get(wanted) if device.kind == "lock" else None)):
            found = _key(past, device, condition)
            if found is not None:
                yield Series(device, *found, condition)
                break


def _key(past: Past, device: Device, wanted: str) -> tuple[str, bool] | None:
    key, value = CONDITIONS[wanted]
    keys = (("contact", not value), (key, value)) if key == "open" else ((key, value),)
    return next(((key, value) for key, value in keys if past.last(device.name, key) is not None), None)


def measuring(home: Home, past: Past, slots: Slots, key: str) -> tuple[Device, ...]:
    """The devices of which the journal has the measured value `key`: by name, in a place, here, anywhere."""
    named = devices(home, slots)
    if not named and {"name", "domain", "device_class"}.isdisjoint(slots):
        there = tuple(one for one in home.layout.devices if in_place(home, one, slots))
        bare = {"area", "floor"}.isdisjoint(slots)
        here = tuple(one for one in there if one.room == home.here) if bare and home.here else ()
        named = (*here, *(one for one in there if one not in here))
    elif "name" in slots:  # "kettle power" tells of the kettle
        first = tuple(f"{spoken(one.name)} " for one in named)
        named = (
            *named,
            *(one for one in home.layout.devices if first and spoken(one.name).startswith(first)),
        )
    return tuple(one for one in named if past.last(one.name, key) is not None)
