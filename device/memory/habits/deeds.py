"""What people of a home do, as the journal has it: something was turned on, opened, locked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from device.memory.journal.entries import Changed

KEYS = ("on", "open", "locked")
"""Of a state: what somebody does. All else is measured, or happens."""
SLOT = 30
"""Minutes of a part of the day."""
SLOTS = 24 * 60 // SLOT
BEGINS = 4
"""The hour at which a day begins: who goes to bed after midnight does so on the day before."""


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """`key` of `thing` becomes `value`."""

    thing: str
    key: str
    value: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A deed at a local time."""

    deed: Deed
    at: datetime


def deeds(changes: Iterable[Changed]) -> Iterator[Done]:
    """The deeds among `changes`, in their order; what was only found so is none."""
    for change in changes:
        if change.key in KEYS and isinstance(change.value, bool) and not change.found:
            yield Done(Deed(change.thing, change.key, change.value), datetime.fromtimestamp(change.at))


def slot(at: datetime) -> int:
    """The part of the day, 0 … SLOTS - 1."""
    return (at.hour * 60 + at.minute) // SLOT


def day(at: datetime) -> datetime:
    """The midnight of the day to which `at` belongs."""
    return (at - timedelta(hours=BEGINS)).replace(hour=0, minute=0, second=0, microsecond=0)


def free(at: datetime) -> bool:
    """Whether it is a day off, as far as the calendar tells."""
    return day(at).weekday() >= 5
