"""What everything in a home is called, as it is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from device.appliances.devices import Device
from device.home.reading import Layout
from device.understanding.numbers import ONES, TENS, spoken
from device.understanding.vocabulary import Name, Vocabulary

LIGHT_WORDS = {"light", "lights", "lamp", "lamps"}
NUMBER_WORDS = frozenset((*ONES, *TENS))
KIND_WORDS = {
    "vacuum": ("vacuum", "vacuum cleaner", "hoover"),
    "lawn_mower": ("mower", "lawn mower"),
    "humidifier": ("humidifier",),
    "water_heater": ("water heater", "boiler"),
    "siren": ("siren",),
    "alarm_panel": ("alarm", "alarm system"),
}
"""What things are called whatever their names are, since a home has few of them."""
COVER_WORDS = {"curtain", "blind", "shutter", "shade", "awning", "drape", "window", "gate"}
"""Of which people name one as several, and several as one."""
PLAIN_WORDS = {"light", "door", "sensor", "one", "heating", "heater", "radiator", "thermostat"}
"""Last words of names that mean a whole kind, or nothing by themselves: "the light" are the lights there."""

OTHER_LISTS: Mapping[str, tuple[str, ...]] = {"shopping": ("grocery", "groceries"), "to do": ("todo", "task")}
"""By the kind of a list: other words for it."""


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
    forms = tuple(_forms((*names, *scenes), rooms))
    nouns = tuple(_nouns(layout, {name.text for name in (*names, *scenes)}, shared))
    lights = tuple(_lights((*names, *scenes), rooms))
    return Vocabulary(
        names=tuple(dict.fromkeys((*names, *scenes, *lights, *forms, *nouns))),
        areas=tuple(
            Name(text, room.name) for room in layout.rooms for text in _said(room.name, room.aliases)
        ),
        floors=tuple(
            Name(text, floor.name) for floor in layout.floors for text in _said(floor.name, floor.aliases)
        ),
        settings=tuple(Name(text, text) for text in _settings(layout)),
        here=layout.here,
        lists=tuple(_lists(layout.lists)),
    )


def _lists(names: Iterable[str]) -> Iterator[Name]:
    """Lists by their names, with and without the word "list"; the usual ones also by another word."""
    taken: set[str] = set()
    for name in names:
        kind = spoken(name).removesuffix(" list")
        for text in (spoken(name), f"{kind} list", *(f"{other} list" for other in OTHER_LISTS.get(kind, ()))):
            if text not in taken:
                taken.add(text)
                yield Name(text, name)


def called(layout: Layout) -> Mapping[str, tuple[str, ...]]:
    """Names of devices by what one or several of them are called: a name or an alias that they share, or the
    last word of their names, "lamp", or the word for their kind, where nothing has that name alone."""
    whole: dict[str, list[str]] = {}
    last: dict[str, list[str]] = {}
    for device in layout.devices:
        for text in _said(device.name, device.aliases):
            whole.setdefault(text, []).append(device.name)
        for noun in _nouns_of(device):
            last.setdefault(noun, []).append(device.name)
    shared = {text: tuple(names) for text, names in whole.items() if len(set(names)) > 1}
    nouns = {noun: tuple(names) for noun, names in last.items() if noun not in whole}
    return {**nouns, **shared}


def _nouns_of(device: Device) -> Iterable[str]:
    """What a device is, in a word: the last of its name, where that does not say too little; and its kind."""
    return dict.fromkeys((*_last(spoken(device.name).split()), *KIND_WORDS.get(device.kind, ())))


def _last(said: Sequence[str]) -> Sequence[str]:
    """The last word of a name that says what it is: of "big lamp two" the lamp. "Blinds" are all of them."""
    words = said[: next((at for at, word in enumerate(said) if word in NUMBER_WORDS and at), len(said))]
    plain = not words or words[-1] in PLAIN_WORDS or words[-1].endswith("s")
    return () if plain or len(said) < 2 else words[-1:]


def _nouns(layout: Layout, taken: Collection[str], shared: Mapping[str, tuple[str, ...]]) -> Iterator[Name]:
    """ "the lamp", where there are lamps."""
    for device in layout.devices:
        for noun in _nouns_of(device):
            if noun in shared and noun not in taken:
                yield Name(noun, noun, device.kind, device.announced)


def _settings(layout: Layout) -> Iterable[str]:
    every = (spoken(option) for device in layout.devices for option in device.options)
    return dict.fromkeys(text for text in every if text)


def _said(name: str, aliases: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(spoken(text) for text in (name, *aliases))


def _forms(names: Sequence[Name], rooms: Collection[str]) -> Iterator[Name]:
    """A cover called "smart curtain" is also called "smart curtains", and the other way round, unless that
    is something else. "Bedroom blinds" are all that the bedroom has."""
    taken = {name.text for name in names}
    for name in names:
        first, _, last = name.text.rpartition(" ")
        other = last.removesuffix("s") if last.endswith("s") else f"{last}s"
        text = f"{first} {other}"
        free = first and first not in rooms and text not in taken
        if name.domain == "cover" and free and {last, other} & COVER_WORDS:
            yield replace(name, text=text)


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
