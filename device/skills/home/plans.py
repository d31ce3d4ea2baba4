"""What the intents that tell devices something ask of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX

Plan = Callable[[Mapping[str, Any]], tuple[Sequence[Action], str | None]]
"""Slots → actions, and the domain that is meant where the sentence names none."""


def _value(slot: str, do: Do) -> Callable[[Mapping[str, Any]], Sequence[Action]]:
    def action(slots: Mapping[str, Any]) -> Sequence[Action]:
        value = slots.get(slot)
        return (Action(do, value),) if isinstance(value, int | float) else ()

    return action


def _any_of(*choices: Callable[[Mapping[str, Any]], Sequence[Action]]) -> Callable[..., Sequence[Action]]:
    return lambda slots: tuple(action for choice in choices for action in choice(slots))


def _color(slots: Mapping[str, Any]) -> Sequence[Action]:
    return (Action(Do.COLOR, slots["color"]),) if slots.get("color") in HEX else ()


def _volume_step(slots: Mapping[str, Any]) -> Sequence[Action]:
    directions = {"up": Do.LOUDER, "down": Do.QUIETER}
    if direction := directions.get(slots.get("volume_step", "")):
        return (Action(direction),)
    return _value("volume_step", Do.VOLUME_STEP)(slots)


def _option(slots: Mapping[str, Any]) -> Sequence[Action]:
    return (Action(Do.OPTION, str(slots["setting"])),) if "setting" in slots else ()


ARM = {"home": Do.ARM_HOME, "away": Do.ARM_AWAY, "night": Do.ARM_NIGHT}


def _arm(slots: Mapping[str, Any]) -> Sequence[Action]:
    mode = slots.get("mode", "away")
    return (Action(ARM[mode]),) if mode in ARM else ()


def _plan(domain: str | None, actions: Callable[[Mapping[str, Any]], Sequence[Action]]) -> Plan:
    return lambda slots: (actions(slots), domain)


def _just(domain: str | None, do: Do) -> Plan:
    return lambda slots: ((Action(do),), domain)


_LIGHT = _any_of(
    _value("brightness", Do.BRIGHTNESS),
    _color,
    _value("brightness_step", Do.BRIGHTNESS_STEP),
    _value("temperature", Do.COLOR_TEMPERATURE),
)
_LEVEL = _value("level", Do.LEVEL)
_CLIMATE = _any_of(
    _value("temperature", Do.TEMPERATURE), _value("temperature_step", Do.TEMPERATURE_STEP), _LEVEL
)
_HUMIDITY = _any_of(_value("humidity", Do.HUMIDITY), _value("humidity_step", Do.HUMIDITY_STEP), _LEVEL)
_POSITION = _any_of(_value("position", Do.POSITION), _value("position_step", Do.POSITION_STEP))
_SPEED = _any_of(_value("percentage", Do.SPEED), _value("percentage_step", Do.SPEED_STEP))


def _number_step(slots: Mapping[str, Any]) -> Sequence[Action]:
    by = slots.get("number_step")
    return () if by is None else (Action(Do.NUMBER_STEP, by),)


_NUMBER = _any_of(_value("number", Do.NUMBER), _number_step, _LEVEL)

PLANS: Mapping[str, Plan] = {
    "HassTurnOn": _just(None, Do.ON),
    "HassTurnOff": _just(None, Do.OFF),
    "HassToggle": _just(None, Do.TOGGLE),
    "HassOpenCover": _just("cover", Do.ON),
    "HassCloseCover": _just("cover", Do.OFF),
    "HassStopMoving": _just("cover", Do.STOP),
    "HassLightSet": _plan("light", _LIGHT),
    "HassSetPosition": _plan("cover", _POSITION),
    "HassClimateSetTemperature": _plan("climate", _CLIMATE),
    "HassFanSetSpeed": _plan("fan", _SPEED),
    "HassSetVolume": _plan("media_player", _value("volume_level", Do.VOLUME)),
    "HassSetVolumeRelative": _plan("media_player", _volume_step),
    "HassMediaPause": _just("media_player", Do.PAUSE),
    "HassMediaUnpause": _just("media_player", Do.PLAY),
    "HassMediaNext": _just("media_player", Do.NEXT),
    "HassMediaPrevious": _just("media_player", Do.PREVIOUS),
    "HassMediaPlayerMute": _just("media_player", Do.MUTE),
    "HassMediaPlayerUnmute": _just("media_player", Do.UNMUTE),
    "HassVacuumStart": _just("vacuum", Do.START),
    "HassVacuumReturnToBase": _just("vacuum", Do.DOCK),
    "HassLawnMowerStartMowing": _just("lawn_mower", Do.START),
    "HassLawnMowerDock": _just("lawn_mower", Do.DOCK),
    "MynahPause": _just(None, Do.PAUSE),
    "HassHumidifierSetpoint": _plan("humidifier", _HUMIDITY),
    "MynahArmAlarm": _plan("alarm_panel", _arm),
    "MynahDisarmAlarm": _just("alarm_panel", Do.DISARM),
    "MynahSetNumber": _plan("number", _NUMBER),
    "MynahLevel": _plan(None, lambda slots: ()),  # of what has no such level
    "MynahSelectOption": _plan("select", _option),
}
"""By the names of intents."""

VALUES = {
    "HassLightSet": "brightness",
    "HassSetPosition": "position",
    "HassClimateSetTemperature": "temperature",
    "HassFanSetSpeed": "percentage",
    "HassSetVolume": "volume_level",
    "HassHumidifierSetpoint": "humidity",
    "MynahSetNumber": "number",
}
"""The slot of an intent that a bare number stands for."""

STEPS = {
    "HassLightSet": ("brightness_step", 10),
    "HassSetPosition": ("position_step", 10),
    "HassClimateSetTemperature": ("temperature_step", 1),
    "HassFanSetSpeed": ("percentage_step", 10),
    "HassSetVolumeRelative": ("volume_step", 10),
    "HassHumidifierSetpoint": ("humidity_step", 5),
}
"""The slot of an intent that changes a value by some of its unit, and by how much "a bit" is."""
