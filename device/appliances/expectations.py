"""What an appliance reports once it has done what it was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.generic import readings
from device.appliances.relative import target_key
from device.events import Expectation

SWITCHED = ("light", "switch", "fan", "media_player", "siren", "humidifier")
"""Kinds that tell whether they are on, at once. A vacuum is under way for a while."""
MOVED = ("cover", "valve")
VALUES = {
    Do.BRIGHTNESS: "brightness",
    Do.VOLUME: "volume",
    Do.HUMIDITY: "humidity_target",
    Do.NUMBER: "number",
}
ARMED = {Do.ARM_HOME: True, Do.ARM_AWAY: True, Do.ARM_NIGHT: True, Do.DISARM: False}
COLORS = (Do.COLOR, Do.COLOR_TEMPERATURE)
"""Of these no more is known than that the light is on."""
NEAR = dict.fromkeys(("target", "target_low", "target_high"), 0.3)
"""How far a number may be from what was asked: appliances count in steps of their own, of percent mostly."""
PERCENT_NEAR = 2.0


def expectation(device: Device, actions: Iterable[Action], known: Mapping[str, Any]) -> Expectation | None:
    """Of the last of `actions` that tells something. `known`: the device's state before.

    None where nothing will be said: who describes its own topics mostly speaks only of changes.
    """
    key, value = None, None
    for action in actions:
        if key is None or action.do not in COLORS:
            key, value = _reported(device, action, known) or (key, value)
    before = known.get("position") if key == "position" else None
    found = Expectation(device.name, device.called, key, value, before)
    if device.protocol != "mqtt":
        return found
    if key is not None and key not in {reading.key for reading in readings(device)}:
        return replace(found, key=None, value=None, before=None)
    return None if key is not None and met(found, known) else found


def _reported(device: Device, action: Action, known: Mapping[str, Any]) -> tuple[str, Any] | None:
    match device.kind, action.do:
        case "lock", Do.ON | Do.OFF:
            return "locked", action.do is Do.ON
        case kind, Do.ON | Do.OFF if kind in SWITCHED:
            return "on", action.do is Do.ON
        case kind, Do.TOGGLE if kind in SWITCHED and "on" in known:
            return "on", not known["on"]
        case kind, Do.ON | Do.OFF if kind in MOVED and "position" in known:
            return "position", 100 if action.do is Do.ON else 0
        case kind, Do.ON | Do.OFF if kind in MOVED and "open" in known:
            return "open", action.do is Do.ON
        case kind, Do.POSITION if kind in MOVED and "position" in known:
            return "position", action.number
        case "light", do if do in COLORS and device.protocol != "mqtt":
            return "on", True
        case _, Do.BRIGHTNESS if action.number <= 0:
            return "on", False
        case "alarm_panel", do if do in ARMED and "armed" in known:
            return "armed", ARMED[do]
        case _, Do.OPTION:
            return device.key_of(action.value), action.value
        case _, Do.TEMPERATURE:
            return target_key(device), action.value
        case _, do if do in VALUES:
            return VALUES[do], action.value
    return None


def met(expectation: Expectation, known: Mapping[str, Any]) -> bool:
    """Whether the state `known` of a device that reported is what was expected."""
    if expectation.key is None:
        return True
    found = known.get(expectation.key)
    if isinstance(expectation.value, bool | str) or found is None:
        return found == expectation.value
    near = NEAR.get(expectation.key, PERCENT_NEAR)
    off = abs(float(found) - float(expectation.value))
    if expectation.before is not None:  # a cover: it has to get there yet
        aim = known.get("aim", found)
        if abs(float(aim) - float(expectation.value)) <= near:
            return True
        return off < abs(expectation.before - float(expectation.value))
    return off <= near
