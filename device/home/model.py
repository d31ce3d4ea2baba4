"""The home: what it consists of, what is known of it, and what an intent means in it."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from device.appliances import generic, guards, tasmota, zigbee2mqtt
from device.appliances.actions import Action, Do
from device.appliances.devices import CAPABILITIES, Device, Room
from device.appliances.relative import Missing, stepped, toggled
from device.events import Command, Expectation, Handled, Intent, NotHandled, NotRecognized
from device.home import handling, naming, reading, surprise
from device.home.expectations import expectation
from device.home.reading import Layout
from device.home.state import HomeState
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Vocabulary

log = logging.getLogger(__name__)

VOLUME_STEPS = {Do.LOUDER: 10, Do.QUIETER: -10, Do.VOLUME_STEP: 0}
"""Percent, for "turn the volume up"."""
REMEMBERED = datetime.timedelta(minutes=2)
"""How long "it" is what was spoken of last."""
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


class _Protocol(Protocol):
    """A module of `device.mqtt` that knows one kind of firmware."""

    def commands(self, device: Device, actions: Iterable[Action]) -> tuple[Command, ...]: ...

    def query(self, device: Device) -> Command | None: ...

    def topics(self, device: Device) -> tuple[str, ...]: ...

    def tells(self, device: Device) -> bool: ...

    def state(self, device: Device, topic: str, payload: bytes) -> Mapping[str, Any]: ...


PROTOCOLS: Mapping[str, _Protocol] = {"zigbee2mqtt": zigbee2mqtt, "tasmota": tasmota, "mqtt": generic}


class Home:
    """A home. `state` follows what the appliances say; `rearrange` changes what there is."""

    def __init__(
        self, layout: Layout, clock: Callable[[], datetime.datetime] = datetime.datetime.now
    ) -> None:
        self.clock = clock
        self.state = HomeState()
        self._about: tuple[Mapping[str, Any], datetime.datetime] | None = None
        self.rearrange(layout)

    def rearrange(self, layout: Layout) -> None:
        """From now on the home is `layout`; what is known of devices that stay, stays."""
        self.layout = layout
        self.vocabulary: Vocabulary = naming.vocabulary(layout)
        """Everything that has a name here, as it is said."""
        self.devices: Mapping[str, Device] = {device.name: device for device in layout.devices}
        self.guarded = guards.guarded(layout.devices, layout.scenes)
        """The names of the devices and scenes that want to be sure of what was heard."""
        self._floors = {room.name: room.floor for room in layout.rooms}
        self._listeners: dict[str, list[Device]] = {}
        for device in layout.devices:
            for topic in _topics(device):
                self._listeners.setdefault(topic, []).append(device)
        self.state.keep(self.devices)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Home:
        """The home of a home.toml; without one, the example. Raises HomeError."""
        return cls(reading.read(Path(path) if path is not None else EXAMPLE))

    def handle(self, meaning: Intent | NotRecognized) -> Handled | NotHandled:
        """What is sent and replied. Sends nothing itself."""
        if isinstance(meaning, NotRecognized):
            return NotHandled("Sorry, I did not understand that")
        meaning, outcome = self._outcome(meaning)
        if isinstance(outcome, Handled) and (about := handling.about(self, meaning)):
            self._about = about, self.clock()
        return outcome

    def surprise(self, intent: Intent) -> float:
        """Nats: how unlikely it is that somebody asks for this here. 0 for what is to be expected."""
        _, outcome = self._outcome(replace(intent, confidence=1.0))
        return surprise.surprise(intent, outcome)

    def _outcome(self, intent: Intent) -> tuple[Intent, Handled | NotHandled]:
        """What comes of the intent, in which "it" has become what was spoken of last."""
        if intent.slots.get("it"):
            if (about := self._it()) is None:
                return intent, NotHandled("I do not know what you mean")
            intent = replace(intent, slots={**intent.slots, **about})
        return intent, handling.handle(self, intent)

    def _it(self) -> Mapping[str, Any] | None:
        """The slots of what was spoken of last, unless that was too long ago."""
        if self._about is None:
            return None
        about, at = self._about
        return about if datetime.timedelta() <= self.clock() - at < REMEMBERED else None

    @property
    def here(self) -> str | None:
        """The room in which Mynah stands."""
        return self.layout.here

    def in_area(self, area: str) -> tuple[Device, ...]:
        return tuple(device for device in self.layout.devices if device.room == area)

    def floor_of(self, device: Device) -> str | None:
        return self._floors.get(device.room) if device.room else None

    def commands(self, device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
        """The device's own commands for `actions`; none if it cannot do one of them, or one leads nowhere."""
        settled = self.settled(device, actions)
        if isinstance(settled, Missing):
            return ()
        made: list[Command] = []
        rest: list[Action] = []
        for action in settled:
            if action.do in VOLUME_STEPS and action.do not in device.commands:
                action = self._volume(device, action)
            if action.do.value in CAPABILITIES and action.do.value not in device.can:
                return ()
            if template := device.commands.get(action.do):
                made.append(template.command(action))
            else:
                rest.append(action)
        if rest:
            native = _native(device, rest)
            if not native:
                return ()
            made.extend(native)
        return tuple(made)

    def settled(self, device: Device, actions: Iterable[Action]) -> tuple[Action, ...] | Missing:
        """`actions`; those for which the device has no message become what they lead to from its known state.

        What it cannot do in any state stays as it is.
        """
        known = self.state.of(device.name)
        settled: list[Action] = []
        for action in actions:
            to: Action | Missing = action
            if action.do in device.commands:
                pass
            elif action.do is Do.TOGGLE and not _native(device, [action]):
                if self.commands(device, [Action(Do.ON)]) or self.commands(device, [Action(Do.OFF)]):
                    to = toggled(device, known)
            elif action.do is Do.BRIGHTNESS_STEP and Do.BRIGHTNESS.value in device.can:
                to = stepped(action, known)
            if isinstance(to, Missing):
                return to
            settled.append(to)
        return tuple(settled)

    def expectation(self, device: Device, actions: Iterable[Action]) -> Expectation | None:
        """What the device reports once it has done `actions`; None where it reports nothing."""
        protocol = PROTOCOLS.get(device.protocol)
        told = protocol is not None and protocol.tells(device)
        return expectation(device, actions, self.state.of(device.name)) if told else None

    def reachable(self, device: Device) -> bool:
        """Whether the device did not say, or was not said, to be gone."""
        known = self.state.of(device.name)
        return bool(known.get("reachable", True) and known.get("bridge", True))

    def _volume(self, device: Device, step: Action) -> Action:
        """A step as the volume that it leads to, where the present one is known; otherwise as it is."""
        volume = self.state.of(device.name).get("volume")
        if volume is None:
            return step
        change = step.number if step.do is Do.VOLUME_STEP else VOLUME_STEPS[step.do]
        return Action(Do.VOLUME, min(100, max(0, volume + change)))

    def topics(self) -> tuple[str, ...]:
        """What to subscribe to, so that `observe` hears of every change."""
        return tuple(self._listeners)

    def query(self, device: Device) -> Command | None:
        """The message that asks a device for its state; None where there is no way to ask."""
        protocol = PROTOCOLS.get(device.protocol)
        return protocol.query(device) if protocol else None

    def queries(self) -> tuple[Command, ...]:
        """Messages that ask every appliance for its state; to be sent after each connect."""
        asked = map(self.query, self.layout.devices)
        return tuple({query.topic: query for query in asked if query}.values())

    def observe(self, topic: str, payload: bytes) -> None:
        """Take in a message of an appliance; others are ignored. May be called from another thread."""
        for device in self._listeners.get(topic, ()):
            try:
                values = PROTOCOLS[device.protocol].state(device, topic, payload)
            except (ValueError, OverflowError) as error:
                log.warning("%s says what cannot be read on %s: %s", device.name, topic, error)
                continue
            if values:
                self.state.update(device.name, values)


def _native(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """What its protocol's module has for `actions`."""
    protocol = PROTOCOLS.get(device.protocol)
    return protocol.commands(device, actions) if protocol else ()


def _topics(device: Device) -> tuple[str, ...]:
    protocol = PROTOCOLS.get(device.protocol)
    return protocol.topics(device) if protocol else ()
