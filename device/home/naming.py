"""What everything in a home is called, as it is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from device.appliances.devices import MEASURING, Device, Floor, Room, Scene
from device.home import outdoors
from device.home.reading import Layout
from device.home.shorter import LIGHT_WORDS, NUMBER_WORDS, plurals, shorter
from device.home.units import IMPERIAL
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name, Vocabulary

COVER_WORDS = {"curtain", "blind", "shutter", "shade", "awning", "drape", "window", "gate"}
"""Of which people name one as several, and several as one."""
PARTED = re.compile(r"\s*[/&+]\s*|\s+and\s+")
"""What joins the parts of a room's name."""
HEIGHTS: Mapping[str, int] = {
    **dict.fromkeys(("ground", "lower", "main", "downstairs"), 0),
    **{"basement": -1, "first": 1, "second": 2, "third": 3},
    **dict.fromkeys(("upper", "top", "upstairs", "attic"), 9),
}
"""By the first word of a floor's name: how high it is."""
OTHER_LISTS: Mapping[str, tuple[str, ...]] = {
    "shopping": ("grocery", "groceries"),
    "groceries": ("grocery", "shopping"),
    "grocery": ("groceries", "shopping"),
    "to do": ("todo", "task"),
    "tasks": ("task", "to do", "todo"),
}
"""By the kind of a list: other words for it."""
WITHOUT_LIST = frozenset({"groceries"})
"""Those that are said without "list", too."""


def with_learnt(layout: Layout) -> Layout:
    """`layout` with the names that the user has taught, where they are nothing else's."""
    named: tuple[Room | Floor | Device | Scene, ...]
    named = (*layout.rooms, *layout.floors, *layout.devices, *layout.scenes)
    taken = {spoken(text) for one in named for text in (one.name, *one.aliases)}
    others: dict[str, list[str]] = {}
    for lesson in layout.learnt:
        if lesson.is_alias and lesson.said not in taken:
            others.setdefault(spoken(lesson.means), []).append(lesson.said)
    if not others:
        return layout
    return replace(layout, devices=tuple(_also_called(one, others) for one in layout.devices))


def _also_called(device: Device, others: Mapping[str, Sequence[str]]) -> Device:
    more = () if device.guarded else others.get(spoken(device.name), ())
    return replace(device, aliases=(*device.aliases, *more)) if more else device


def vocabulary(layout: Layout) -> Vocabulary:
    rooms = {spoken(text) for room in layout.rooms for text in (room.name, *room.aliases)}
    shared = called(layout)
    names = tuple(
        Name(
            text,
            text if text in shared.one else device.name,
            device.kind,
            device.announced,
            device.device_class,
        )
        for device in layout.devices
        for text in _said(device.name, device.aliases)
    )
    scenes = tuple(
        Name(text, scene.name, "scene")
        for scene in layout.scenes
        for text in _said(scene.name, scene.aliases)
    )
    forms = tuple(_forms((*names, *scenes), _places(layout)))
    short = tuple(_short(layout, shared))
    lights = tuple(_lights((*names, *scenes, *short), rooms))
    return Vocabulary(
        names=tuple(dict.fromkeys(_of_one_meaning((*names, *scenes, *forms, *short, *lights)))),
        areas=tuple(_areas(layout)),
        floors=tuple(_floors(layout)),
        settings=tuple(Name(text, text) for text in _settings(layout)),
        here=layout.here,
        lists=tuple(_lists(layout.lists)),
        imperial=layout.units == IMPERIAL,
    )


def _areas(layout: Layout) -> Iterator[Name]:
    """Rooms by their names; a "home office" is the office, and a "kitchen/diner" the kitchen, where there is
    no other."""
    whole = _places(layout)
    last = Counter(spoken(room.name).split()[-1] for room in layout.rooms)
    parted = Counter(spoken(part) for room in layout.rooms for part in PARTED.split(room.name))
    for room in layout.rooms:
        word = spoken(room.name).split()[-1]
        alone = last[word] == 1 and word not in whole and word not in (*NUMBER_WORDS, "room", "area")
        parts = [text for part in PARTED.split(room.name) if (text := spoken(part)) and text not in whole]
        alone_in = [text for text in parts if parted[text] == 1]
        for text in (*_said(room.name, room.aliases), *((word,) if alone else ()), *alone_in):
            yield Name(text, room.name)


def _floors(layout: Layout) -> Iterator[Name]:
    """Floors by their names; of two above the cellar, the higher one is "upstairs" and the lower one
    "downstairs". What is outside is a floor of its own."""
    said = {text: floor.name for floor in layout.floors for text in _said(floor.name, floor.aliases)}
    heights = {floor.name: HEIGHTS.get(spoken(floor.name).split()[0]) for floor in layout.floors}
    known = {name: height for name, height in heights.items() if height is not None and height >= 0}
    cellars = [height for height in heights.values() if height is not None and height < 0]
    if len(set(known.values())) == 2 == len(heights) - len(cellars):
        lower, upper = sorted(known, key=lambda name: known[name])
        said = {"downstairs": lower, "upstairs": upper} | said
    if outdoors.OUTSIDE in outdoors.floors(layout.rooms).values() and outdoors.OUTSIDE not in _places(layout):
        said[outdoors.OUTSIDE] = outdoors.OUTSIDE
    yield from (Name(text, name) for text, name in said.items())


