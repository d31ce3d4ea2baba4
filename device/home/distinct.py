"""Devices that share a name get names of their own, and keep the shared one as an alias.

Whoever says the shared name is asked which of them is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from device.appliances.devices import Device
from device.understanding.numbers import spoken, words


def distinct(devices: Iterable[Device]) -> tuple[Device, ...]:
    """`devices`, of which none has a name that another has as its name or alias."""
    devices = tuple(devices)
    count = Counter(
        text for device in devices for text in {spoken(device.name), *map(spoken, device.aliases)}
    )
    taken = set(count)
    made: list[Device] = []
    for device in devices:
        if count[spoken(device.name)] > 1:
            name = next(name for name in _names(device) if spoken(name) not in taken)
            taken.add(spoken(name))
            device = replace(device, name=name, aliases=(*device.aliases, device.name))
        made.append(device)
    return tuple(made)


def _names(device: Device) -> Iterator[str]:
    """Names that it might have instead, the best first."""
    name = spoken(device.name)
    if device.room and not name.startswith(spoken(device.room)):
        yield f"{spoken(device.room)} {name}"
    if device.device_class and device.device_class not in name:
        yield f"{name} {device.device_class.replace('_', ' ')}"
    yield from (f"{name} {words(number)}" for number in range(1, 10_000))
