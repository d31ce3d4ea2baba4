"""The homes of assist requests, as home.toml describes homes.

An entity becomes a device that is told everything on a topic of its own, its id. The payload is JSON: the
part of the entity's state that the command changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from device.appliances.actions import Do
from device.appliances.devices import CAN, CLASSES
from device.home.reading import HOME_KEYS
from device.understanding.numbers import spoken
from training.evaluate.assist_requests import Case, Entity
from training.evaluate.assist_states import LIST, abilities, class_of, kind_of

ON_OFF = {"on": '{"state": "on"}', "off": '{"state": "off"}'}
OPENED = {
    "on": '{"state": "open", "position": 100}',
    "off": '{"state": "closed", "position": 0}',
    "stop": "{}",
    "position": '{"position": {value}}',
}
HEATED = {"on": '{"state": "heat"}', "off": '{"state": "off"}', "temperature": '{"target": {value}}'}
PAYLOADS: Mapping[str, Mapping[str, str]] = {
    "light": {
        **ON_OFF,
        "brightness": '{"brightness": {value}}',
        "color": '{"state": "on", "color": "{value}"}',
        "color_temperature": '{"state": "on", "color_temperature": {value}}',
    },
    "switch": ON_OFF,
    "siren": ON_OFF,
    "humidifier": ON_OFF,
    "fan": {
        "on": '{"state": "on", "speed": 100}',
        "off": '{"state": "off", "speed": 0}',
        "speed": '{"speed": {value}}',
    },
    "cover": OPENED,
    "valve": OPENED,
    "lock": {"on": '{"state": "locked"}', "off": '{"state": "unlocked"}'},
    "climate": HEATED,
    "water_heater": HEATED,
    "media_player": {
        "on": '{"state": "playing"}',
        "off": '{"state": "off"}',
        "play": '{"state": "playing"}',
        "pause": '{"state": "paused"}',
        "next": '{"state": "playing", "skipped": 1}',
        "previous": '{"state": "playing", "skipped": -1}',
        "volume": '{"volume": {value}}',
        "mute": '{"volume": 0}',
    },
    "vacuum": {
        "start": '{"state": "cleaning"}',
        "pause": '{"state": "paused"}',
        "stop": '{"state": "idle"}',
        "dock": '{"state": "returning"}',
    },
    "lawn_mower": {
        "start": '{"state": "mowing"}',
        "pause": '{"state": "paused"}',
        "dock": '{"state": "returning"}',
    },
}
"""What each kind is told. The data set mutes by a volume of 0. Steps and toggling are left to Mynah, which
knows the state they start from."""


def is_known(entity: str) -> bool:
    """Whether home.toml has the entity's kind."""
    kind = kind_of(entity)
    return "lists" in HOME_KEYS if kind == LIST else kind in CAN


def names(entities: Iterable[Entity]) -> dict[str, str]:
    """The name of each entity that home.toml has, by its id: its own; where that is taken, with its kind."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for entity in entities:
        if not is_known(entity.id):
            continue
        kind = kind_of(entity.id).replace("_", " ")
        numbered = (f"{entity.name} {kind} {number}" for number in count(2))
        name = next(
            name
            for name in chain((entity.name, f"{entity.name} {kind}"), numbered)
            if spoken(name) not in taken
        )
        taken.add(spoken(name))
        given[entity.id] = name
    return given


def home_toml(case: Case) -> str:
    """The home of `case`, without the entities whose kind home.toml does not have."""
    named = names(case.entities)
    lists = [name for key, name in named.items() if kind_of(key) == LIST]
    lines = [] if case.here is None else [f"here = {_quoted(case.here)}"]
    lines += [f"lists = {_quoted(lists)}"] if lists else []
    for floor in dict.fromkeys(area.floor for area in case.areas if area.floor):
        lines += ["", "[[floor]]", f"name = {_quoted(floor)}"]
    for area in case.areas:
        lines += ["", "[[room]]", f"name = {_quoted(area.name)}"]
        lines += [f"floor = {_quoted(area.floor)}"] if area.floor else []
    for entity in case.entities:
        if entity.id in named and kind_of(entity.id) != LIST:
            lines += ["", "[[device]]", *_device(entity, named[entity.id])]
    return "\n".join([*lines, ""])


def _device(entity: Entity, name: str) -> Iterator[str]:
    kind = kind_of(entity.id)
    yield f"name = {_quoted(name)}"
    yield f'kind = "{kind}"'
    yield 'protocol = "mqtt"'
    yield f"can = {_quoted(abilities(entity))}"
    if entity.area is not None:
        yield f"room = {_quoted(entity.area)}"
    if (device_class := class_of(entity)) in CLASSES.get(kind, ()):
        yield f'class = "{device_class}"'
    yield "[device.commands]"
    verbs = {do.value for do in Do}
    for verb, payload in PAYLOADS.get(kind, {}).items():
        if verb in verbs:
            yield f"{verb} = {{ topic = {_quoted(entity.id)}, payload = {_quoted(payload)} }}"


def _quoted(value: object) -> str:
    """A string, or a list of strings, as TOML has it: as JSON."""
    return json.dumps(value, ensure_ascii=False)
