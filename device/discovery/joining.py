"""What the broker announces of the home, joined with what home.toml says; where both speak, the file wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from device.appliances.announced import Announced
from device.appliances.devices import CAPABILITIES, MEASURING, Device, Room
from device.discovery.additions import added, unmet
from device.home.distinct import distinct
from device.home.reading import Layout
from device.mqtt.topics import is_plain
from device.understanding.numbers import spoken
from device.understanding.writing import readable

ROOMS = frozenset(
    {
        *(
            "kitchen",
            "garage",
            "attic",
            "basement",
            "cellar",
            "bedroom",
            "bathroom",
            "office",
            "study",
            "hall",
        ),
        *("hallway", "lounge", "den", "room", "garden", "porch", "patio", "terrace", "balcony", "laundry"),
        *(
            "pantry",
            "nursery",
            "landing",
            "loft",
            "shed",
            "workshop",
            "corridor",
            "entrance",
            "studio",
            "yard",
        ),
    }
)
"""Last words of what is a room wherever it stands in a name."""
MOST = 2000
"""Devices of a home: more would take more memory than a small computer has."""


def joined(layout: Layout, found: Iterable[Announced]) -> tuple[Layout, tuple[str, ...]]:
    """`layout` with the devices that it does not know yet, and a line for each that must be left out.

    A device is known by its topic and relay, or by its name. One that is known gets what was announced of
    its properties, but for what the layout says itself. What the layout only adds to is there once it is
    announced.
    """
    found = list(found)
    layout = replace(layout, rooms=(*layout.rooms, *_new_rooms(layout, found)))
    announced = added(layout, _in_rooms(layout, found))
    known, new = _known(layout.devices, announced)
    named = [(device.name, *device.aliases) for device in layout.devices]
    named += [(scene.name, *scene.aliases) for scene in layout.scenes]
    own = {spoken(text) for names in named for text in names}
    also = {spoken(text) for one in new if one.own for text in (one.device.name, *one.device.aliases)}
    devices: list[Device] = []
    problems: list[str] = []
    for one in sorted(new, key=_preferred):
        text = spoken(one.device.name)
        if not is_plain(one.device.topic):
            problems.append(f"{one.source}: its topic {one.device.topic[:60]!r} cannot be used")
        elif not text:
            problems.append(f"{one.source}: {one.device.name!r} cannot be said: give it another name")
        elif text in own or (text in also and not one.own):
            problems.append(f"{one.source}: {one.device.name!r} is another thing's name in home.toml")
        else:
            devices.append(replace(one.device, announced=not one.own))
    every = (*known, *distinct(devices, own))
    if len(every) > MOST:
        problems.append(f"{len(every)} devices are announced: Mynah uses only {MOST} of them")
    return replace(layout, devices=every[: max(MOST, len(known))]), tuple(problems)


def missing(layout: Layout, found: Iterable[Announced]) -> tuple[str, ...]:
    """A line for each thing to which the layout adds something, and that is not announced."""
    return tuple(
        f"{one.name or one.topic!r} of home.toml is not announced: if it never is, give it kind and protocol"
        for one in unmet(layout, _in_rooms(layout, found))
    )


def _new_rooms(layout: Layout, found: Sequence[Announced]) -> Iterator[Room]:
    """The rooms that devices tell and the layout does not have: "attic" of "attic/lamp"."""
    taken = {spoken(text) for floor in layout.floors for text in (floor.name, *floor.aliases)}
    taken |= rooms_by_text(layout.rooms).keys()
    count = Counter(_place(one.device.name) for one in found if one.device.protocol == "zigbee2mqtt")
    for one in found:
        place = _place(one.device.name)
        known = place.islower() or ROOMS.issuperset(
            spoken(place).split()[-1:]
        )  # other than "Salt/pepper mill"
        is_room = count[place] > 1 or (count[place] == 1 and known and len(place) > 2)
        for name in filter(None, (one.device.room, place if is_room else "")):
            text = spoken(name)
            if text and text not in taken:
                taken.add(text)
                yield Room(" ".join(readable(name).split()))


def _place(name: str) -> str:
    """ "attic" of "attic/lamp"."""
    first, _, rest = name.partition("/")
    return first.replace("_", " ") if spoken(rest) else ""


def _in_rooms(layout: Layout, found: Iterable[Announced]) -> list[Announced]:
    rooms = rooms_by_text(layout.rooms)
    return [replace(one, device=placed(one.device, rooms)) for one in found]


def _known(devices: Iterable[Device], announced: Iterable[Announced]) -> tuple[list[Device], list[Announced]]:
    """`devices` with their announced properties; the announcements of others.

    Of several things on one topic, such as the sides of a switch, the one with the device's name is it.
    """
    rest: dict[tuple[str, int | None], list[Announced]] = {}
    for one in announced:
        rest.setdefault((one.device.topic, one.device.relay), []).append(one)
    known = []
    for device in devices:
        same = rest.get((device.topic, device.relay), [])
        if len(same) > 1:
            called = {spoken(text) for text in (device.name, *device.aliases)}
            same = [one for one in same if spoken(one.device.name) in called]
        if same:
            one = same[0]
            rest[device.topic, device.relay].remove(one)
            if device.protocol == one.device.protocol:
                device = _told(device, one.device)
        known.append(device)
    return known, [one for some in rest.values() for one in some]


def _told(device: Device, announced: Device) -> Device:
    """`device` with what `announced` says that it does not say itself."""
    # A class of the user's own says that what is announced as a garage door is none.
    guard = device.guard or (device.device_class is None and announced.guarded)
    can = device.can
    lamp_at_relay = (device.kind, announced.kind) == ("light", "switch")  # it is not dimmed
    if device.usual and (device.kind == announced.kind or lamp_at_relay):
        can = announced.can | {do.value for do in device.commands if do.value in CAPABILITIES}
    return replace(
        device,
        can=can,
        native=announced.native,
        options=device.options or announced.options,
        told_as=announced.told_as,
        limits=device.limits or announced.limits,
        cannot=announced.cannot,
        commands={**announced.commands, **device.commands},
        device_class=device.device_class or announced.device_class,
        guard=guard,
    )


def _preferred(one: Announced) -> tuple[bool, bool, bool, str, str, int]:
    """Of things with one name, the first is kept.

    What home.toml speaks of goes before all else, what can be told to do something before what only measures,
    and a lock before a lamp: who says that name must not open it unawares.
    """
    device = one.device
    return (
        not one.own,
        device.kind in MEASURING,
        not device.guarded,
        one.source,
        device.topic,
        device.relay or 0,
    )


def rooms_by_text(rooms: Iterable[Room]) -> dict[str, str]:
    """Rooms by all that they are called."""
    return {spoken(text): room.name for room in rooms for text in (room.name, *room.aliases)}


def placed(device: Device, rooms: Mapping[str, str]) -> Device:
    """The device with the room that its name or suggestion tells: "kitchen/lamp" is the kitchen's.

    `rooms`: of `rooms_by_text`.
    """
    whole = device.name.encode("utf-8", "ignore").decode()  # JSON may hold halves of characters
    name = " ".join(whole.replace("_", " ").replace("/", " ").split())
    name = readable(name)
    suggested = rooms.get(spoken(device.room or ""))
    suggested = rooms.get(spoken(_place(device.name)), suggested)
    text = spoken(name)
    if suggested is None:
        starts = (room for said, room in rooms.items() if text.startswith(f"{said} "))
        suggested = next(starts, None)
    return replace(device, name=name, room=suggested)
