"""What takes back what a device was told: requests that lead to the state from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.events import Intent

SETTERS: Mapping[Do, tuple[str, str, str]] = {
    Do.BRIGHTNESS: ("brightness", "HassLightSet", "brightness"),
    Do.POSITION: ("position", "HassSetPosition", "position"),
    Do.TEMPERATURE: ("target", "HassClimateSetTemperature", "temperature"),
    Do.SPEED: ("speed", "HassFanSetSpeed", "percentage"),
    Do.VOLUME: ("volume", "HassSetVolume", "volume_level"),
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
}
STEPS: Mapping[Do, tuple[str, str, float]] = {
    Do.LOUDER: ("HassSetVolumeRelative", "volume_step", -10),
    Do.QUIETER: ("HassSetVolumeRelative", "volume_step", 10),
}


def back(device: Device, actions: Sequence[Action], known: Mapping[str, Any]) -> list[Intent]:
    """Requests that undo `actions`, given the state `known` before them; nothing where there is no way back.

    A colour is never known, so that only whether a light was on comes back.
    """
    if known.get("on") is False and any(action.do is not Do.OFF for action in actions):
        return [_of(device, "HassTurnOff")]
    for action in actions:
        if action.do in SETTERS and (setter := SETTERS[action.do])[0] in known:
            key, intent, slot = setter
            return [_of(device, intent, {slot: round(known[key])})]
    return _opposite(device, actions, known)


def _opposite(device: Device, actions: Sequence[Action], known: Mapping[str, Any]) -> list[Intent]:
    if not actions:
        return []
    do = actions[0].do
    if do in STEPS:
        intent, slot, by = STEPS[do]
        return [_of(device, intent, {slot: by})]
    if do is Do.OFF and known.get("on") and "brightness" in known and "brightness" in device.can:
        return [_of(device, "HassLightSet", {"brightness": round(known["brightness"])})]
    if device.kind == "cover" and do in (Do.ON, Do.OFF) and "position" in known:
        return [_of(device, "HassSetPosition", {"position": round(known["position"])})]
    already = known.get("on" if device.kind != "lock" else "locked")
    if already is not None and already == (do is Do.ON) and do in (Do.ON, Do.OFF):
        return []
    return [_of(device, OPPOSITES[do])] if do in OPPOSITES else []


def _of(device: Device, intent: str, slots: Mapping[str, Any] | None = None) -> Intent:
    return Intent(intent, {"name": device.name, **(slots or {})}, 1.0)
