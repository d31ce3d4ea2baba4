"""Which devices the slots of an intent mean, and what they are called together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device.appliances.devices import WINDOW_COVERINGS, Device
from device.events import Impossible, NotHandled
from device.home.model import Home
from device.skills.home import replies

EVERYTHING = ("light", "switch", "fan", "media_player")
"""What "turn off everything" means: nothing that warms, locks or covers."""


@dataclass(frozen=True, slots=True)
class Target:
    """Devices, and what they are called together."""

    devices: tuple[Device, ...]
    called: str


def select(home: Home, slots: Mapping[str, Any], domain: str | None) -> Target | NotHandled:
    """The devices that the slots name: by `name`, or all of a domain in an `area`, on a `floor`, anywhere."""
    if name := slots.get("name"):
        device = home.devices.get(name)
        if device is None or not _is_in(home, device, slots):
            return Impossible(f"There is no {name} {_place(slots)}".strip())
        return Target((device,), device.called)
    if isinstance(slots.get("domain"), str):
        domain = slots["domain"]
    device_class = slots.get("device_class")
    devices = _of_kind(tuple(d for d in home.layout.devices if _is_in(home, d, slots)), domain, device_class)
    things = replies.plural(domain, device_class) if domain in replies.PLURALS else "devices"
    place = _place(slots)
    if not devices:
        return Impossible(f"There are no {things} {place}".strip())
    if len(devices) == 1:
        return Target(devices, devices[0].called)
    if domain is None:
        return Target(devices, f"everything {place}".strip())
    return Target(devices, f"the {things} {place}" if place else f"all the {things}")


def _is_in(home: Home, device: Device, slots: Mapping[str, Any]) -> bool:
    area, floor = slots.get("area"), slots.get("floor")
    return (area is None or device.room == area) and (floor is None or home.floor_of(device) == floor)


def _of_kind(devices: tuple[Device, ...], domain: str | None, device_class: str | None) -> tuple[Device, ...]:
    if device_class is None:
        kinds = EVERYTHING if domain is None else (domain,)
        return tuple(d for d in devices if d.kind in kinds)
    covers = tuple(d for d in devices if d.kind == "cover")
    exact = tuple(d for d in covers if d.device_class == device_class)
    if exact or device_class not in WINDOW_COVERINGS:
        return exact
    return tuple(d for d in covers if d.device_class in (*WINDOW_COVERINGS, None))


def _place(slots: Mapping[str, Any]) -> str:
    if area := slots.get("area"):
        return f"in the {area}"
    if floor := slots.get("floor"):
        return floor if floor in ("upstairs", "downstairs") else f"on the {floor}"
    return ""
