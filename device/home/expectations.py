"""What an appliance reports once it has done what it was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from device.events import Expectation
from device.home import replies
from device.home.actions import Action, Do
from device.home.devices import Device
from device.mqtt.generic import readings

SWITCHED = ("light", "switch", "fan", "media_player")
"""Kinds that tell whether they are on, at once. A cover or a vacuum is under way for a while."""
NUMBERS = {Do.BRIGHTNESS: "brightness", Do.VOLUME: "volume"}
NEAR = 2.0
"""How far a number may be from what was asked: appliances count in steps of their own."""


def expectation(device: Device, actions: Iterable[Action], known: Mapping[str, Any]) -> Expectation | None:
    """Of the last of `actions` that tells something. `known`: the device's state before.

    None where nothing will be said: who describes its own topics mostly speaks only of changes.
    """
    key, value = None, None
    for action in actions:
        key, value = _reported(device, action, known) or (key, value)
    found = Expectation(device.name, replies.the(device), key, value)
    if device.protocol != "mqtt":
        return found
    if key is not None and key not in {reading.key for reading in readings(device)}:
        return replace(found, key=None, value=None)
    return None if key is not None and met(found, known) else found


def _reported(device: Device, action: Action, known: Mapping[str, Any]) -> tuple[str, Any] | None:
    match device.kind, action.do:
        case "lock", Do.ON | Do.OFF:
            return "locked", action.do is Do.ON
        case kind, Do.ON | Do.OFF if kind in SWITCHED:
            return "on", action.do is Do.ON
        case kind, Do.TOGGLE if kind in SWITCHED and "on" in known:
            return "on", not known["on"]
        case _, Do.BRIGHTNESS if action.number <= 0:
            return "on", False
        case _, Do.TEMPERATURE:
            number, native = action.number, device.native
            return "target", min(max(number, native.get("coolest", number)), native.get("hottest", number))
        case _, do if do in NUMBERS:
            return NUMBERS[do], action.number
    return None


def met(expectation: Expectation, known: Mapping[str, Any]) -> bool:
    """Whether the state `known` of a device that reported is what was expected."""
    if expectation.key is None:
        return True
    found = known.get(expectation.key)
    if isinstance(expectation.value, bool) or found is None:
        return found == expectation.value
    return abs(float(found) - float(expectation.value)) <= NEAR
