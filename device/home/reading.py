"""home.toml → the parts of a home. `example.toml` beside this file shows every key.

Every error is a HomeError: what is wrong, in which file and line, and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import (
    CAN,
    CAPABILITIES,
    CLASSES,
    COVER_CLASSES,
    Addition,
    Device,
    Floor,
    Room,
    Scene,
)
from device.appliances.scale import CELSIUS, SAME
from device.appliances.templates import Template
from device.errors import HomeError
from device.events import Command
from device.home.distinct import distinct
from device.home.units import METRIC
from device.memory.learnt import Lesson
from device.memory.lists import LISTS
from device.mqtt.topics import is_plain
from device.reading import toml
from device.reading.located import Table
from device.settings import UNITS
from device.understanding.numbers import spoken

PROTOCOLS = ("zigbee2mqtt", "tasmota", "mqtt")
HOME_KEYS = (
    *("here", "lock_confidence", "zigbee2mqtt_topic", "exclude", "lists", "units"),
    *("floor", "room", "device", "scene"),
)
FLOOR_KEYS = ("name", "aliases")
ROOM_KEYS = ("name", "aliases", "floor")
ADDITION_KEYS = ("name", "aliases", "room", "class", "can", "topic", "relay", "commands")
DEVICE_KEYS = (*ADDITION_KEYS, "kind", "protocol", "options", "range")
SCENE_KEYS = ("name", "aliases", "steps", "send")
ANY_CLASS = tuple(name for names in CLASSES.values() for name in names)
"""Of a device whose kind is announced."""
STEP_VALUES: dict[str, Do] = {do.value: do for do in Do if do.value in CAPABILITIES}
SYNONYMS = {
    **dict.fromkeys(("open", "lock", "press", "activate"), Do.ON),
    **dict.fromkeys(("close", "unlock"), Do.OFF),
}
"""What `Do.ON` and `Do.OFF` are called for some kinds; a device's commands may say so."""
COMMANDS = {**{do.value: do for do in Do}, **SYNONYMS}
STATES = {"on": Do.ON, "off": Do.OFF, "open": Do.ON, "closed": Do.OFF, "locked": Do.ON, "unlocked": Do.OFF}


@dataclass(frozen=True, slots=True)
class Layout:
    """A home as its file describes it. `here` is the room in which Mynah stands; locks and doors obey only
    what was heard with at least `lock_confidence`; `zigbee2mqtt` is that program's base topic; `additions`
    are said of devices that announce themselves, and are none before. `lists`: names of lists to write on.
    `exclude` holds the names, as they are spoken, of what "everything" does not mean. `units`: "metric" or
    "imperial". `learnt`: what the user has taught here."""

    floors: tuple[Floor, ...] = ()
    rooms: tuple[Room, ...] = ()
    devices: tuple[Device, ...] = ()
    scenes: tuple[Scene, ...] = ()
    here: str | None = None
    lock_confidence: float = 0.9
    zigbee2mqtt: str = "zigbee2mqtt"
    additions: tuple[Addition, ...] = ()
    lists: tuple[str, ...] = LISTS
    exclude: frozenset[str] = frozenset()
    units: str = METRIC
    learnt: tuple[Lesson, ...] = ()


def read(path: Path) -> Layout:
    """The home that a file describes. Raises HomeError."""
    document = toml.load(path, HomeError, "check --home")
    document.only(HOME_KEYS)
    zigbee = document.get("zigbee2mqtt_topic", "zigbee2mqtt")
    if not is_plain(zigbee):
        raise document.wrong(
            f"zigbee2mqtt_topic is {zigbee!r}; it must be a topic without + and #", "zigbee2mqtt_topic"
        )
    floors = tuple(_floor(entry) for entry in _entries(document, "floor"))
    rooms = tuple(_room(entry, floors) for entry in _entries(document, "room"))
    _unambiguous(document, "floor")
    _unambiguous(document, "room")
    entries = _entries(document, "device")
    devices = distinct(_device(entry, rooms, zigbee) for entry in entries if not _is_addition(entry))
    additions = tuple(_addition(entry, rooms) for entry in entries if _is_addition(entry))
    _unambiguous(document, "device", "scene")
    names = [device.name for device in devices] + [one.name for one in additions if one.name]
    scenes = tuple(_scene(entry, names) for entry in _entries(document, "scene"))
    here, sure = document.get("here"), document.get("lock_confidence", 0.9)
    if here is not None:
        here = document.one_of(here, [room.name for room in rooms], "room", "here")
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
        raise document.wrong(f"lock_confidence is {sure!r}; it must be a number from 0 to 1")
    lists = _words(document, "lists") if "lists" in document else LISTS
    exclude = frozenset(map(spoken, _words(document, "exclude")))
    units = document.one_of(document.get("units", METRIC), UNITS, "unit", "units")
    return Layout(floors, rooms, devices, scenes, here, float(sure), zigbee, additions, lists, exclude, units)


