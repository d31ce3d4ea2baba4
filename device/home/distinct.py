"""Devices that share a name get names of their own, and keep the shared one as an alias.

Whoever says the shared name is asked which of them is meant. What only measures gives way to what can be told
something: nobody who says "turn on the lamp" means its thermometer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from device.appliances.devices import MEASURING, Device
from device.understanding.numbers import spoken, words


def distinct(devices: Iterable[Device], taken: Collection[str] = ()) -> tuple[Device, ...]:
    """`devices`, of which none has a name that another has as its name or alias. The name stays with the one
    that has no other, if there is just one.

    `taken`: further names, as they are spoken, that none may get.
    """
    devices = tuple(devices)
    every = Counter(text for device in devices for text in _texts(device))
    acting = Counter(text for device in devices if device.kind not in MEASURING for text in _texts(device))
    only = _with_no_other_name(devices, acting)
    used = set(taken)
    made: list[Device] = []
    for device in devices:
        text, measures = spoken(device.name), device.kind in MEASURING
        if (every if measures else acting)[text] > 1 and only.get(text) is not device:
            others = every - Counter(_texts(device))
            name = next(name for name in _names(device) if spoken(name) not in used | others.keys())
            used.add(spoken(name))
            kept = () if text in only or (measures and acting[text]) else (device.name,)
            aliases = tuple(alias for alias in device.aliases if spoken(alias) != spoken(name))
            device = replace(device, name=name, aliases=(*aliases, *kept))
        made.append(device)
    return tuple(made)


def _with_no_other_name(devices: Iterable[Device], acting: Counter[str]) -> dict[str, Device]:
    """By a name that several share: the one of them that has none `instead`, if all others do."""
    sharing: dict[str, list[Device]] = {}
    for device in devices:
        text = spoken(device.name)
        if device.kind not in MEASURING or not acting[text]:
            sharing.setdefault(text, []).append(device)
    fixed = {text: [one for one in some if not one.instead] for text, some in sharing.items()}
    return {
        text: one[0] for text, one in fixed.items() if len(one) == 1 and acting[text] <= len(sharing[text])
    }


def _texts(device: Device) -> set[str]:
    return {spoken(text) for text in (device.name, *device.aliases)}


def _names(device: Device) -> Iterator[str]:
    """Names that it might have instead, the best first."""
    yield from device.instead
    name = spoken(device.name)
    if device.kind in MEASURING and "sensor" not in name:
        name = f"{name} sensor"
        yield name
    if device.room and not name.startswith(spoken(device.room)):
        yield f"{spoken(device.room)} {name}"
    if device.device_class and device.device_class not in name:
        yield f"{name} {device.device_class.replace('_', ' ')}"
    yield from (f"{name} {words(number)}" for number in range(1, 10_000))
