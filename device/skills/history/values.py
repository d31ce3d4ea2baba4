"""Answers about what was measured: "what was the temperature at six", "how cold did it get last night"."""

from __future__ import annotations

from device.appliances.devices import Device
from device.events import Outcome
from device.home.units import degrees
from device.memory.journal.entries import Changed
from device.skills.history import meant
from device.skills.history.asked import Asked
from device.skills.history.periods import Period
from device.speaking.wording import number

UNITS = {"humidity": "percent", "battery": "percent", "power": "watts", "illuminance": "lux",
         "co2": "parts per million"}  # fmt: skip
"""Of what is measured, by its key in the state of a device."""
CALLED = {"illuminance": "light", "co2": "carbon dioxide"}


def value(asked: Asked) -> Outcome:
    key = str(asked.slots["measure"])
    devices = meant.measuring(asked.home, asked.past, asked.slots, key)
    if not devices:
        return asked.unknown()
    period = asked.period_or("today")
    if period.is_moment:
        return _at(asked, devices, key, period)
    found = [(device, *_extremes(asked, device, key, period)) for device in devices]
    known = [(device, low, high) for device, low, high in found if low is not None and high is not None]
    if not known:
        return asked.say(
            "not_measured", called=_called(key), where=_where(asked, devices[0]), when=period.called
        )
    device, low, high = known[0]
    values = {"called": _called(key), "where": _where(asked, device), "when": period.called}
    if extreme := asked.slots.get("extreme"):
        one = low if extreme == "lowest" else high
        return asked.say(
            "extreme",
            device,
            **values,
            extreme=extreme,
            value=_told(asked, key, one),
            at=asked.moment(one.at),
        )
    if low.value == high.value:
        return asked.say("measured", device, **values, value=_told(asked, key, low))
    return asked.say("between", device, **values, low=_bare(asked, key, low), high=_told(asked, key, high))


def _at(asked: Asked, devices: tuple[Device, ...], key: str, period: Period) -> Outcome:
    at = period.until.timestamp()
    found = ((device, asked.past.last(device.name, key, at)) for device in devices)
    device, change = next(((d, c) for d, c in found if c is not None), (devices[0], None))
    values = {"called": _called(key), "where": _where(asked, device), "when": period.called}
    if change is None:
        return asked.say("not_measured", device, **values)
    return asked.say("measured", device, **values, value=_told(asked, key, change))


def _extremes(
    asked: Asked, device: Device, key: str, period: Period
) -> tuple[Changed | None, Changed | None]:
    """The lowest and the highest value; the one that it began with counts."""
    since, until = period.since.timestamp(), period.until.timestamp()
    values = list(asked.past.changes(device.name, key, since, until))
    if (before := asked.past.last(device.name, key, since)) is not None:
        values.insert(0, before)
    numbers = [one for one in values if isinstance(one.value, float)]
    if not numbers:
        return None, None
    return min(numbers, key=_value), max(numbers, key=_value)


def _value(change: Changed) -> float:
    return float(change.value)


def _told(asked: Asked, key: str, change: Changed) -> str:
    if key == "temperature":
        return degrees(_value(change), asked.home.layout.units)
    return f"{number(_value(change))} {UNITS[key]}"


def _bare(asked: Asked, key: str, change: Changed) -> str:
    return _told(asked, key, change).partition(" ")[0]


def _called(key: str) -> str:
    return CALLED.get(key, key)


def _where(asked: Asked, device: Device) -> str:
    if "name" in asked.slots:
        return f"of {device.called}"
    return f"in the {device.room}" if device.room else f"of {device.called}"
