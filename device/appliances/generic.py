"""Devices that tell by themselves where their state stands, as Home Assistant's discovery describes them.

What they are told is in their `commands`; what they say is in `native["readings"]`, a tuple of Reading.
What heats to one temperature and cools to another has `native["setpoints"]`: by its modes, the key of the
state and the message.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.rendering import TemplateError, value
from device.appliances.scale import SAME, Scale
from device.events import Command
from device.mqtt.topics import matches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Jointly:
    """What several flags said last, of which all (`every`) or any must be true.

    `who`: what tells them apart; who said nothing does not count. `guesses`: those of them that only conclude
    from data that is missing that something is not there; they do not count where another says that it is.
    """

    every: bool
    who: tuple[Hashable, ...]
    guesses: frozenset[Hashable] = frozenset()
    said: dict[Hashable, bool] = field(default_factory=dict, compare=False, repr=False)

    def hear(self, one: Hashable, value: bool) -> bool:
        self.said[one] = value
        sure = [said for who, said in self.said.items() if who not in self.guesses]
        if self.every and any(sure):
            return all(sure)
        return all(self.said.values()) if self.every else any(self.said.values())


@lru_cache(maxsize=4096)
def jointly(every: bool, who: tuple[Hashable, ...], guesses: frozenset[Hashable] = frozenset()) -> Jointly:
    """The same one for the same flags: a device that is announced once more has not said otherwise."""
    return Jointly(every, who, guesses)


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages on `topic`, which may have wildcards, tell `key` of the state: what `template` picks of them.

    With `true` and `false` it is a flag, which has one of some texts; with `text` it is a text, of `true`
    where that says which; otherwise a number in the device's `scale`. `jointly`: the flag is one of several
    that tell the key together; without it, who speaks last is right.
    """

    topic: str
    key: str
    template: str | None = None
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    text: bool = False
    scale: Scale = SAME
    jointly: Jointly | None = None

    @property
    def who(self) -> Hashable:
        """What tells a flag apart from others."""
        return self.topic, self.template, self.true, self.false

    def read(self, payload: bytes) -> bool | float | str | None:
        """None where the message does not tell it, or is not to be read."""
        try:
            said = value(self.template, payload.decode("utf-8", "replace").strip())
        except TemplateError as error:
            log.debug("%s: its template cannot be rendered: %s", self.topic, error)
            return None
        if self.text:
            return said if said in self.true or not self.true else None
        if self.true or self.false:
            return True if _is(said, self.true) else False if _is(said, self.false) else None
        try:
            return self.scale.back(float(said))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None


def _is(said: str, texts: tuple[str, ...]) -> bool:
    """JSON's true is Python's True."""
    return said in texts or (said in ("true", "false") and said.capitalize() in texts)


def readings(device: Device) -> tuple[Reading, ...]:
    found: tuple[Reading, ...] = device.native.get("readings", ())
    return found


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """None: all that it can be told is in the device's own `commands`."""
    return ()


def in_mode(device: Device, known: Mapping[str, Any]) -> Device:
    """The device as it takes orders in its present mode, in which it may have one of two setpoints."""
    setpoint = device.native.get("setpoints", {}).get(known.get("option"))
    if setpoint is None or Do.TEMPERATURE in device.commands:
        return device
    key, message = setpoint
    commands = {**device.commands, Do.TEMPERATURE: message}
    return replace(device, commands=commands, native={**device.native, "target": key})


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
    found: dict[str, bool | float | str] = {}
    for one in readings(device):
        if matches(one.topic, topic) and (read := one.read(payload)) is not None:
            if one.jointly is not None:
                said, read = bool(read), one.jointly.hear(one.who, bool(read))
                if read and not said and one.who in one.jointly.guesses:
                    log.info("%s: %s lacks what would tell that it is there", device.name, topic)
            found[one.key] = read
    position = found.get("position")
    if isinstance(position, int | float):
        found.setdefault("open", position > 0)
    return found
