"""Actions that depend on how a device is now: what they lead to."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device

FLAGS = {
    **dict.fromkeys(("light", "switch", "fan", "media_player", "climate"), "on"),
    "cover": "open",
    "lock": "locked",
}
"""The key of the state that is true once a device was told `Do.ON`."""


class Missing(enum.Enum):
    """Why an action leads to nothing."""

    STATE = "nobody knows whether the device is on"
    BRIGHTNESS = "nobody knows how bright it is"
    LEVEL = "nobody knows how it is set"
    LIGHT = "it is off"


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
}
"""Volume is apart: most players have messages of their own for louder and quieter."""


def toggled(device: Device, known: Mapping[str, Any]) -> Action | Missing:
    """`Do.TOGGLE`, for a device that has no message for it; one that is never on is told it all the same."""
    flag = FLAGS.get(device.kind)
    if flag is None:
        return Action(Do.TOGGLE)
    return Action(Do.OFF if known[flag] else Do.ON) if flag in known else Missing.STATE


def stepped(action: Action, known: Mapping[str, Any]) -> Action | Missing:
    """What a relative action in STEPS leads to. A lamp never goes quite dark, and what is off stays off."""
    step = STEPS[action.do]
    if step.sets is Do.BRIGHTNESS and known.get("on") is False:
        return Missing.LIGHT
    if step.key not in known:
        return step.missing
    return Action(step.sets, min(step.most, max(step.least, known[step.key] + action.number)))
