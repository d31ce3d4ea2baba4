"""What everything in a home is called, as it is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from device.home.reading import Layout
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name, Vocabulary

LIGHT_WORDS = {"light", "lights", "lamp", "lamps"}


def vocabulary(layout: Layout) -> Vocabulary:
    rooms = {spoken(text) for room in layout.rooms for text in (room.name, *room.aliases)}
    devices = ((device.name, device.aliases, device.kind, device.announced) for device in layout.devices)
    scenes = ((scene.name, scene.aliases, "scene", False) for scene in layout.scenes)
    names = tuple(
        Name(text, name, domain, announced)
        for name, aliases, domain, announced in (*devices, *scenes)
        for text in _said(name, aliases)
    )
    also = tuple(_lights(names, rooms))
    return Vocabulary(
        names=(*names, *also),
        areas=tuple(
            Name(text, room.name) for room in layout.rooms for text in _said(room.name, room.aliases)
        ),
        floors=tuple(
            Name(text, floor.name) for floor in layout.floors for text in _said(floor.name, floor.aliases)
        ),
        here=layout.here,
    )


def _said(name: str, aliases: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(spoken(text) for text in (name, *aliases))


def _lights(names: Iterable[Name], rooms: Collection[str]) -> Iterator[Name]:
    """A light called "play corner" is also called "play corner lights", unless that is something else.

    A light that bears a room's name is not: "kitchen lights" are all of them.
    """
    taken = {name.text for name in names}
    for name in names:
        if name.domain == "light" and name.text not in rooms and LIGHT_WORDS.isdisjoint(name.text.split()):
            for text in (f"{name.text} light", f"{name.text} lights"):
                if text not in taken:
                    yield replace(name, text=text)
