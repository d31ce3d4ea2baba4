"""Which things of a home the words of a condition mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from device.appliances.devices import Device
from device.home.model import Home
from device.knowledge.facts.facts import BELONGS, CIRCUIT, Facts, bare
from device.reading.located import nearest
from device.understanding.numbers import spoken

ANY = re.compile(r"(?:any|a|an|one of the|some|any of the|one)(?: of the)? (.+)")
ALL = re.compile(r"(?:all|all of|every|each|all the|all of the|both)(?: the)? (.+)")
ANYTHING = re.compile(r"(any|every|some)(?:thing|one)|any device|all devices")
ON_CIRCUIT = re.compile(r"(?:anything|something|any device|everything) on (?:the )?(.+) circuit")
OF_SOMEONE = re.compile(r"(?:anything|something|any device|everything) (?:of|that belongs to) (.+?)(?:'s)?")
PLACED = re.compile(r"(.+?)(?: (?:in|on|at|of) (.+)| (upstairs|downstairs|outside|here))")
KINDS = {
    **{"light": "light", "lamp": "light", "fan": "fan", "lock": "lock", "switch": "switch"},
    **{"cover": "cover", "radiator": "climate", "thermostat": "climate", "player": "media_player"},
}
"""Words for kinds of device; any other word is a class, or stands in the name."""


class Unclear(Exception):
    """What is wrong with a condition, in one line that says what to do."""


def things(text: str, home: Home, facts: Facts) -> tuple[tuple[Device, ...], bool]:
    """The devices that `text` means, and whether all of them are meant. Raises Unclear."""
    every = text.startswith(("all ", "every", "each ", "both "))
    for pattern, relation in ((ON_CIRCUIT, CIRCUIT), (OF_SOMEONE, BELONGS)):
        if found := pattern.fullmatch(text):
            return _related(found[1], relation, home, facts), every
    if named := _named(text, home):
        return named, every
    if found := ANY.fullmatch(text) or ALL.fullmatch(text):
        if of_kind := _of_kind(found[1], home):
            return of_kind, every
    elif of_kind := _of_kind(text, home) if text.split()[-1:] != ["it"] else ():
        if len(of_kind) == 1 or text.split()[0].endswith("s"):
            return of_kind, every
        raise Unclear(f"{text!r} may be {_listed(of_kind)}; say which, or “any {bare(text)}”")
    raise Unclear(unknown(text, home))


def unknown(text: str, home: Home) -> str:
    """Nothing is called `text`: what may be meant instead."""
    known = {one.text for one in home.vocabulary.names}
    near = nearest(bare(text), known)
    return f"nothing in this home is called {bare(text)!r}" + (f"; did you mean {near!r}?" if near else "")


def _named(text: str, home: Home) -> tuple[Device, ...]:
    """The devices of that name, in the place that is said."""
    places = PLACED.fullmatch(text)
    for words, place in ((text, ""), (places[1], places[2] or places[3]) if places else ("", "")):
        values = dict.fromkeys(
            one.value for one in home.vocabulary.names if words and one.text in (words, bare(words))
        )
        found = {device.name: device for value in values for device in home.named(value)}
        if within := tuple(one for one in found.values() if not place or in_place(one, place, home)):
            return within
    return ()


def _of_kind(text: str, home: Home) -> tuple[Device, ...]:
    """ "window", "lights upstairs": what is of that kind, or has that word in its name."""
    placed = PLACED.fullmatch(text)
    words, place = (placed[1], placed[2] or placed[3]) if placed else (text, "")
    word = bare(words)
    single = word.removesuffix("es") if word.endswith(("switches", "boxes")) else word.removesuffix("s")
    kind = KINDS.get(single)
    return tuple(
        one
        for one in home.layout.devices
        if (not place or in_place(one, place, home))
        and (
            one.kind == kind
            or (kind is None and (one.device_class == single or single in spoken(one.name).split()))
        )
    )


def in_place(device: Device, place: str, home: Home) -> bool:
    """Whether it is in the room, or on the floor, that is called `place`."""
    place = bare(place)
    if place == "here":
        return device.room == home.here
    rooms = {one.value for one in home.vocabulary.areas if one.text == place}
    floors = {one.value for one in home.vocabulary.floors if one.text == place}
    return device.room in rooms or home.floor_of(device) in (floors or {place})


def is_place(text: str, home: Home) -> bool:
    return any(one.text == bare(text) for one in (*home.vocabulary.areas, *home.vocabulary.floors))


def _related(what: str, relation: str, home: Home, facts: Facts) -> tuple[Device, ...]:
    told = {bare(one.thing) for one in facts.to(what, (relation,))}
    found = tuple(one for one in home.layout.devices if spoken(one.name) in told)
    if not found:
        raise Unclear(f"no fact says what {relation} {what}; write it into facts.toml, or tell Mynah")
    return found


def telling(devices: Iterable[Device], keys: Collection[str], home: Home) -> tuple[Device, ...]:
    """Those of `devices` that tell one of `keys`, by what they are or have said; for a lock or a thing
    without a contact of its own, the contact that bears its name."""
    devices = tuple(devices)
    if found := tuple(one for one in devices if tells(one, keys, home)):
        return found
    names = [spoken(one.name) for one in devices]
    return tuple(
        one
        for one in home.layout.devices
        if one not in devices
        and any(spoken(one.name).startswith(f"{name} ") for name in names)
        and tells(one, keys, home)
    )


TOLD = {
    "on": ("light", "switch", "fan", "media_player", "climate", "humidifier", "water_heater", "siren"),
    "open": ("cover", "valve"),
    "contact": ("door", "window", "garage_door", "opening"),
    "locked": ("lock",),
    "armed": ("alarm_panel",),
    "activity": ("media_player", "vacuum", "lawn_mower"),
    "occupancy": ("motion", "occupancy", "presence"),
    "water_leak": ("moisture",),
    "smoke": ("smoke",),
    "gas": ("gas",),
    "carbon_monoxide": ("carbon_monoxide",),
    "temperature": ("temperature", "climate", "water_heater"),
    "humidity": ("humidity", "humidifier"),
    "battery": ("battery",),
    "power": ("power",),
    "illuminance": ("illuminance",),
    "co2": ("carbon_dioxide",),
}
"""Kinds and classes that tell a key of the state."""


def tells(device: Device, keys: Collection[str], home: Home) -> bool:
    """Whether the device can be taken to tell one of `keys`: by its kind or class, or because it did. A
    sensor of no class may tell anything, and anything may have a battery."""
    if "battery" in keys:
        return True
    known = home.state.of(device.name)
    kinds = {kind for key in keys for kind in TOLD.get(key, ())}
    if device.kind in ("sensor", "binary_sensor") and device.device_class is None:
        return not (known.keys() - {"reachable", "bridge", "battery"}) or any(key in known for key in keys)
    return any(key in known for key in keys) or not kinds.isdisjoint((device.kind, device.device_class))


def _listed(devices: Iterable[Device]) -> str:
    return ", ".join(one.name for one in devices)
