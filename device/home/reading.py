"""home.toml → the parts of a home. `example.toml` beside this file shows every key.

Every error is a HomeError: what is wrong, in which file and line, and what to do.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import (
    CAN,
    CAPABILITIES,
    COVER_CLASSES,
    Addition,
    Device,
    Floor,
    Room,
    Scene,
    Template,
)
from device.errors import HomeError
from device.events import Command
from device.mqtt.topics import is_plain
from device.understanding.numbers import spoken

PROTOCOLS = ("zigbee2mqtt", "tasmota", "mqtt")
HOME_KEYS = ("here", "lock_confidence", "zigbee2mqtt_topic", "floor", "room", "device", "scene")
FLOOR_KEYS = ("name", "aliases")
ROOM_KEYS = ("name", "aliases", "floor")
DEVICE_KEYS = ("name", "aliases", "room", "kind", "class", "can", "protocol", "topic", "relay", "commands")
SCENE_KEYS = ("name", "aliases", "steps", "send")
STEP_VALUES: dict[str, Do] = {do.value: do for do in Do if do.value in CAPABILITIES}
STATES = {"on": Do.ON, "off": Do.OFF, "open": Do.ON, "closed": Do.OFF, "locked": Do.ON, "unlocked": Do.OFF}


@dataclass(frozen=True, slots=True)
class Layout:
    """A home as its file describes it. `here` is the room in which Mynah stands; locks and doors obey only
    what was heard with at least `lock_confidence`; `zigbee2mqtt` is that program's base topic; `additions`
    are said of devices that announce themselves, and are none before."""

    floors: tuple[Floor, ...] = ()
    rooms: tuple[Room, ...] = ()
    devices: tuple[Device, ...] = ()
    scenes: tuple[Scene, ...] = ()
    here: str | None = None
    lock_confidence: float = 0.9
    zigbee2mqtt: str = "zigbee2mqtt"
    additions: tuple[Addition, ...] = ()


def read(path: Path) -> Layout:
    """Raises HomeError."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise HomeError(f"{path}: cannot be read ({error.strerror}); check --home") from error
    except UnicodeDecodeError as error:
        raise HomeError(f"{path}: not UTF-8 text; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise HomeError(f"{path}: not valid TOML: {error}") from error
    return _Reader(path, text, table).layout()


class _Reader:
    def __init__(self, path: Path, text: str, table: Mapping[str, Any]) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.table = table

    def layout(self) -> Layout:
        self.known(self.table, HOME_KEYS, "key", 0)
        zigbee = self.table.get("zigbee2mqtt_topic", "zigbee2mqtt")
        if not is_plain(zigbee):
            line = self.line_of("zigbee2mqtt_topic")
            raise self.error(f"zigbee2mqtt_topic is {zigbee!r}; it must be a topic without + and #", line)
        floors = tuple(self.floor(entry, line) for entry, line in self.entries("floor"))
        rooms = tuple(self.room(entry, line, floors) for entry, line in self.entries("room"))
        self.unambiguous("floor")
        self.unambiguous("room")
        entries = self.entries("device")
        whole = [(entry, line) for entry, line in entries if not _is_addition(entry)]
        devices = tuple(self.device(entry, line, rooms, zigbee) for entry, line in whole)
        rest = [(entry, line) for entry, line in entries if _is_addition(entry)]
        additions = tuple(self.addition(entry, line, rooms) for entry, line in rest)
        self.unambiguous("device", "scene")
        names = [device.name for device in devices] + [one.name for one in additions if one.name]
        scenes = tuple(self.scene(entry, line, names) for entry, line in self.entries("scene"))
        here = self.table.get("here")
        if here is not None:
            here = self.one_of(here, [room.name for room in rooms], "room", "here", 0)
        sure = self.table.get("lock_confidence", 0.9)
        if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
            raise self.error(f"lock_confidence is {sure!r}; it must be a number from 0 to 1", 0)
        return Layout(floors, rooms, devices, scenes, here, float(sure), zigbee, additions)

    def floor(self, entry: Mapping[str, Any], line: int) -> Floor:
        self.known(entry, FLOOR_KEYS, "key in [[floor]]", line)
        return Floor(self.name(entry, "floor", line), self.words(entry, "aliases", line))

    def room(self, entry: Mapping[str, Any], line: int, floors: Iterable[Floor]) -> Room:
        self.known(entry, ROOM_KEYS, "key in [[room]]", line)
        name = self.name(entry, "room", line)
        floor = entry.get("floor")
        if floor is not None:
            floor = self.one_of(floor, [each.name for each in floors], "floor", name, line)
        return Room(name, floor, self.words(entry, "aliases", line))

    def device(self, entry: Mapping[str, Any], line: int, rooms: Iterable[Room], zigbee: str) -> Device:
        self.known(entry, DEVICE_KEYS, "key in [[device]]", line)
        name = self.name(entry, "device", line)
        kind = self.one_of(entry.get("kind"), list(CAN), "kind", name, line)
        protocol = self.one_of(entry.get("protocol"), PROTOCOLS, "protocol", name, line)
        can = self.can(entry, name, line)
        return Device(
            name=name,
            kind=kind,
            protocol=protocol,
            topic=self.topic(entry, name, protocol, zigbee, line),
            room=self.room_of(entry, name, line, rooms),
            aliases=self.words(entry, "aliases", line),
            can=frozenset(CAN[kind]) if can is None else can,
            device_class=self.device_class(entry, name, line),
            relay=self.relay(entry, name, line),
            commands=self.commands(entry, name, line),
            usual=can is None,
        )

    def addition(self, entry: Mapping[str, Any], line: int, rooms: Iterable[Room]) -> Addition:
        self.known(entry, DEVICE_KEYS, "key in [[device]]", line)
        topic = entry.get("topic")
        name = self.name(entry, "device", line) if topic is None or "name" in entry else None
        called = name or str(topic)
        if topic is not None and not is_plain(topic):
            raise self.error(
                f"the topic of {called!r} is {topic!r}; it must be a topic without + and #", line
            )
        return Addition(
            name=name,
            topic=topic,
            room=self.room_of(entry, called, line, rooms),
            aliases=self.words(entry, "aliases", line),
            can=self.can(entry, called, line),
            device_class=self.device_class(entry, called, line),
            relay=self.relay(entry, called, line),
            commands=self.commands(entry, called, line),
        )

    def room_of(self, entry: Mapping[str, Any], name: str, line: int, rooms: Iterable[Room]) -> str | None:
        room = entry.get("room")
        return None if room is None else self.one_of(room, [one.name for one in rooms], "room", name, line)

    def device_class(self, entry: Mapping[str, Any], name: str, line: int) -> str | None:
        found = entry.get("class")
        return None if found is None else self.one_of(found, COVER_CLASSES, "class", name, line)

    def can(self, entry: Mapping[str, Any], name: str, line: int) -> frozenset[str] | None:
        """None where nothing is said of it."""
        if "can" not in entry:
            return None
        words = self.words(entry, "can", line)
        return frozenset(self.one_of(each, CAPABILITIES, "capability", name, line) for each in words)

    def topic(self, entry: Mapping[str, Any], name: str, protocol: str, zigbee: str, line: int) -> str:
        topic = entry.get("topic")
        if topic is None and protocol == "tasmota":
            raise self.error(f"device {name!r} has no topic; give it the %topic% that Tasmota shows", line)
        topic = name if topic is None else topic
        if not is_plain(topic):
            raise self.error(f"the topic of {name!r} is {topic!r}; it must be a topic without + and #", line)
        return f"{zigbee}/{topic}" if protocol == "zigbee2mqtt" else topic

    def relay(self, entry: Mapping[str, Any], name: str, line: int) -> int | None:
        relay = entry.get("relay")
        if relay is not None and (isinstance(relay, bool) or not isinstance(relay, int) or relay < 1):
            raise self.error(f"the relay of {name!r} is {relay!r}; relays count from 1", line)
        return relay

    def commands(self, entry: Mapping[str, Any], name: str, line: int) -> dict[Do, Template]:
        commands = entry.get("commands", {})
        verbs = [do.value for do in Do]
        made: dict[Do, Template] = {}
        for verb, body in self.mapping(commands, f"the commands of {name!r}", line).items():
            do = Do(self.one_of(verb, verbs, "command", name, line))
            sent = self.send(body, f"command {verb!r} of {name!r}", line)
            made[do] = Template(sent.topic, str(sent.payload))
        return made

    def scene(self, entry: Mapping[str, Any], line: int, names: Collection[str]) -> Scene:
        self.known(entry, SCENE_KEYS, "key in [[scene]]", line)
        name = self.name(entry, "scene", line)
        steps: dict[str, tuple[Action, ...]] = {}
        for step in self.sequence(entry.get("steps", []), f"the steps of {name!r}", line):
            step = self.mapping(step, f"a step of {name!r}", line)
            device = self.one_of(step.get("device"), names, "device", name, line)
            steps[device] = (*steps.get(device, ()), *self.actions(step, name, line))
        sends = self.sequence(entry.get("send", []), f"what {name!r} sends", line)
        if not steps and not sends:
            raise self.error(f"scene {name!r} does nothing; give it steps", line)
        sent = tuple(self.send(body, f"what {name!r} sends", line) for body in sends)
        return Scene(name, self.words(entry, "aliases", line), steps, sent)

    def actions(self, step: Mapping[str, Any], name: str, line: int) -> Iterable[Action]:
        self.known(step, ("device", "state", *STEP_VALUES), f"key in a step of {name!r}", line)
        for key, value in step.items():
            do = STEP_VALUES.get(key)
            if key == "state":
                yield Action(STATES[self.one_of(value, list(STATES), "state", name, line)])
            elif do is Do.COLOR:
                yield Action(do, self.one_of(value, list(HEX), "color", name, line))
            elif do is not None:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise self.error(f"{key} in scene {name!r} is {value!r}; it must be a number", line)
                yield Action(do, value)

    def send(self, body: Any, what: str, line: int) -> Command:
        body = self.mapping(body, what, line)
        self.known(body, ("topic", "payload"), f"key in {what}", line)
        if not isinstance(body.get("topic"), str) or not isinstance(body.get("payload", ""), str):
            raise self.error(f"{what} needs a topic and a payload, both text", line)
        return Command(body["topic"], body.get("payload", ""))

    def entries(self, kind: str) -> list[tuple[Mapping[str, Any], int]]:
        """The [[kind]] tables, each with the line that it begins at."""
        entries = self.sequence(self.table.get(kind, []), f"[[{kind}]]", 0)
        head = f"[[{kind}]]"
        lines = [number for number, line in enumerate(self.lines, 1) if line.strip().startswith(head)]
        lines += [0] * (len(entries) - len(lines))
        return [(self.mapping(entry, head, line), line) for entry, line in zip(entries, lines, strict=False)]

    def name(self, entry: Mapping[str, Any], what: str, line: int) -> str:
        name = entry.get("name")
        if not isinstance(name, str) or not spoken(name):
            raise self.error(f'a {what} has no name that can be said; give it one: name = "…"', line)
        return name

    def words(self, entry: Mapping[str, Any], key: str, line: int) -> tuple[str, ...]:
        words = self.sequence(entry.get(key, []), key, line)
        if not all(isinstance(word, str) and spoken(word) for word in words):
            raise self.error(f"{key} must be a list of names that can be said, this is {words!r}", line)
        return tuple(words)

    def unambiguous(self, *kinds: str) -> None:
        """Raise HomeError if two entries of these kinds answer to one name."""
        taken: dict[str, tuple[str, int]] = {}
        for kind in kinds:
            for entry, line in self.entries(kind):
                own = () if _is_addition(entry) and "name" not in entry else (self.name(entry, kind, line),)
                name = own[0] if own else entry["topic"]
                for text in {spoken(each): each for each in (*own, *self.words(entry, "aliases", line))}:
                    if text in taken:
                        other, first = taken[text]
                        raise self.error(
                            f"{kind} {name!r} and {other} (line {first}) are both called {text!r}; "
                            "give one of them another name",
                            line,
                        )
                    taken[text] = (f"{kind} {name!r}", line)

    def one_of(self, value: Any, known: Collection[str], what: str, owner: str, line: int) -> str:
        if isinstance(value, str) and value in known:
            return value
        missing = f"{owner!r} has no {what}" if value is None else f"unknown {what} {value!r} of {owner!r}"
        raise self.error(f"{missing}; {_hint(value, known)}", line)

    def known(self, mapping: Mapping[str, Any], keys: Collection[str], what: str, line: int) -> None:
        for key in mapping:
            if key not in keys:
                raise self.error(f"unknown {what} {key!r}; {_hint(key, keys)}", line or self.line_of(key))

    def mapping(self, value: Any, what: str, line: int) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.error(f"{what} must be a table, this is {value!r}", line)
        return value

    def sequence(self, value: Any, what: str, line: int) -> list[Any]:
        if not isinstance(value, list):
            raise self.error(f"{what} must be a list, this is {value!r}", line)
        return value

    def line_of(self, key: str) -> int:
        starts = (key, f"[{key}", f"[[{key}", f'"{key}')
        found = (number for number, line in enumerate(self.lines, 1) if line.strip().startswith(starts))
        return next(found, 0)

    def error(self, message: str, line: int) -> HomeError:
        return HomeError(f"{self.path}:{line}: {message}" if line else f"{self.path}: {message}")


def _hint(value: Any, known: Collection[str]) -> str:
    near = difflib.get_close_matches(str(value), known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known) or 'none'}"


def _is_addition(entry: Mapping[str, Any]) -> bool:
    """Whether a [[device]] says something of what announces itself, and not all there is to know."""
    return "kind" not in entry and "protocol" not in entry
