"""Everyday numbers (percent, degrees Celsius, kelvin) as a device counts them, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The device's number is `factor` times ours, plus `offset`; with `inverse`, that divided by ours.

    It is rounded to a multiple of `step`, upwards where `up`, and kept between `least` and `most`.
    """

    factor: float = 1.0
    offset: float = 0.0
    inverse: float | None = None
    step: float | None = None
    up: bool = False
    least: float = -math.inf
    most: float = math.inf

    def there(self, number: float) -> int | float:
        """Our number as the device counts; a whole one as an int."""
        found = self.inverse / number if self.inverse is not None else number * self.factor + self.offset
        if self.step:
            steps = found / self.step
            found = (math.ceil(steps - 1e-6) if self.up else math.floor(steps + 0.5)) * self.step
        found = round(min(self.most, max(self.least, found)), 4)
        return int(found) if float(found).is_integer() else found

    def back(self, number: float) -> float:
        """The device's number as we count."""
        if self.inverse is not None:
            return self.inverse / number
        return (number - self.offset) / self.factor


SAME = Scale()
CELSIUS = Scale(step=0.5)
"""Of thermostats, which take half degrees, where they do not say otherwise."""
MIRED = 1_000_000
"""Mired times kelvin."""


def percent(least: float, most: float) -> Scale:
    """For a device that counts in whole numbers from `least`, for 0 %, to `most`, for 100 %."""
    return Scale((most - least) / 100, least, step=1)


def speeds(least: float, most: float) -> Scale:
    """For a fan with whole speeds from `least` to `most`, of which none is off."""
    return Scale((most - least + 1) / 100, least - 1, step=1, up=True, least=least, most=most)


def celsius(step: float | None) -> Scale:
    """Of a device that counts in Celsius, in steps of half a degree or finer ones of its own."""
    return Scale(step=step) if step and step < 0.5 else CELSIUS


def fahrenheit(step: float | None = None) -> Scale:
    return Scale(1.8, 32.0, step=step or 0.1)


def mired(least: float, most: float) -> Scale:
    """From kelvin, within what the device can show."""
    return Scale(inverse=MIRED, step=1, least=least, most=most)
