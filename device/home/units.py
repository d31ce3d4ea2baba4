"""Degrees as the people of a home count them. Inside, all are degrees Celsius."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.settings import UNITS
from device.speaking.wording import number

METRIC, IMPERIAL = UNITS
UNIT_SLOT = "temperature_unit"
"""The slot in which a sentence says "fahrenheit" or "celsius"."""
DEGREES, STEP = "temperature", "temperature_step"
"""Slots that hold degrees, and a difference of degrees."""


def in_celsius(slots: Mapping[str, Any], units: str) -> Mapping[str, Any]:
    """`slots` with degrees Celsius instead of those that the sentence names, or that people here mean."""
    unit = slots.get(UNIT_SLOT, "fahrenheit" if units == IMPERIAL else "celsius")
    if unit != "fahrenheit":
        return slots
    changed = dict(slots)
    for slot, zero in ((DEGREES, 32.0), (STEP, 0.0)):
        if isinstance(value := slots.get(slot), int | float):
            changed[slot] = (value - zero) / 1.8
    return changed


def degrees(celsius: float, units: str) -> str:
    """ "70 degrees", whole in Fahrenheit."""
    return f"{bare(celsius, units)} degrees"


def bare(celsius: float, units: str) -> str:
    """As `degrees`, without the word."""
    return number(round(celsius * 1.8 + 32) if units == IMPERIAL else celsius)
