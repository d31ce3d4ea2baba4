"""Actions that depend on how a device is now: what they lead to."""

from __future__ import annotations

import enum
from collections.abc import Mapping
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
    LIGHT = "it is off"


def toggled(device: Device, known: Mapping[str, Any]) -> Action | Missing:
    """`Do.TOGGLE`, for a device that has no message for it; one that is never on is told it all the same."""
    flag = FLAGS.get(device.kind)
    if flag is None:
        return Action(Do.TOGGLE)
    return Action(Do.OFF if known[flag] else Do.ON) if flag in known else Missing.STATE


def stepped(step: Action, known: Mapping[str, Any]) -> Action | Missing:
    """`Do.BRIGHTNESS_STEP`: never quite dark, and what is off stays off."""
    if known.get("on") is False:
        return Missing.LIGHT
    if "brightness" not in known:
        return Missing.BRIGHTNESS
    return Action(Do.BRIGHTNESS, min(100, max(1, known["brightness"] + step.number)))
