"""Which devices the slots of an intent mean, and what they are called together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.appliances.devices import WINDOW_COVERINGS, Device
from device.events import Intent, Outcome, impossible
from device.home.model import Home
from device.skills.home import replies
from device.skills.home.choosing import called_alike
from device.speaking.wording import are, listed
from device.understanding.acts import several
from device.understanding.numbers import spoken
from device.understanding.scope import BESIDE, NEAR

EVERYTHING = ("light", "switch", "fan", "media_player", "humidifier", "siren")
"""What "turn off everything" means: nothing that warms, locks or covers, nor what home.toml excludes."""
ONLY_OFF = ("siren",)
"""Of these, what "turn on everything" leaves alone."""

TARGETS = frozenset({"name", "names", "among", "area", "floor", "domain", "device_class"})
"""Slots that say which devices are meant."""
EXCEPT = ("except_name", "except_area", "except_floor")
"""Slots that name what is left out."""


PLACES = ("area", "floor", "domain", "device_class", "except_name", "except_area", "except_floor")
"""Slots, besides the name, that say which devices are meant."""


@dataclass(frozen=True, slots=True)
class Target:
    """Devices, and what they are called together. `which`: the name that they share, where one is meant."""

    devices: tuple[Device, ...]
    called: str
    which: str | None = None


def select(home: Home, slots: Mapping[str, Any], domain: str | None) -> Target | Outcome:
    """The devices that the slots name: by `name`, or all of a domain in an `area`, on a `floor`, anywhere.

    `one`: the word for a single one of them, "the door". An Outcome says why there are none.
    """
    if name := slots.get("name"):
        return _named(home, str(name), slots)
    if isinstance(slots.get("domain"), str):
        domain = slots["domain"]
    if slots.get("around") and any(device.kind == domain for device in home.in_area(home.here or "")):
        slots = {**slots, "area": home.here}
    device_class = slots.get("device_class")
    if device_class is not None and domain is None:
        domain = "cover"
    there = tuple(d for d in home.layout.devices if _is_in(home, d, slots) and not left_out(home, d, slots))
    if domain is None:
        there = tuple(d for d in there if not _excluded(home, d))
    devices = _of_kind(there, domain, device_class)
    things = replies.plural(domain, device_class) if domain in replies.PLURALS else "devices"
    place = place_of(slots)
    if not devices:
        return impossible(f"There {are([things])} no {things} {place}".strip())
    devices = _like(home, str(slots.get("like")), devices) or devices
    if len(devices) == 1:
        return Target(devices, devices[0].called)
    if (one := slots.get("one")) and not place:
        return Target(devices, f"the {one}", which=str(one))
    called = _together(domain, things, place)
    return Target(devices, f"{called} except {left}" if (left := _exception(home, slots)) else called)


def _like(home: Home, name: str, devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """The only one of `devices` that is called as the device of that name is; else nothing."""
    alike = called_alike(devices, [home.devices[name]]) if name in home.devices else ()
    return alike if len(alike) == 1 else ()


def placed(home: Home, slots: Mapping[str, Any], domain: str | None) -> Mapping[str, Any]:
    """`slots` with the first of the places that they are near where there is such a thing."""
    rest = {slot: value for slot, value in slots.items() if slot not in (NEAR, BESIDE)}
    near = slots.get(NEAR, ())
    if rest.get("name") in home.devices or any(slot in rest for slot in ("area", "floor")):
        return rest
    there = ({**rest, **place} for place in near)
    beside = {**rest, **near[0]} if slots.get(BESIDE) and near else rest
    return next((one for one in there if isinstance(select(home, one, domain), Target)), beside)


def placed_in(home: Home, slots: Mapping[str, Any]) -> tuple[Device, ...]:
    """All devices in the place that the slots name."""
    return tuple(device for device in home.layout.devices if _is_in(home, device, slots))


def _named(home: Home, name: str, slots: Mapping[str, Any]) -> Target | Outcome:
    """One device by its name, or the several that share it."""
    found = home.named(name)
    devices = tuple(d for d in found if _is_in(home, d, slots) and not left_out(home, d, slots))
    if not devices:
        there = (d for d in placed_in(home, slots) if not left_out(home, d, slots))
        devices = tuple(d for d in called_alike(tuple(there), found) if d.kind in {one.kind for one in found})
    if not devices:
        return impossible(f"There is no {name} {place_of(slots)}".strip())
    if home.is_plural(name):
        return Target(devices, listed([device.called for device in devices]))
    here = tuple(device for device in devices if device.room == home.here)
    if len(devices) > 1 and len(here) == 1 and not slots.get("area"):
        devices = here
    if len(devices) == 1:
        return Target(devices, devices[0].called)
    return Target(devices, f"the {name}", which=name)


def _together(domain: str | None, things: str, place: str) -> str:
    if domain is None:
        return f"everything {place}".strip()
    return f"the {things} {place}" if place else f"all the {things}"


def _is_in(home: Home, device: Device, slots: Mapping[str, Any]) -> bool:
    area, floor = slots.get("area"), slots.get("floor")
    return (area is None or device.room == area) and (floor is None or home.floor_of(device) == floor)


def left_out(home: Home, device: Device, slots: Mapping[str, Any]) -> bool:
    """Whether the slots name it as an exception."""
    names, areas, floors = (several(slots.get(slot)) for slot in EXCEPT)
    return (
        any(device in home.named(str(name)) for name in names)
        or device.room in areas
        or home.floor_of(device) in floors
    )


def _excluded(home: Home, device: Device) -> bool:
    """Whether "everything" does not mean it."""
    return any(spoken(text) in home.layout.exclude for text in (device.name, *device.aliases))


def _exception(home: Home, slots: Mapping[str, Any]) -> str:
    """What was left out, as it is said; nothing where nothing was."""
    names, areas, floors = (several(slots.get(slot)) for slot in EXCEPT)
    called = [device.called for name in names for device in home.named(str(name))]
    places = [f"the {place}" for place in (*areas, *floors)]
    return listed([*called, *places]) if called or places else ""


def _of_kind(devices: tuple[Device, ...], domain: str | None, device_class: str | None) -> tuple[Device, ...]:
    if device_class is None:
        kinds = EVERYTHING if domain is None else (domain,)
        return tuple(d for d in devices if d.kind in kinds)
    covers = tuple(d for d in devices if d.kind == "cover")
    exact = tuple(d for d in covers if d.device_class == device_class)
    if exact or device_class not in WINDOW_COVERINGS:
        return exact
    return tuple(d for d in covers if d.device_class in (*WINDOW_COVERINGS, None))


def place_of(slots: Mapping[str, Any]) -> str:
    if area := slots.get("area"):
        return f"in the {area}"
    if floor := slots.get("floor"):
        return floor if floor in ("upstairs", "downstairs") else f"on the {floor}"
    return ""


def about(intent: Intent, target: Target) -> Mapping[str, Any]:
    """The slots that "it" stands for from now on. `members`: the names of all in a place or of a kind;
    `room`: where a thing is, for "there"."""
    one_alike = "like" in intent.slots and len(target.devices) == 1
    if "name" not in intent.slots and "names" not in intent.slots and not one_alike:
        places = {slot: intent.slots[slot] for slot in PLACES if slot in intent.slots}
        return {**places, "members": tuple(device.name for device in target.devices)}
    return of_devices(target.devices)


def of_devices(devices: Sequence[Device]) -> Mapping[str, Any]:
    """What "it", or "them", stands for where `devices` were spoken of by their names."""
    kind, room = devices[0].kind, devices[0].room
    if len(devices) == 1:
        return {"name": devices[0].name, "domain": kind, **({"room": room} if room else {})}
    return {"names": tuple(device.name for device in devices), "domain": kind}
