"""What home.toml adds to devices that announce themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from device.appliances.announced import Announced
from device.appliances.devices import Addition
from device.home.reading import Layout
from device.understanding.numbers import spoken


def added(layout: Layout, found: Iterable[Announced]) -> list[Announced]:
    """`found`, with what the layout adds to some of it."""
    found = list(found)
    for addition in layout.additions:
        same = _meant(layout, addition, found)
        found = [_with(addition, one) if one in same else one for one in found]
    return found


def unmet(layout: Layout, found: Sequence[Announced]) -> tuple[Addition, ...]:
    """The additions to what is not announced."""
    return tuple(addition for addition in layout.additions if not _meant(layout, addition, found))


def _meant(layout: Layout, addition: Addition, found: Sequence[Announced]) -> list[Announced]:
    """Of several things on one topic, the one with the addition's name."""
    called = {spoken(text) for text in (addition.name, *addition.aliases) if text}
    if addition.topic is None:
        return [one for one in found if spoken(one.device.name) == spoken(addition.name or "")]
    topics = addition.topic, f"{layout.zigbee2mqtt}/{addition.topic}"
    same = [one for one in found if one.source in topics or one.device.topic in topics]
    same = [one for one in same if addition.relay in (None, one.device.relay)]
    return same if len(same) <= 1 else [one for one in same if spoken(one.device.name) in called]


def _with(addition: Addition, one: Announced) -> Announced:
    device = one.device
    device = replace(
        device,
        name=addition.name or device.name,
        room=addition.room or device.room,
        aliases=addition.aliases,
        can=device.can if addition.can is None else addition.can,
        device_class=addition.device_class or device.device_class,
        commands={**device.commands, **addition.commands},
        guard=device.guarded and addition.device_class is None,
    )
    return replace(one, device=device, own=True)
