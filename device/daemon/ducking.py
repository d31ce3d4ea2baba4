"""Media players in the room are turned down while Mynah listens or speaks, and back up afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.assistant import Listening
from device.channels.channel import Duty
from device.channels.steps import Asked, Idle, Step
from device.events import Command, Turn
from device.home.conditions import holds
from device.home.state import HomeState

SHARE = 0.3
"""Of its volume, to which a player is turned down."""
LEAST = 15
"""Percent: a player that is softer than this disturbs nobody."""
NEAR = 2
"""Percent by which a player may report another volume than it was told."""
PAUSE = 0.8
"""Seconds of silence until players are turned up again: a reply may follow."""


class Room(Protocol):
    """`device.home.model.Home`."""

    @property
    def here(self) -> str | None: ...
    @property
    def state(self) -> HomeState: ...

    def in_area(self, area: str) -> Iterable[Device]: ...
    def commands(self, device: Device, actions: Iterable[Action]) -> tuple[Command, ...]: ...


@dataclass(frozen=True, slots=True)
class Ducked:
    """`device` was turned down to `low`, and goes back to `volume`."""

    device: Device
    volume: float
    low: float

    def after(self, told: float, relative: bool) -> Ducked:
        """A command has set the volume to `told`; if it was `relative`, from `low`."""
        return replace(self, volume=min(100.0, self.volume + told - self.low) if relative else told, low=told)

    def is_untouched(self, volume: Any) -> bool:
        """Whether nobody else has set it since, as far as it says; what was sent may be on its way."""
        return volume is None or min(abs(volume - self.low), abs(volume - self.volume)) <= NEAR


class Ducking(Duty):
    """For the players in the room in which Mynah stands, where it knows their volume. `send` waits for
    nothing; `speaking`: whether Mynah itself can be heard."""

    def __init__(
        self, room: Room, send: Callable[[Iterable[Command]], object], speaking: Callable[[], bool]
    ) -> None:
        self._room, self._send, self._speaking = room, send, speaking
        self._ducked: dict[str, Ducked] = {}
        self._idle, self._quiet_since = True, 0.0

    def take(self, step: Step) -> None:
        match step:
            case Listening() | Asked():
                self._idle = False
                self._duck()
            case Turn():
                self._note(step)
            case Idle():
                self._idle = True

    def tick(self, now: float) -> None:
        if not self._idle or self._speaking():
            self._quiet_since = now
            self._duck()
        elif self._ducked and now - self._quiet_since >= PAUSE:
            self._restore()

    def _duck(self) -> None:
        for device in self._room.in_area(self._room.here) if self._room.here else ():
            if device.kind != "media_player" or device.name in self._ducked:
                continue
            known = self._room.state.of(device.name)
            volume = known.get("volume")
            if volume is not None and volume >= LEAST and holds(known, "playing"):
                self._set(Ducked(device, float(volume), round(volume * SHARE)))

    def _set(self, ducked: Ducked) -> None:
        commands = self._room.commands(ducked.device, [Action(Do.VOLUME, ducked.low)])
        if commands:
            self._ducked[ducked.device.name] = ducked
            self._send(commands)

    def _note(self, turn: Turn) -> None:
        """A volume that was asked for meanwhile is not undone."""
        relative = any("volume_step" in intent.slots for intent in turn.intents)
        for one in turn.outcome.expected:
            if one.key == "volume" and (ducked := self._ducked.get(one.device)) is not None:
                self._ducked[one.device] = ducked.after(float(one.value), relative)

    def _restore(self) -> None:
        """What was turned off meanwhile waits until it is on: a volume might turn it on."""
        for name, ducked in tuple(self._ducked.items()):
            known = self._room.state.of(name)
            if known.get("on") is False:
                continue
            if ducked.volume != ducked.low and ducked.is_untouched(known.get("volume")):
                self._send(self._room.commands(ducked.device, [Action(Do.VOLUME, ducked.volume)]))
            del self._ducked[name]
