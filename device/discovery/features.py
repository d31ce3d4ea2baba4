"""The features that a Zigbee2MQTT device exposes → what it can do, and its own names and ranges for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.appliances.relative import speeds_among
from device.appliances.scale import SAME, Scale, fahrenheit
from device.understanding.numbers import spoken

BESIDES = ("preset", "fan_mode", "swing_mode")
"""Features of a thermostat that are chosen among words; the names are keys of the state as well."""
ON_OFF = ("on", "off")
Feature = Mapping[str, Any]
SETPOINTS = ("occupied_heating_setpoint", "current_heating_setpoint", "occupied_cooling_setpoint")
"""Of a thermostat that has several, the first is set."""


@dataclass(slots=True)
class Found:
    """What `device.appliances.zigbee2mqtt` needs to know. `native`: see there."""

    can: frozenset[str] = frozenset()
    native: dict[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    told_as: dict[str, str] = field(default_factory=dict)
    limits: tuple[float, float] | None = None


def described(kind: str, features: Mapping[str, Feature]) -> Found:
    found = Found()
    state = features.get("state", {})
    for ours, theirs in (("state", "property"), ("on", "value_on"), ("off", "value_off")):
        value = state.get(theirs)
        if isinstance(value, str | bool | int):
            found.native[ours] = value
    match kind:
        case "light":
            _light(found, features)
        case "cover":
            if "state" in features:
                found.native["states"] = values_of(state)
            _ranged(found, "position", features.get("position"), "position")
        case "fan":
            _fan(found, features)
        case "climate":
            _climate(found, features)
    return found


def _light(found: Found, features: Mapping[str, Feature]) -> None:
    _ranged(found, "brightness", features.get("brightness"), "brightness", "brightest")
    _ranged(found, "color_temperature", features.get("color_temp"), "color_temp", "warmest", "coldest")
    _ranged(found, "color", features.get("color_xy") or features.get("color_hs"), "color")


def _fan(found: Found, features: Mapping[str, Feature]) -> None:
    mode, speed = features.get("mode") or features.get("fan_mode"), features.get("speed")
    if "state" in features:
        found.native["switched"] = True
    if speed is not None:
        _ranged(found, "speed", speed, "speed", "fastest", "slowest")
    if mode is not None:
        _ranged(found, "", mode, "fan_mode")
        found.options = found.native["modes"] = values_of(mode)
        found.can |= {"option"} if found.options else frozenset()
        found.native["speeds"] = speeds = speeds_among(found.options)
        found.can |= {"speed"} if speeds else frozenset()


def _climate(found: Found, features: Mapping[str, Feature]) -> None:
    setpoint = next((features[name] for name in SETPOINTS if name in features), None)
    if setpoint is not None:
        _ranged(found, "temperature", setpoint, "setpoint")
        if "F" in str(setpoint.get("unit")):
            found.native["fahrenheit"] = True
        if _is_number(step := setpoint.get("value_step")):
            found.native["degree_step"] = step
        scale = fahrenheit() if found.native.get("fahrenheit") else SAME
        found.limits = _limits(setpoint, scale)
        cooling = features.get("occupied_cooling_setpoint")
        if cooling is not None and cooling is not setpoint:
            _ranged(found, "", cooling, "cooling")
            if (ends := _limits(cooling, scale)) is not None:
                found.native["cooling_limits"] = ends
    if "state" in features:
        found.native["switched"] = True
    if (mode := features.get("system_mode")) is not None:
        _ranged(found, "", mode, "system_mode")
        found.options = found.native["modes"] = values_of(mode)
    else:
        found.native["modes"] = ()
    for name in BESIDES:
        _besides(found, name, features.get(name))
    found.can |= {"option"} if found.options else frozenset()


def _besides(found: Found, name: str, feature: Feature | None) -> None:
    """What a thermostat can be set to besides its mode, but for words that are a mode as well, or mean all
    of it."""
    if feature is None:
        return
    _ranged(found, "", feature, name)
    taken = {*ON_OFF, *map(spoken, found.options)}
    own = tuple(value for value in values_of(feature) if spoken(value) not in taken)
    found.options += own
    found.told_as |= dict.fromkeys(own, name)


def _limits(setpoint: Feature, scale: Scale) -> tuple[float, float] | None:
    least, most = setpoint.get("value_min"), setpoint.get("value_max")
    if isinstance(least, int | float) and isinstance(most, int | float):
        return round(scale.back(least), 1), round(scale.back(most), 1)
    return None


def _ranged(
    found: Found, can: str, feature: Feature | None, name: str, most: str = "", least: str = ""
) -> None:
    """It can do that, by the feature's property as `name`, between its ends as `most` and `least`."""
    if feature is None:
        return
    found.can |= {can} if can else frozenset()
    if property_ := text_of(feature, "property"):
        found.native[name] = property_
    for ours, theirs in ((most, "value_max"), (least, "value_min")):
        if ours and _is_number(feature.get(theirs)):
            found.native[ours] = feature[theirs]


def values_of(feature: Feature) -> tuple[str, ...]:
    values = feature.get("values")
    return tuple(map(str, values)) if isinstance(values, list) else ()


def text_of(entry: Feature, key: str) -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) and value else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
