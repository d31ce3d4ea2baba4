"""The agenda: what is due when. Frozen: each change makes a new one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from device.events import Change, Intent

TIMER, ALARM, REMINDER, DELAYED = KINDS = ("timer", "alarm", "reminder", "delayed")
RINGING = timedelta(minutes=10)
"""How long a timer or an alarm rings."""
LATE = timedelta(seconds=30)
"""An entry that is due for longer than this was missed: Mynah only tells of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that falls due `at` a local time.

    `id`: the agenda gives it. `seconds`: the whole length, where a length was said ("in ten minutes"); it
    then follows passed time, and otherwise the clock on the wall. `left`: the seconds left of a
    paused timer; its `at` means nothing. `text`: what a reminder or a planned command is about. `requests`:
    what to do. `days`: the days of the week on which it is repeated. `given`: when it was handed out; a timer
    or an alarm rings from then on.
    """

    kind: str
    at: datetime
    id: int = 0
    name: str | None = None
    seconds: int | None = None
    left: int | None = None
    text: str = ""
    requests: tuple[Intent, ...] = ()
    days: tuple[str, ...] = ()
    area: str | None = None
    given: datetime | None = None

    @property
    def rings(self) -> bool:
        """Whether it rings now."""
        return self.given is not None and self.kind in (TIMER, ALARM) and not self.late(self.given)

    def late(self, now: datetime) -> bool:
        """Whether it is missed if nobody was told of it before `now`."""
        return instant(now) - instant(self.at) > LATE.total_seconds()

    def remaining(self, now: datetime) -> int:
        """Whole seconds until it is due, 0 where that is past."""
        if self.left is not None:
            return self.left
        return max(0, round(self.at.timestamp() - now.timestamp()))


@dataclass(frozen=True, slots=True)
class Agenda:
    """`entries` in the order in which they were made; `made`: how many there ever were."""

    entries: tuple[Entry, ...] = ()
    made: int = 0

    def waiting(self, kind: str) -> tuple[Entry, ...]:
        """The entries of `kind` that are still to come, in the order in which they were made."""
        return tuple(entry for entry in self.entries if entry.kind == kind and entry.given is None)

    def of(self, kind: str) -> tuple[Entry, ...]:
        """What rings of `kind`, and what is still to come."""
        return (*(entry for entry in self.ringing if entry.kind == kind), *self.waiting(kind))

    @property
    def ringing(self) -> tuple[Entry, ...]:
        """What rings now."""
        return tuple(entry for entry in self.entries if entry.rings)

    def new(self, entry: Entry) -> Entry:
        """`entry` with an id of its own; it is not in the agenda yet."""
        return replace(entry, id=self.made + 1)

    def with_(self, entry: Entry) -> Agenda:
        """With `entry`, in place of the one that has its id."""
        if any(one.id == entry.id for one in self.entries):
            entries = tuple(entry if one.id == entry.id else one for one in self.entries)
        else:
            entries = (*self.entries, entry)
        return Agenda(entries, max(self.made, entry.id))

    def without(self, ids: Iterable[int]) -> Agenda:
        gone = frozenset(ids)
        return replace(self, entries=tuple(one for one in self.entries if one.id not in gone))

    def after(self, changes: Iterable[Change]) -> Agenda:
        """The agenda in which `changes` are done: those whose subject is an entry."""
        agenda = self
        for change in changes:
            if not isinstance(change.subject, Entry):
                continue
            if change.do.endswith(".cancel"):
                agenda = agenda.without([change.subject.id])
            else:
                agenda = agenda.with_(change.subject)
        return agenda

    def due(self, now: datetime) -> tuple[Entry, ...]:
        """What is due by `now` and was not handed out, in the order of its time."""
        found = (one for one in self.entries if one.given is None and one.left is None)
        return tuple(sorted((one for one in found if instant(one.at) <= instant(now)), key=_order))

    def next(self) -> float | None:
        """The instant at which something is due or ends to ring; None where nothing ever is."""
        times = [instant(one.at) for one in self.entries if one.given is None and one.left is None]
        times += [instant(one.given + RINGING) for one in self.entries if one.given is not None and one.rings]
        return min(times, default=None)


def instant(at: datetime) -> float:
    """Seconds since 1970: unlike local times, they never go back when summer ends."""
    return at.timestamp()


def _order(entry: Entry) -> tuple[float, int]:
    return instant(entry.at), entry.id