def _entries(document: Table, kind: str) -> list[Table]:
    """The [[kind]] tables."""
    head = f"[[{kind}]]"
    return list(document.sequence(kind, head).tables(head))


def _is_addition(entry: Table) -> bool:
    """Whether a [[device]] says something of what announces itself, and not all there is to know."""
    return "kind" not in entry and "protocol" not in entry


def _unambiguous(document: Table, *kinds: str) -> None:
    """Raise HomeError if two entries of these kinds answer to one name. Devices may share theirs."""
    taken: dict[str, tuple[str, str, int]] = {}
    for kind in kinds:
        for entry in _entries(document, kind):
            name = str(entry["topic"]) if "name" not in entry and "topic" in entry else _name(entry, kind)
            names = (name,) if "name" in entry else ()
            for text in {spoken(each): each for each in (*names, *_words(entry, "aliases"))}:
                if text in taken and not taken[text][0] == kind == "device":
                    other, called, line = taken[text]
                    raise entry.wrong(
                        f"{kind} {name!r} and {other} {called!r} (line {line}) are both called {text!r}; "
                        "give one of them another name"
                    )
                taken[text] = (kind, name, entry.line)


def _floor(entry: Table) -> Floor:
    entry.only(FLOOR_KEYS, "key in [[floor]]")
    return Floor(_name(entry, "floor"), _words(entry, "aliases"))


def _room(entry: Table, floors: Iterable[Floor]) -> Room:
    entry.only(ROOM_KEYS, "key in [[room]]")
    name, floor = _name(entry, "room"), entry.get("floor")
    if floor is not None:
        floor = entry.one_of(floor, [each.name for each in floors], "floor", name)
    return Room(name, floor, _words(entry, "aliases"))


def _device(entry: Table, rooms: Iterable[Room], zigbee: str) -> Device:
    """`zigbee`: the base topic of Zigbee2MQTT."""
    entry.only(DEVICE_KEYS, "key in [[device]]")
    name = _name(entry, "device")
    kind = entry.one_of(entry.get("kind"), list(CAN), "kind", name)
    protocol = entry.one_of(entry.get("protocol"), PROTOCOLS, "protocol", name)
    topic = _topic(entry, name, None if protocol == "tasmota" else name)
    if topic is None:
        raise entry.wrong(f"device {name!r} has no topic; give it the %topic% that Tasmota shows")
    can = _can(entry, name)
    return Device(
        name=name,
        kind=kind,
        protocol=protocol,
        topic=f"{zigbee}/{topic}" if protocol == "zigbee2mqtt" else topic,
        room=_room_of(entry, name, rooms),
        aliases=_words(entry, "aliases"),
        can=frozenset(CAN[kind]) if can is None else can,
        device_class=_device_class(entry, name, CLASSES.get(kind, COVER_CLASSES)),
        relay=_relay(entry, name),
        options=_words(entry, "options"),
        limits=_limits(entry, name),
        commands=_commands(entry, name),
        usual=can is None,
    )


def _addition(entry: Table, rooms: Iterable[Room]) -> Addition:
    entry.only(ADDITION_KEYS, "key of a [[device]] without kind and protocol")
    topic = entry.get("topic")
    name = _name(entry, "device") if topic is None or "name" in entry else None
    called = name or str(topic)
    return Addition(
        name=name,
        topic=_topic(entry, called),
        room=_room_of(entry, called, rooms),
        aliases=_words(entry, "aliases"),
        can=_can(entry, called),
        device_class=_device_class(entry, called, ANY_CLASS),
        relay=_relay(entry, called),
        commands=_commands(entry, called),
    )


