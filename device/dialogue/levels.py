""" "Turn it up", "set it to half": what that means of a lamp, a fan, a blind, the heating … Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from device.events import Intent

ANY = "MynahLevel"
"""A level of whatever is meant: `level` (percent), `level_step` (percent, "up" or "down"), `level_number`."""


@dataclass(frozen=True, slots=True)
class Level:
    """How the level of a kind is set and changed: intents and slots. `step`: what "up" is.

    `percent`: it is counted in percent, so that half of it is 50.
    """

    sets: str
    value: str
    changes: str
    by: str
    step: float | str
    percent: bool = True


REMARKS: Mapping[str, tuple[str, str]] = {
    "MynahTooBright": ("light", "down"),
    "MynahTooDark": ("light", "up"),
    "MynahTooHot": ("climate", "down"),
    "MynahTooCold": ("climate", "up"),
}
"""By a remark about what was spoken of, "still too bright": the kind of that, and what is wished of it."""
_POSITION = Level("HassSetPosition", "position", "HassSetPosition", "position_step", 20)
_HEAT = Level(
    "HassClimateSetTemperature",
    "temperature",
    "HassClimateSetTemperature",
    "temperature_step",
    step=1,
    percent=False,
)
LEVELS: Mapping[str, Level] = {
    "light": Level("HassLightSet", "brightness", "HassLightSet", "brightness_step", 20),
    "fan": Level("HassFanSetSpeed", "percentage", "HassFanSetSpeed", "percentage_step", 33),
    "cover": _POSITION,
    "valve": _POSITION,
    "climate": _HEAT,
    "water_heater": _HEAT,
    "media_player": Level("HassSetVolume", "volume_level", "HassSetVolumeRelative", "volume_step", "up"),
    "humidifier": Level("HassHumidifierSetpoint", "humidity", "HassHumidifierSetpoint", "humidity_step", 5),
    "number": Level("MynahSetNumber", "number", "MynahSetNumber", "number_step", "up", percent=False),
}
"""By the kind of a thing."""
FULLY_DOWN = {"light": 1, "fan": 1}
"""Percent, of what is not off when it is turned all the way down."""


WARM, COOL = 2700, 5000
"""Kelvin: the white of a lamp that is made warmer, and cooler."""


def of_kind(intent: Intent, domain: object) -> Intent:
    """`intent`, which was said of "it", as one for things of the kind `domain`."""
    level = LEVELS.get(str(domain))
    if level is None or intent.name in (level.sets, level.changes):
        return intent
    if intent.name == ANY:
        return _made(intent, level, str(domain), *_parted(intent.slots, "level", "level_step"))
    if domain == "light" and isinstance(step := intent.slots.get(_HEAT.by), int | float):
        rest = {key: value for key, value in intent.slots.items() if key != _HEAT.by}
        return replace(intent, name=level.sets, slots={**rest, "temperature": WARM if step > 0 else COOL})
    other = next((one for one in LEVELS.values() if intent.name in (one.sets, one.changes)), None)
    if other is None or not other.percent:
        return intent
    return _made(intent, level, str(domain), *_parted(intent.slots, other.value, other.by))


def wished(remark: Intent, domain: Any) -> Intent:
    """The step that a remark about "it" wishes of a thing of the kind `domain`."""
    kind, step = REMARKS.get(remark.name, (None, ""))
    if domain is None or kind != domain or "it" not in remark.slots:
        return remark
    return Intent(ANY, {"it": True, "level_step": step}, remark.confidence)


def _parted(slots: Mapping[str, Any], value: str, step: str) -> tuple[dict[str, Any], Any, Any]:
    rest = {key: one for key, one in slots.items() if key not in (value, step)}
    return rest, slots.get(value), slots.get(step)


def _made(intent: Intent, level: Level, domain: str, rest: dict[str, Any], value: Any, step: Any) -> Intent:
    number = rest.pop("level_number", None)
    if number is not None:
        return replace(intent, name=level.sets, slots={**rest, level.value: number})
    if step is not None:
        return replace(intent, name=level.changes, slots={**rest, level.by: _step(level, step)})
    if value is None:
        return intent
    if level is _HEAT and value not in (0, 100):  # nobody knows how warm "half" is
        return replace(intent, name=ANY, slots=rest)
    if not level.percent:
        return replace(intent, name=level.sets, slots={**rest, "level": value})
    value = FULLY_DOWN.get(domain, value) if value == 0 else value
    return replace(intent, name=level.sets, slots={**rest, level.value: value})


def _step(level: Level, step: Any) -> Any:
    """`step` in the level's own unit: "up" is as far as for its kind."""
    if step not in ("up", "down") or isinstance(level.step, str):
        return step
    return level.step if step == "up" else -level.step
