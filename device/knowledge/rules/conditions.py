"""What may be so in a home: conditions on the states of its things, and when they are true. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from device.home import conditions
from device.home.conditions import ACTIVITIES, CONDITIONS

Known = Mapping[str, Any]
"""What is known of a thing, see `device.home.state`."""

OTHERS: Mapping[str, tuple[str, bool]] = {
    "wet": ("water_leak", True),
    "dry": ("water_leak", False),
    "smoky": ("smoke", True),
    "gassy": ("gas", True),
    "poisoned": ("carbon_monoxide", True),
    "occupied": ("occupancy", True),
    "empty": ("occupancy", False),
    "gone": ("reachable", False),
}
"""Conditions that only rules know, as `device.home.conditions.CONDITIONS`."""
DONE = "done"
"""A machine that was at work is not any more."""
BUSY = ("cleaning", "mowing", "returning", "playing")
IDLE = 5.0
"""Watts below which a machine does nothing."""


@dataclass(frozen=True, slots=True)
class Is:
    """A thing is `wanted`: "on", "open", "wet", "done"."""

    wanted: str

    def holds(self, known: Known) -> bool | None:
        if self.wanted == DONE:
            return _done(known)
        if self.wanted in OTHERS:
            key, value = OTHERS[self.wanted]
            return known[key] == value if key in known else None
        return conditions.holds(known, self.wanted)

    @property
    def states(self) -> tuple[tuple[str, Any], ...]:
        """The keys and values of a state that make it true."""
        if self.wanted in ACTIVITIES:
            return (("activity", self.wanted),)
        if self.wanted == DONE:
            return (("on", False),)
        key, value = {**OTHERS, **CONDITIONS}[self.wanted]
        return ((key, value), ("contact", not value)) if key == "open" else ((key, value),)


@dataclass(frozen=True, slots=True)
class Level:
    """What a thing measures as `key` is `above`, or else below, `than`."""

    key: str
    above: bool
    than: float

    def holds(self, known: Known) -> bool | None:
        if self.key not in known:
            return None
        return bool(known[self.key] > self.than if self.above else known[self.key] < self.than)

    @property
    def states(self) -> tuple[tuple[str, Any], ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Was:
    """In the last `seconds`, or today where that is None, a thing became `wanted`; or, `never`, it did not.
    The journal knows."""

    wanted: str
    never: bool
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`test` is true of one of `things`, or of all of them if `every`, and has been so for `lasting` seconds.
    `text`: as it was written."""

    text: str
    things: tuple[str, ...]
    test: Is | Level | Was
    every: bool = False
    lasting: float = 0.0

    def holds(self, state: Callable[[str], Known], was: Callable[[str, Was], bool | None]) -> bool | None:
        """Whether it is so now; None where that is not known. `was` looks into the journal."""
        test = self.test
        if isinstance(test, Was):
            told = [was(thing, test) for thing in self.things]
        else:
            told = [test.holds(state(thing)) for thing in self.things]
        wins = not self.every
        if wins in told:
            return wins
        return None if None in told else not wins

    def contradicts(self, other: Condition) -> bool:
        """Whether both are never true at once."""
        if len(self.things) != 1 or self.things != other.things:
            return False
        mine, its = self.test, other.test
        if isinstance(mine, Level) and isinstance(its, Level) and mine.key == its.key:
            return mine.above != its.above and (
                mine.than >= its.than if mine.above else mine.than <= its.than
            )
        if isinstance(mine, Is) and isinstance(its, Is):
            wanted = dict(its.states)
            return any(key in wanted and wanted[key] != value for key, value in mine.states)
        return False


def _done(known: Known) -> bool | None:
    if "power" in known:
        return bool(known["power"] < IDLE)
    if "activity" in known:
        return known["activity"] not in BUSY
    return not known["on"] if "on" in known else None
