"""What a part of an announced device is called: by its name, the device's, or both. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from device.understanding.numbers import spoken

DEFAULTS = frozenset(
    {
        *("switch", "relay", "light", "lamp", "plug", "outlet", "output", "fan", "cover", "lock", "climate"),
        *("thermostat", "siren", "valve", "vacuum", "humidifier", "water heater", "lawn mower", "alarm"),
        *("temperature", "humidity", "battery", "power", "illuminance", "brightness", "carbon dioxide"),
        *("c o two", "motion", "occupancy", "presence", "contact", "leak", "water leak", "moisture", "smoke"),
        *("battery level", "power usage", "current power", "air temperature", "relative humidity"),
        *("door", "window", "opening", "dimmer", "state", "none", "null", "unknown", "main", "default"),
        *("tasmota", "sonoff"),
    }
)
"""What firmware calls a part that nobody has named, as it is spoken; also behind "MQTT"."""

NUMBERED = re.compile(r"(.*?)[ _-]?(\d+)")


@dataclass(frozen=True, slots=True)
class Calling:
    """`instead`: what it may be called where it shares `name` with another. Both may be empty."""

    name: str
    aliases: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


def called(own: str, device: str) -> Calling:
    """What the part `own` of `device` is called; one of them may be empty.

    "relay" of the "heater" is the "heater", which is also the "heater relay"; "left" of the "twin lamp" is
    the "twin lamp left"; "ceiling light" of the "office" is the "ceiling light", unless there are others.
    """
    own, device = (_once(text.replace("_", " ")) for text in (own, device))
    if not own or not device:
        return Calling(own or device)
    whole = joined(device, own)
    if whole in (own, device):
        return Calling(whole)
    if spoken(own).removeprefix("mqtt ") in DEFAULTS:
        return Calling(device, (whole,), (whole,))
    if (numbered := NUMBERED.fullmatch(own)) and spoken(numbered[1]).removeprefix("mqtt ") in DEFAULTS:
        return Calling(whole, (f"{device} {numbered[2]}", device))
    if len(own.split()) == 1:
        return Calling(whole)
    shared = set(spoken(own).split()) & set(spoken(device).split())
    short = len(own.split()) == 2 and not shared
    return Calling(own, (whole,) if short else (), (whole,))


def _once(name: str) -> str:
    """ "Fireplace Fireplace" is the "Fireplace"."""
    words = name.split()
    half = len(words) // 2
    said = [spoken(word) for word in words]
    return " ".join(words[half:] if half and said[:half] == said[half : 2 * half] else words)


def joined(device: str, own: str) -> str:
    """`own` behind `device`, without saying a word twice: "porch lamp" and "lamp switch" share one."""
    before, after = device.split(), own.split()
    first, second = [spoken(word) for word in before], [spoken(word) for word in after]
    if second[: len(first)] == first:
        return own
    for shared in range(min(len(first), len(second)), 0, -1):
        if first[-shared:] == second[:shared]:
            return " ".join((*before, *after[shared:]))
    return f"{device} {own}"