def _name(entry: Table, what: str) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not spoken(name):
        raise entry.wrong(f'a {what} has no name that can be said; give it one: name = "…"')
    return name


def _words(entry: Table, key: str) -> tuple[str, ...]:
    words = entry.sequence(key, key)
    if not all(isinstance(word, str) and spoken(word) for word in words):
        raise entry.wrong(f"{key} must be a list of names that can be said, this is {words!r}")
    return tuple(words)


def _topic(entry: Table, name: str, default: str | None = None) -> str | None:
    topic = entry.get("topic", default)
    if topic is not None and not is_plain(topic):
        raise entry.wrong(f"the topic of {name!r} is {topic!r}; it must be a topic without + and #")
    return topic


def _room_of(entry: Table, name: str, rooms: Iterable[Room]) -> str | None:
    room = entry.get("room")
    return None if room is None else entry.one_of(room, [one.name for one in rooms], "room", name)


def _device_class(entry: Table, name: str, known: Collection[str]) -> str | None:
    found = entry.get("class")
    return None if found is None else entry.one_of(found, known, "class", name)


def _can(entry: Table, name: str) -> frozenset[str] | None:
    """None where nothing is said of it."""
    if "can" not in entry:
        return None
    return frozenset(entry.one_of(each, CAPABILITIES, "capability", name) for each in _words(entry, "can"))


def _relay(entry: Table, name: str) -> int | None:
    relay = entry.get("relay")
    if relay is not None and (isinstance(relay, bool) or not isinstance(relay, int) or relay < 1):
        raise entry.wrong(f"the relay of {name!r} is {relay!r}; relays count from 1")
    return relay


def _limits(entry: Table, name: str) -> tuple[float, float] | None:
    if "range" not in entry:
        return None
    match tuple(entry.sequence("range", f"the range of {name!r}")):
        case (int() | float() as least, int() | float() as most) if least < most:
            return least, most
    raise entry.wrong(f"the range of {name!r} must be two numbers: range = [LEAST, MOST]")


def _commands(entry: Table, name: str) -> dict[Do, Template]:
    commands = entry.mapping("commands", f"the commands of {name!r}")
    made: dict[Do, Template] = {}
    for verb in commands:
        do = COMMANDS[commands.one_of(verb, list(COMMANDS), "command", name)]
        what = f"command {verb!r} of {name!r}"
        sent = _sent(commands.mapping(verb, what), what)
        scale = CELSIUS if do is Do.TEMPERATURE else SAME
        made[do] = Template(sent.topic, str(sent.payload), scale)
    return made


def _scene(entry: Table, names: Collection[str]) -> Scene:
    """`names`: of the devices that there are."""
    entry.only(SCENE_KEYS, "key in [[scene]]")
    name = _name(entry, "scene")
    steps: dict[str, tuple[Action, ...]] = {}
    for step in entry.sequence("steps", f"the steps of {name!r}").tables(f"a step of {name!r}"):
        device = step.one_of(step.get("device"), names, "device", name)
        steps[device] = (*steps.get(device, ()), *_actions(step, name))
    what = f"what {name!r} sends"
    sends = tuple(_sent(body, what) for body in entry.sequence("send", what).tables(what))
    if not steps and not sends:
        raise entry.wrong(f"scene {name!r} does nothing; give it steps")
    return Scene(name, _words(entry, "aliases"), steps, sends)


def _actions(step: Table, scene: str) -> Iterable[Action]:
    step.only(("device", "state", *STEP_VALUES), f"key in a step of {scene!r}")
    for key, value in step.items():
        do = STEP_VALUES.get(key)
        if key == "state":
            yield Action(STATES[step.one_of(value, list(STATES), "state", scene)])
        elif do is Do.COLOR:
            yield Action(do, step.one_of(value, list(HEX), "color", scene))
        elif do is Do.OPTION:
            yield Action(do, str(value))
        elif do is not None:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise step.wrong(f"{key} in scene {scene!r} is {value!r}; it must be a number")
            yield Action(do, value)


def _sent(body: Table, what: str) -> Command:
    body.only(("topic", "payload"), f"key in {what}")
    if not isinstance(body.get("topic"), str) or not isinstance(body.get("payload", ""), str):
        raise body.wrong(f"{what} needs a topic and a payload, both text")
    return Command(body["topic"], body.get("payload", ""))
