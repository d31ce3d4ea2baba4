"""Short English sentences for what was done."""

from __future__ import annotations

from collections.abc import Sequence

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.relative import HEATING, Missing, limits
from device.home.units import METRIC, bare, degrees
from device.speaking.wording import are, listed, number

PLURALS = {
    "light": "lights", "switch": "switches", "fan": "fans", "climate": "heating", "lock": "locks",
    "media_player": "players", "vacuum": "vacuums", "cover": "covers", "sensor": "sensors",
    "binary_sensor": "sensors", "valve": "valves", "lawn_mower": "lawn mowers", "humidifier": "humidifiers",
    "water_heater": "water heaters", "siren": "sirens", "alarm_panel": "alarm systems", "scene": "scenes",
    "button": "buttons", "number": "settings", "select": "settings",
}  # fmt: skip


def plural(domain: str, device_class: str | None = None) -> str:
    if device_class:
        return f"{device_class} doors" if device_class == "garage" else f"{device_class}s"
    return PLURALS[domain]


def done(actions: Sequence[Action], devices: Sequence[Device], target: str, units: str = METRIC) -> str:
    """What was done to `target`, "the kitchen lamp" or "all the lights"; in the `units` of the home."""
    step = next((action for action in actions if action.do is Do.BRIGHTNESS_STEP), None)
    if step is not None:
        return f"Made {target} {'brighter' if step.number > 0 else 'darker'}"
    verb = next((action for action in actions if action.do is not Do.ON), actions[0])
    do = verb.do
    if do in RELATIVE:
        upward = verb.value == "up" or (isinstance(verb.value, int | float) and verb.value > 0)
        return RELATIVE[do][0 if upward else 1].format(target)
    kinds = {device.kind for device in devices}
    kind = kinds.pop() if len(kinds) == 1 else "switch"
    settings = [setting for action in actions if (setting := _setting(action, units))]
    if settings:
        return f"Set {target} to {listed(settings)}"
    return _DONE.get((kind, do), _VERBS[do]).format(target)


def lacking(devices: Sequence[Device], reason: Missing | None, units: str = METRIC) -> tuple[str, ...]:
    """Why `devices` were not told anything; without a reason, they are not there. Nothing for no devices."""
    if not devices:
        return ()
    called = [device.called for device in devices]
    names, be = listed(called), are(called)
    match reason:
        case None:
            return (f"{names} {be} not reachable",)
        case Missing.LIGHT:
            return (f"{names} {be} off",)
        case Missing.BRIGHTNESS:
            return (f"I do not know how bright {names} {be}",)
        case Missing.LEVEL:
            return (f"I do not know how {names} {be} set",)
        case Missing.STATE:
            return (f"I do not know the state of {names} yet",)
        case Missing.SETPOINT:
            return tuple(_two_setpoints(device) for device in devices)
        case Missing.RANGE:
            return tuple(_range(device, units) for device in devices)
        case Missing.OPTION:
            return tuple(_options(device) for device in devices)


def _two_setpoints(device: Device) -> str:
    return (
        f"{device.called} has one temperature for heating and one for cooling: set it to heat or cool first"
    )


def unable(device: Device, actions: Sequence[Action]) -> tuple[str, ...]:
    """Why a device cannot be told `actions`, where it announced a reason."""
    reasons = (device.cannot[action.do] for action in actions if action.do in device.cannot)
    return tuple(f"{device.called} {reason}" for reason in dict.fromkeys(reasons))


def _range(device: Device, units: str) -> str:
    least, most = limits(device) or (0, 0)
    if device.kind in HEATING:
        return f"{device.called} can only be set from {bare(least, units)} to {degrees(most, units)}"
    unit = " percent" if device.kind == "humidifier" else ""
    return f"{device.called} can only be set from {number(least)} to {number(most)}{unit}"


def _options(device: Device) -> str:
    return f"{device.called} can only be set to {listed(device.options, 'or')}"


def _setting(action: Action, units: str) -> str | None:
    match action.do:
        case Do.COLOR | Do.OPTION:
            return str(action.value)
        case Do.NUMBER:
            return number(action.number)
        case Do.BRIGHTNESS | Do.POSITION | Do.SPEED | Do.VOLUME | Do.HUMIDITY:
            return f"{number(action.number)} percent"
        case Do.TEMPERATURE:
            return degrees(round(action.number * 2) / 2 if units == METRIC else action.number, units)
        case Do.COLOR_TEMPERATURE:
            return f"{number(action.number)} kelvin"
    return None


RELATIVE = {
    **dict.fromkeys(
        (Do.VOLUME_STEP, Do.SPEED_STEP, Do.TEMPERATURE_STEP, Do.HUMIDITY_STEP, Do.NUMBER_STEP),
        ("Turned up {}", "Turned down {}"),
    ),
    Do.POSITION_STEP: ("Opened {} further", "Closed {} further"),
}
"""What is said of steps up and down, where they lead to different values."""

_DONE = {
    ("cover", Do.ON): "Opened {}",
    ("cover", Do.OFF): "Closed {}",
    ("lock", Do.ON): "Locked {}",
    ("lock", Do.OFF): "Unlocked {}",
    ("valve", Do.ON): "Opened {}",
    ("valve", Do.OFF): "Closed {}",
    ("button", Do.ON): "Pressed {}",
    ("scene", Do.ON): "Activated {}",
}

_VERBS = {
    Do.ON: "Turned on {}",
    Do.OFF: "Turned off {}",
    Do.TOGGLE: "Switched {}",
    Do.STOP: "Stopped {}",
    Do.PLAY: "Playing {}",
    Do.PAUSE: "Paused {}",
    Do.NEXT: "Skipped to the next on {}",
    Do.PREVIOUS: "Went back to the previous on {}",
    Do.MUTE: "Muted {}",
    Do.UNMUTE: "Unmuted {}",
    Do.LEVEL: "Set {}",
    Do.LOUDER: "Turned up {}",
    Do.QUIETER: "Turned down {}",
    Do.START: "Started {}",
    Do.DOCK: "Sent {} back to its base",
    Do.ARM_HOME: "Armed {} for home",
    Do.ARM_AWAY: "Armed {} for away",
    Do.ARM_NIGHT: "Armed {} for the night",
    Do.DISARM: "Disarmed {}",
}
