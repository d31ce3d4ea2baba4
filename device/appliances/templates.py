"""Messages that are spelled out: by home.toml, or by a device that announces itself."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.rendering import TemplateError, render
from device.appliances.scale import MIRED, SAME, Scale
from device.events import Command

PLACE = re.compile(r"\{(\w+)\}")
BRIGHTEST = 255
"""Of Home Assistant's lights."""


@dataclass(frozen=True, slots=True)
class Template:
    """A command spelled out. "{value}" in the payload is the action's value, a number in the `scale`.

    `jinja`: a template that makes the message of that payload, as `value`, and of what is `given` besides.
    `then`: what is sent right after. `instead`: what is sent in its place for some values that are texts.
    """

    topic: str
    payload: str
    scale: Scale = SAME
    jinja: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[Template, ...] = ()
    instead: Mapping[str, Template] = field(default_factory=dict)

    def commands(self, action: Action) -> tuple[Command, ...]:
        """The messages for `action`. Raises TemplateError where the template makes none of it."""
        if isinstance(action.value, str) and action.value in self.instead:
            return self.instead[action.value].commands(action)
        variables = {**self.given, **_variables(action, self.scale)}
        payload = _filled(self.payload, variables)
        if self.jinja is not None:
            payload = render(self.jinja, {**variables, "value": _value(self.payload, payload, variables)})
            if not payload:
                raise TemplateError("its template makes an empty message")
        rest = (command for template in self.then for command in template.commands(action))
        return (Command(self.topic, payload), *rest)


def _filled(payload: str, variables: Mapping[str, Any]) -> str:
    """`payload` with each {variable} that there is."""
    return PLACE.sub(lambda found: str(variables.get(found[1], found[0])), payload)


def _value(pattern: str, filled: str, variables: Mapping[str, Any]) -> Any:
    """What a template knows as `value`: a number stays one."""
    return variables["value"] if pattern == "{value}" else filled


def _variables(action: Action, scale: Scale) -> dict[str, Any]:
    """What a message may need of an action, under Home Assistant's names."""
    if action.value is None:
        return {"value": ""}
    if isinstance(action.value, str):
        return {"value": action.value, **(_color(action.value) if action.do is Do.COLOR else {})}
    value = scale.there(action.value)
    match action.do:
        case Do.POSITION:
            return {"value": value, "position": round(action.value)}
        case Do.SPEED:
            return {"value": value, "percentage": round(action.value)}
        case Do.BRIGHTNESS:
            return {"value": value, "brightness": max(1, round(action.value / 100 * BRIGHTEST))}
        case Do.COLOR_TEMPERATURE:
            kelvin = round(action.value)
            return {"value": value, "color_temp": value, "kelvin": kelvin, "mired": round(MIRED / kelvin)}
    return {"value": value}


def _color(name: str) -> dict[str, Any]:
    """A colour in the ways in which lights are told it. A name that is no colour has none."""
    if name not in HEX:
        return {}
    red, green, blue = (int(HEX[name][at : at + 2], 16) for at in (1, 3, 5))
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    x, y = _xy(red, green, blue)
    return {
        **{"red": red, "green": green, "blue": blue, "x": x, "y": y},
        **{"hue": round(hue * 360), "sat": round(saturation * 100)},
    }


def _xy(*rgb: int) -> tuple[float, float]:
    """CIE 1931 xy of an sRGB colour (IEC 61966-2-1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in rgb)
    )
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    whole = x + y + z
    return (round(x / whole, 4), round(y / whole, 4)) if whole else (0.3127, 0.329)
