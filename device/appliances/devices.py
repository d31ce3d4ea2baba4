"""The parts of a home: floors, rooms, devices and scenes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.templates import Template
from device.events import Command
from device.understanding.numbers import spoken
from device.understanding.writing import readable

CAN: Mapping[str, tuple[str, ...]] = {
    "light": ("brightness",),
    "switch": (),
    "fan": ("speed",),
    "cover": ("position",),
    "climate": ("temperature",),
    "media_player": ("volume",),
    "lock": (),
    "vacuum": (),
    "lawn_mower": (),
    "valve": ("position",),
    "humidifier": ("humidity",),
    "water_heater": ("temperature",),
    "siren": (),
    "alarm_panel": (),
    "scene": (),
    "button": (),
    "number": ("number",),
    "select": ("option",),
    "sensor": (),
    "binary_sensor": (),
}
"""The kinds of device, mostly under Home Assistant's names, and what one can do besides on and off if `can`
is not given."""

CAPABILITIES = (
    *("brightness", "color", "color_temperature", "position", "speed", "temperature", "volume"),
    *("humidity", "number", "option"),
)

MEASURING = ("sensor", "binary_sensor")
"""Kinds that cannot be told anything."""

COVER_CLASSES = ("blind", "curtain", "shutter", "shade", "awning", "window", "garage", "gate", "door")
SENSOR_CLASSES = ("temperature", "humidity", "battery", "power", "energy", "illuminance", "carbon_dioxide")
BINARY_CLASSES = (
    *("moisture", "smoke", "gas", "carbon_monoxide", "motion", "occupancy", "presence"),
    *("door", "garage_door", "opening", "window"),
)
CLASSES: Mapping[str, tuple[str, ...]] = {
    "cover": COVER_CLASSES,
    "sensor": SENSOR_CLASSES,
    "binary_sensor": BINARY_CLASSES,
}
"""The classes that say something here, by kind; the names are Home Assistant's."""
WINDOW_COVERINGS = ("blind", "curtain", "shutter", "shade", "awning")
"""Classes that people name for one another."""
GUARDED_KINDS = ("lock", "alarm_panel", "siren")
GUARDED_CLASSES = ("garage", "gate", "door")
NEVER_GUARDED_KINDS = (
    *("light", "fan", "climate", "media_player", "vacuum", "lawn_mower", "humidifier", "water_heater"),
    *("sensor", "binary_sensor"),
)
"""Kinds for which GUARDED_WORDS mean nothing."""
GUARDED_WORDS = frozenset(
    each for word in ("garage", "gate", "door", "lock", "alarm") for each in (word, f"{word}s")
)
"""In the name of what can be switched or moved. A "front door light" is a light."""


@dataclass(frozen=True, slots=True)
class Floor:
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    floor: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is one of `CAN`; `topic` the base of the device's topics in its protocol (`zigbee2mqtt/lamp`
    for Zigbee2MQTT, `lamp` for Tasmota, where `relay` counts its relays from 1). `commands` come first.

    `options`: what it can be set to. `told_as`: the keys of the state that tell some of them, where that is
    not `option`. `cannot`: why it cannot be told what its kind mostly can, to be said behind its name.
    `limits`: the least and the most that its temperature, humidity
    or number can be set to, in the units of `Do`. `native`: names and ranges that the device announced, for
    its protocol's module. `guard`: it is known to be something that is guarded, whatever it is called here.
    `instead`: names that it may have where it shares its own with another.
    `usual`: `can` is only what its kind usually can. `announced`: home.toml says nothing of it.
    """

    name: str
    kind: str
    protocol: str
    topic: str
    room: str | None = None
    aliases: tuple[str, ...] = ()
    can: frozenset[str] = frozenset()
    device_class: str | None = None
    relay: int | None = None
    options: tuple[str, ...] = ()
    told_as: Mapping[str, str] = field(default_factory=dict)
    cannot: Mapping[Do, str] = field(default_factory=dict)
    limits: tuple[float, float] | None = None
    commands: Mapping[Do, Template] = field(default_factory=dict)
    native: Mapping[str, Any] = field(default_factory=dict)
    guard: bool = False
    instead: tuple[str, ...] = ()
    usual: bool = False
    announced: bool = False

    @property
    def called(self) -> str:
        """ "the kitchen lamp"; names that have an article of their own keep it."""
        name = readable(self.name)
        first = name.partition(" ")[0].lower()
        return name if first in ("the", "my", "our") or first.endswith("'s") else f"the {name}"

    def key_of(self, option: object) -> str:
        """The key of the state that tells that one of its options is chosen."""
        return self.told_as.get(str(option), "option")

    @property
    def guarded(self) -> bool:
        """Whether the house stands open when this goes wrong, as far as the device tells by itself."""
        if self.guard or self.kind in GUARDED_KINDS:
            return True
        if self.kind in NEVER_GUARDED_KINDS:
            return False
        words = {word for text in (self.name, *self.aliases) for word in spoken(text).split()}
        return self.device_class in GUARDED_CLASSES or not GUARDED_WORDS.isdisjoint(words)


@dataclass(frozen=True, slots=True)
class Addition:
    """What there is to say of a device that announces itself: on `topic`, or under `name`. With both, `name`
    is what it is called here. `can` is None where nothing is said of it.
    """

    name: str | None
    topic: str | None = None
    room: str | None = None
    aliases: tuple[str, ...] = ()
    can: frozenset[str] | None = None
    device_class: str | None = None
    relay: int | None = None
    commands: Mapping[Do, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """Actions on devices, by name, under one name."""

    name: str
    aliases: tuple[str, ...] = ()
    steps: Mapping[str, tuple[Action, ...]] = field(default_factory=dict)
    sends: tuple[Command, ...] = ()