def _of_one_meaning(names: Iterable[Name]) -> Iterator[Name]:
    """Without those that mean something else before."""
    meant: dict[str, str] = {}
    return (name for name in names if meant.setdefault(name.text, name.value) == name.value)


def _lists(names: Iterable[str]) -> Iterator[Name]:
    """Lists by their names, with and without the word "list"; by another word, where it means one of them."""
    names = tuple(names)
    own = {text: name for name in reversed(names) for text in (spoken(name), f"{_kind(name)} list")}
    others = [(text, name) for name in names for text in _other_words(_kind(name)) if text not in own]
    count = Counter(text for text, _ in others)
    for text, name in (*own.items(), *others):
        if text in own or count[text] == 1:
            yield Name(text, name)


def _kind(name: str) -> str:
    return spoken(name).removesuffix(" list")


def _other_words(kind: str) -> Iterable[str]:
    """For lists of a kind: "personal tasks" are "tasks", and a "to do list"."""
    last = kind.split()[-1]
    alone = (last, f"{last} list") if last not in (kind, "do") else ()
    words = OTHER_LISTS.get(kind, OTHER_LISTS.get(last, ()))
    bare = (word for word in words if word in WITHOUT_LIST)
    return dict.fromkeys((*alone, *(f"{word} list" for word in words), *bare))


@dataclass(frozen=True, slots=True)
class Called:
    """What several devices, or one, are called besides their own names: names of devices by each text.

    `one`: one of them is meant: a name or an alias that they share, a part of their names, "lamp", or the
    word for their kind, where nothing has that name alone. `all`: the plural, which means all of them.
    """

    one: Mapping[str, tuple[str, ...]]
    all: Mapping[str, tuple[str, ...]]


def called(layout: Layout) -> Called:
    whole: dict[str, list[str]] = {}
    for device in layout.devices:
        for text in _said(device.name, device.aliases):
            whole.setdefault(text, []).append(device.name)
    scenes = {text for scene in layout.scenes for text in _said(scene.name, scene.aliases)}
    measuring = {device.name for device in layout.devices if device.kind in MEASURING}
    one = {text: tuple(names) for text, names in whole.items() if len(set(names)) > 1}
    many: dict[str, tuple[str, ...]] = {}
    for text, devices in shorter(layout.devices, _places(layout)).items():
        names = tuple(device.name for device in devices)
        others = whole.get(text, [])
        if text in scenes or not measuring.issuperset(others) or (others and not measuring.isdisjoint(names)):
            continue  # it is the name of something else, and not of what measures the same thing
        for plural in plurals(text, devices):
            if plural not in whole:
                many.setdefault(plural, names)
        if text not in many:
            one[text] = (*others, *names)
        elif (single := text.removesuffix("s")) not in whole:
            one.setdefault(single, names)
    return Called(one, {text: names for text, names in many.items() if text not in one})


def _places(layout: Layout) -> frozenset[str]:
    rooms = (text for room in layout.rooms for text in _said(room.name, room.aliases))
    floors = (text for floor in layout.floors for text in _said(floor.name, floor.aliases))
    return frozenset((*rooms, *floors))


def _short(layout: Layout, called: Called) -> Iterator[Name]:
    """ "The lamp", where there are lamps; "all the lamps"."""
    devices = {device.name: device for device in layout.devices}
    for text, names in (*called.one.items(), *called.all.items()):
        for name in names:
            one = devices[name]
            yield Name(text, text, one.kind, one.announced, one.device_class)


def _settings(layout: Layout) -> Iterable[str]:
    every = (spoken(option) for device in layout.devices for option in device.options)
    return dict.fromkeys(text for text in every if text)


def _said(name: str, aliases: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(spoken(text) for text in (name, *aliases))


def _forms(names: Sequence[Name], places: Collection[str]) -> Iterator[Name]:
    """A cover called "smart curtain" is also called "smart curtains", and the other way round, and so is a
    "play light", unless that is something else. "Bedroom blinds" are all that the bedroom has."""
    taken = {name.text for name in names}
    for name in names:
        first, _, last = name.text.rpartition(" ")
        other = last.removesuffix("s") if last.endswith("s") else f"{last}s"
        text = f"{first} {other}"
        free = first and first not in places and text not in taken
        words = {"cover": COVER_WORDS, "light": {"light", "lights"}}.get(name.domain, set())
        if free and {last, other} & words:
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
