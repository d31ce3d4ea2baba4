"""What takes back what a device was told: requests that lead to the state from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.relative import FLAGS
from device.events import Intent
from device.home.units import DEGREES, UNIT_SLOT
from device.skills.home.prices import SECURING

SETTERS: Mapping[Do, tuple[str, str, str]] = {
    Do.BRIGHTNESS: ("brightness", "HassLightSet", "brightness"),
    Do.POSITION: ("position", "HassSetPosition", "position"),
    Do.TEMPERATURE: ("target", "HassClimateSetTemperature", "temperature"),
    Do.SPEED: ("speed", "HassFanSetSpeed", "percentage"),
    Do.VOLUME: ("volume", "HassSetVolume", "volume_level"),
    Do.HUMIDITY: ("humidity_target", "HassHumidifierSetpoint", "humidity"),
    Do.NUMBER: ("number", "MynahSetNumber", "number"),
    Do.OPTION: ("option", "MynahSelectOption", "setting"),
}
"""Of actions: the key of the state that they change, and the intent and slot that set it."""

OPPOSITES: Mapping[Do, str] = {
    Do.ON: "HassTurnOff",
    Do.OFF: "HassTurnOn",
    Do.TOGGLE: "HassToggle",
    Do.PLAY: "HassMediaPause",
    Do.PAUSE: "HassMediaUnpause",
    Do.NEXT: "HassMediaPrevious",
    Do.PREVIOUS: "HassMediaNext",
    Do.MUTE: "HassMediaPlayerUnmute",
    Do.UNMUTE: "HassMediaPlayerMute",
    Do.START: "HassVacuumReturnToBase",
    Do.DOCK: "HassVacuumStart",
    **dict.fromkeys((Do.ARM_HOME, Do.ARM_AWAY, Do.ARM_NIGHT), "MynahDisarmAlarm"),
}
OPPOSITES_OF_KINDS: Mapping[tuple[str, Do], str | None] = {
    ("vacuum", Do.PAUSE): "HassVacuumStart",
    ("lawn_mower", Do.START): "HassLawnMowerDock",
    ("lawn_mower", Do.PAUSE): "HassLawnMowerStartMowing",
    ("lawn_mower", Do.DOCK): "HassLawnMowerStartMowing",
    ("button", Do.ON): None,
    ("scene", Do.ON): None,
}
RUNNING = ("switch", "water_heater", "climate", "valve")
"""Kinds of which one of several is not turned on again unless it is known that it was on."""
STEPS: Mapping[Do, tuple[str, str, float]] = {
    Do.LOUDER: ("HassSetVolumeRelative", "volume_step", -10),
    Do.QUIETER: ("HassSetVolumeRelative", "volume_step", 10),
}


def back(
    device: Device, actions: Sequence[Action], known: Mapping[str, Any], alone: bool = True
) -> list[Intent]:
    """Requests that undo `actions`, given the state `known` before them; nothing where there is no way back.

    `alone`: nothing else was told in the same request. A colour is never known, so that only whether a light
    was on comes back.
    """
    if known.get("on") is False and any(action.do is not Do.OFF for action in actions):
        return [_of(device, "HassTurnOff")]
    for action in actions:
        if action.do in SETTERS and (key := _key(device, action)) in known:
            _, intent, slot = SETTERS[action.do]
            before = known[key]
            unit = {UNIT_SLOT: "celsius"} if slot == DEGREES else {}
            value = before if isinstance(before, str) else round(before, 1)
            return [_of(device, intent, {slot: value, **unit})]
    return _opposite(device, actions, known, alone)


def _key(device: Device, action: Action) -> str:
    """The key of the state that `action` changes."""
    return device.key_of(action.value) if action.do is Do.OPTION else SETTERS[action.do][0]


def _opposite(
    device: Device, actions: Sequence[Action], known: Mapping[str, Any], alone: bool
) -> list[Intent]:
    if not actions:
        return []
    do = actions[0].do
    if do is Do.BRIGHTNESS_STEP:  # nobody knew from where
        return [_of(device, "HassLightSet", {"brightness_step": -round(actions[0].number)})]
    if do in STEPS:
        intent, slot, by = STEPS[do]
        return [_of(device, intent, {slot: by})]
    if do is Do.OFF and known.get("on") and "brightness" in known and "brightness" in device.can:
        return [_of(device, "HassLightSet", {"brightness": round(known["brightness"])})]
    if device.kind in ("cover", "valve") and do in (Do.ON, Do.OFF) and "position" in known:
        return [_of(device, "HassSetPosition", {"position": round(known["position"])})]
    already = known.get(FLAGS.get(device.kind, "on"))
    if already is not None and already == (do is Do.ON) and do in (Do.ON, Do.OFF):
        return []
    if already is None and _is_guess(device, do, alone):
        return []
    opposite = OPPOSITES_OF_KINDS.get((device.kind, do), OPPOSITES.get(do))
    return [_of(device, opposite)] if opposite else []


def _is_guess(device: Device, do: Do, alone: bool) -> bool:
    """Whether nobody can know that it was otherwise: what may have been locked before is not opened, and what
    may have been off is not turned on with others."""
    secured = device.guarded and do in SECURING.get(device.kind, ())
    return secured or (not alone and do is Do.OFF and device.kind in RUNNING)


def _of(device: Device, intent: str, slots: Mapping[str, Any] | None = None) -> Intent:
    return Intent(intent, {"name": device.name, **(slots or {})}, 1.0)
