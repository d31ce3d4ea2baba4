"""Actions that depend on how a device is now: what they lead to."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.understanding.numbers import spoken

FLAGS = {
    **dict.fromkeys(("light", "switch", "fan", "media_player", "climate"), "on"),
    **dict.fromkeys(("siren", "humidifier", "water_heater"), "on"),
    **dict.fromkeys(("cover", "valve"), "open"),
    "lock": "locked",
}
"""The key of the state that is true once a device was told `Do.ON`."""


class Missing(enum.Enum):
    """Why an action leads to nothing."""

    STATE = "nobody knows whether the device is on"
    BRIGHTNESS = "nobody knows how bright it is"
    LEVEL = "nobody knows how it is set"
    LIGHT = "it is off"
    SETPOINT = "it heats to one temperature and cools to another, and does not say which it does"
    RANGE = "it cannot be set so high or so low"
    OPTION = "it is not among its options"


@dataclass(frozen=True, slots=True)
class Step:
    """What a relative action changes: the action that sets it, the key of the state, and its bounds."""

    sets: Do
    key: str
    least: float
    most: float
    missing: Missing = Missing.LEVEL


STEPS: Mapping[Do, Step] = {
    Do.BRIGHTNESS_STEP: Step(Do.BRIGHTNESS, "brightness", 1, 100, Missing.BRIGHTNESS),
    Do.POSITION_STEP: Step(Do.POSITION, "position", 0, 100),
    Do.SPEED_STEP: Step(Do.SPEED, "speed", 1, 100),
    Do.TEMPERATURE_STEP: Step(Do.TEMPERATURE, "target", 5, 35),
    Do.HUMIDITY_STEP: Step(Do.HUMIDITY, "humidity_target", 0, 100),
    Do.NUMBER_STEP: Step(Do.NUMBER, "number", -math.inf, math.inf),
}
"""Volume is apart: most players have messages of their own for louder and quieter."""


def toggled(device: Device, known: Mapping[str, Any]) -> Action | Missing:
    """`Do.TOGGLE`, for a device that has no message for it; one that is never on is told it all the same."""
    flag = FLAGS.get(device.kind)
    if flag is None:
        return Action(Do.TOGGLE)
    return Action(Do.OFF if known[flag] else Do.ON) if flag in known else Missing.STATE


LEVELS: Mapping[str, Do] = {
    **dict.fromkeys(("climate", "water_heater"), Do.TEMPERATURE),
    "humidifier": Do.HUMIDITY,
    "number": Do.NUMBER,
}
"""What is set on the kinds that have a level in no percent."""
TENTH = 0.1
"""Of a range: how far "up" is where nothing says by how much."""
LIMITED = (Do.TEMPERATURE, Do.HUMIDITY, Do.NUMBER)
"""What a device's `limits` are of."""


HEATING = ("climate", "water_heater")
USUAL_LIMITS = {"climate": (5.0, 35.0), "water_heater": (20.0, 90.0), "humidifier": (0.0, 100.0)}
"""Degrees Celsius, or percent, between which things are set that do not say their own."""
NEAR = 0.05
"""By how much a number may be beyond its limit: those of Fahrenheit are not round in Celsius."""


def target_key(device: Device) -> str:
    """The key of the state that tells to which temperature it is set."""
    return str(device.native.get("target", "target"))


def limits(device: Device) -> tuple[float, float] | None:
    """The least and the most that it can be set to, where there are such."""
    return device.limits or USUAL_LIMITS.get(device.kind)


def possible(device: Device, action: Action) -> Action | Missing:
    """`action`, unless the device cannot be set to its value. Nothing is bent into the range."""
    if action.do in LIMITED and (ends := limits(device)) is not None:
        least, most = ends
        return action if least - NEAR <= action.number <= most + NEAR else Missing.RANGE
    if action.do is Do.OPTION and device.options:
        return _chosen(device, spoken(str(action.value)))
    return action


def _chosen(device: Device, said: str) -> Action | Missing:
    """To set the one of the device's options that is spoken so."""
    found = (Action(Do.OPTION, option) for option in device.options if spoken(option) == said)
    return next(found, Missing.OPTION)


def speeds_among(options: Sequence[str]) -> tuple[str, ...]:
    """The options of a fan that are speeds, the slowest first."""
    numbers = sorted((option for option in options if option.isdigit() and int(option) > 0), key=int)
    named = {option.lower(): option for option in options}
    return tuple(numbers) or tuple(named[word] for word in ("low", "medium", "high") if word in named)


def speed_as_option(device: Device, action: Action) -> Action:
    """A speed of what has no speeds but options: the one that is as far up; unchanged where none is one."""
    speeds = speeds_among(device.options)
    if "speed" in device.can or not speeds:
        return action
    if action.number <= 0:
        return Action(Do.OFF)
    return Action(Do.OPTION, speeds[min(len(speeds), math.ceil(action.number / 100 * len(speeds))) - 1])


def leveled(device: Device, action: Action) -> Action:
    """`Do.LEVEL` as the value that it is of the device; unchanged where it has no such range."""
    ends = limits(device)
    if device.kind not in LEVELS or ends is None:
        return action
    least, most = ends
    return Action(LEVELS[device.kind], round(least + (most - least) * action.number / 100, 2))


def stepped(device: Device, action: Action, known: Mapping[str, Any]) -> Action | Missing:
    """What a relative action in STEPS leads to. A lamp never goes quite dark, and what is off stays off."""
    step = STEPS[action.do]
    if step.sets is Do.BRIGHTNESS and known.get("on") is False:
        return Missing.LIGHT
    key = target_key(device) if step.sets is Do.TEMPERATURE else step.key
    if key not in known:
        return step.missing
    least, most = step.least, step.most
    if step.sets in LIMITED and (ends := limits(device)) is not None:
        least, most = ends
    by = action.value
    if isinstance(by, str) or by is None:  # "up", "down"
        ends = limits(device)
        if ends is None:
            return Missing.LEVEL
        by = (ends[1] - ends[0]) * (TENTH if by == "up" else -TENTH)
    return Action(step.sets, min(most, max(least, known[key] + by)))
