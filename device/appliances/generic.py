"""Devices that tell by themselves where their state stands, as Home Assistant's discovery describes them.

What they are told is in their `commands`; what they say is in `native["readings"]`, a tuple of Reading.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from device.appliances.actions import Action
from device.appliances.devices import Device
from device.events import Command
from device.mqtt.payload import parsed


@dataclass(frozen=True, slots=True)
class Jointly:
    """What several flags said last, of which all (`every`) or any must be true.

    `who`: what tells them apart; who said nothing does not count.
    """

    every: bool
    who: tuple[Hashable, ...]
    said: dict[Hashable, bool] = field(default_factory=dict, compare=False, repr=False)

    def hear(self, one: Hashable, value: bool) -> bool:
        self.said[one] = value
        return all(self.said.values()) if self.every else any(self.said.values())


@lru_cache(maxsize=4096)
def jointly(every: bool, who: tuple[Hashable, ...]) -> Jointly:
    """The same one for the same flags: a device that is announced once more has not said otherwise."""
    return Jointly(every, who)


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages on `topic` tell `key` of the state: at `path` in their JSON, without a path as they are.

    With `true` it is a flag, which has one of two texts; otherwise a number, `scale` times the state's.
    `jointly`: the flag is one of several that tell the key together; without it, who speaks last is right.
    """

    topic: str
    key: str
    path: tuple[str, ...] = ()
    true: str | None = None
    false: str | None = None
    scale: float = 1.0
    jointly: Jointly | None = None

    @property
    def who(self) -> Hashable:
        """What tells a flag apart from others."""
        return self.topic, self.path, self.true, self.false

    def read(self, payload: bytes) -> bool | float | None:
        """None where the message does not tell it, or is not to be read."""
        value: Any = payload.decode("utf-8", "replace").strip()
        if self.path:
            try:
                value = parsed(value)
            except ValueError:
                return None
            for name in self.path:
                value = value.get(name) if isinstance(value, dict) else None
        if self.true is not None:
            text = (
                {True: "true", False: "false"}.get(value, str(value))
                if isinstance(value, bool)
                else str(value)
            )
            return {self.true: True, self.false: False}.get(text)
        if isinstance(value, bool) or value is None:
            return None
        try:
            return float(value) / self.scale
        except (TypeError, ValueError, OverflowError):
            return None


def readings(device: Device) -> tuple[Reading, ...]:
    found: tuple[Reading, ...] = device.native.get("readings", ())
    return found


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """None: all that it can be told is in the device's own `commands`."""
    return ()


def query(device: Device) -> Command | None:
    """There is no way to ask; states are mostly retained."""
    return None


def topics(device: Device) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading.topic for reading in readings(device)))


def tells(device: Device) -> bool:
    """Whether it reports what it does, and not only that it is there."""
    return any(reading.key != "reachable" for reading in readings(device))


def state(device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
    """What a message says, in the units of `device.home.state`."""
    found: dict[str, bool | float] = {}
    for one in readings(device):
        if one.topic == topic and (value := one.read(payload)) is not None:
            if one.jointly is not None:
                value = one.jointly.hear(one.who, bool(value))
            found[one.key] = value
    if device.kind == "cover" and "position" in found:
        found.setdefault("open", found["position"] > 0)
    return found
