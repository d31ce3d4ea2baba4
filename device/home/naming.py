"""What everything in a home is called, as it is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from device.appliances.devices import Device
from device.home.reading import Layout
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name, Vocabulary

LIGHT_WORDS = {"light", "lights", "lamp", "lamps"}
PLAIN_WORDS = {"light", "lights", "door", "doors", "sensor", "one"}
"""Last words of names that mean a whole kind, or nothing by themselves: "the light" are the lights there."""


def vocabulary(layout: Layout) -> Vocabulary:
    rooms = {spoken(text) for room in layout.rooms for text in (room.name, *room.aliases)}
    shared = called(layout)
    names = tuple(
        Name(text, text if text in shared else device.name, device.kind, device.announced)
        for device in layout.devices
        for text in _said(device.name, device.aliases)
    )
    scenes = tuple(
        Name(text, scene.name, "scene")
        for scene in layout.scenes
        for text in _said(scene.name, scene.aliases)
    )
    nouns = tuple(_nouns(layout, {name.text for name in (*names, *scenes)}, shared))
    lights = tuple(_lights((*names, *scenes), rooms))
    return Vocabulary(
        names=tuple(dict.fromkeys((*names, *scenes, *lights, *nouns))),
        areas=tuple(
            Name(text, room.name) for room in layout.rooms for text in _said(room.name, room.aliases)
        ),
        floors=tuple(
            Name(text, floor.name) for floor in layout.floors for text in _said(floor.name, floor.aliases)
        ),
        here=layout.here,
    )


def called(layout: Layout) -> Mapping[str, tuple[str, ...]]:
    """Names of devices by what several of them are called: a name or an alias that they share, or the last
    word of their names, "lamp", where nothing has that name alone."""
    whole: dict[str, list[str]] = {}
    last: dict[str, list[str]] = {}
    for device in layout.devices:
        for text in _said(device.name, device.aliases):
            whole.setdefault(text, []).append(device.name)
        last.setdefault(_noun(device), []).append(device.name)
    shared = {text: tuple(names) for text, names in whole.items() if len(set(names)) > 1}
    nouns = {noun: tuple(names) for noun, names in last.items() if noun and noun not in whole}
    return {**nouns, **shared}


def _noun(device: Device) -> str:
    """The last word of a device's name, which says what it is; nothing where it says too little."""
    words = spoken(device.name).split()
    plain = not words or words[-1] in PLAIN_WORDS or words[-1].endswith("s")  # "the blinds" are all of them
    return words[-1] if len(words) > 1 and not plain else ""


def _nouns(layout: Layout, taken: Collection[str], shared: Mapping[str, tuple[str, ...]]) -> Iterator[Name]:
    """ "the lamp", where there are lamps."""
    for device in layout.devices:
        noun = _noun(device)
        if noun and noun in shared and noun not in taken:
            yield Name(noun, noun, device.kind, device.announced)


def _said(name: str, aliases: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(spoken(text) for text in (name, *aliases))


def _lights(names: Iterable[Name], rooms: Collection[str]) -> Iterator[Name]:
    """A light called "play corner" is also called "play corner lights", unless that is something else.

    A light that bears a room's name is not: "kitchen lights" are all of them.
    """
    names = tuple(names)
    taken = {name.text for name in names}
    for name in names:
        if name.domain == "light" and name.text not in rooms and LIGHT_WORDS.isdisjoint(name.text.split()):
            for text in (f"{name.text} light", f"{name.text} lights"):
                if text not in taken:
                    yield replace(name, text=text)
