"""The home: its rooms and devices, what is known of their state, and what they can do now."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from device.appliances import dialects, guards, orders
from device.appliances.actions import Action
from device.appliances.devices import Device, Room
from device.appliances.expectations import expectation
from device.appliances.relative import Missing
from device.events import Command, Expectation
from device.home import naming, outdoors, reading
from device.home.reading import Layout
from device.home.state import HomeState
from device.mqtt.topics import is_plain, matches
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Vocabulary

log = logging.getLogger(__name__)

EXAMPLE = Path(__file__).parent / "example.toml"
"""The home that is used where none is given."""


def own(layout: Layout, file: Path) -> Layout:
    """What of the layout read from `file` is the user's: of the example its rooms, but nobody's devices."""
    return replace(layout, devices=(), scenes=()) if file == EXAMPLE else layout


def standing_in(layout: Layout, room: str) -> Layout:
    """With Mynah in the room called so, which is there from now on if it was not."""
    for known in layout.rooms:
        if spoken(room) in [spoken(text) for text in (known.name, *known.aliases)]:
            return replace(layout, here=known.name)
    return replace(layout, rooms=(*layout.rooms, Room(room)), here=room)


class Home:
    """A home. `state` follows what the appliances say; `rearrange` changes what there is."""

    def __init__(self, layout: Layout) -> None:
        self.state = HomeState()
        self.rearrange(layout)

    def rearrange(self, layout: Layout) -> None:
        """From now on the home is `layout`; what is known of devices that stay, stays."""
        self.layout = layout
        named = naming.with_learnt(layout)
        self.vocabulary: Vocabulary = naming.vocabulary(named)
        """Everything that has a name here, as it is said."""
        self.devices: Mapping[str, Device] = {device.name: device for device in layout.devices}
        self.guarded = guards.guarded(layout.devices, layout.scenes)
        """The names of the devices and scenes that want to be sure of what was heard."""
        self._called = naming.called(named)
        self._floors = outdoors.floors(layout.rooms)
        self._listeners: dict[str, list[Device]] = {}
        for device in layout.devices:
            for topic in dialects.topics(device):
                self._listeners.setdefault(topic, []).append(device)
        self._patterns = [topic for topic in self._listeners if not is_plain(topic)]
        self.state.keep(self.devices)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Home:
        """The home of a home.toml; without one, the example. Raises HomeError."""
        return cls(reading.read(Path(path) if path is not None else EXAMPLE))

    def named(self, name: str) -> tuple[Device, ...]:
        """The devices that `name` may mean: the one of that name, or all that are called so."""
        shared = self._called.one.get(name) or self._called.all.get(name)
        return tuple(self.devices[one] for one in shared or (name,) if one in self.devices)

    def is_plural(self, name: str) -> bool:
        """Whether `name` means all the devices that it may mean."""
        return name in self._called.all

    @property
    def here(self) -> str | None:
        """The room in which Mynah stands."""
        return self.layout.here

    def in_area(self, area: str) -> tuple[Device, ...]:
        return tuple(device for device in self.layout.devices if device.room == area)

    def floor_of(self, device: Device) -> str | None:
        return self._floors.get(device.room) if device.room else None

    def reachable(self, device: Device) -> bool:
        """Whether the device did not say, or was not said, to be gone."""
        known = self.state.of(device.name)
        return bool(known.get("reachable", True) and known.get("bridge", True))

    def settled(self, device: Device, actions: Iterable[Action]) -> tuple[Action, ...] | Missing:
        """What `actions` lead to from the device's known state, see `orders.settled`."""
        return orders.settled(device, actions, self.state.of(device.name))

    def commands(self, device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
        """The messages for `actions`; nothing if the device cannot do one of them, or one leads nowhere."""
        return orders.commands(device, actions, self.state.of(device.name))

    def expectation(self, device: Device, actions: Iterable[Action]) -> Expectation | None:
        """What the device reports once it has done `actions`; None where it reports nothing."""
        if not dialects.tells(device):
            return None
        known = self.state.of(device.name)
        return expectation(dialects.in_mode(device, known), actions, known)

    def topics(self) -> tuple[str, ...]:
        """What to subscribe to, so that `observe` hears of every change."""
        return tuple(self._listeners)

    def query(self, device: Device) -> Command | None:
        """The message that asks a device for its state; None where there is no way to ask."""
        return dialects.query(device)

    def queries(self) -> tuple[Command, ...]:
        """Messages that ask every appliance for its state; to be sent after each connect."""
        asked = map(self.query, self.layout.devices)
        return tuple({query.topic: query for query in asked if query}.values())

    def observe(self, topic: str, payload: bytes) -> None:
        """Take in a message of an appliance; others are ignored. May be called from another thread."""
        patterns = (pattern for pattern in self._patterns if matches(pattern, topic))
        for device in (one for each in (topic, *patterns) for one in self._listeners.get(each, ())):
            try:
                values = dialects.state(device, topic, payload)
            except (ValueError, OverflowError) as error:
                log.warning("%s says what cannot be read on %s: %s", device.name, topic, error)
                continue
            if values:
                self.state.update(device.name, values)
