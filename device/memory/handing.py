"""Handing out what is due, each entry once and in the order of time. Pure.

An entry that is handed out stays in the agenda with a mark: a timer or an alarm while it rings, all others
until somebody took them. After a crash, a marked entry is told as missed: it is neither lost nor done twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from device.events import Due
from device.memory.agenda import RINGING, Agenda, Entry, instant
from device.understanding.times import next_on


def handed_out(agenda: Agenda, now: datetime) -> tuple[Agenda, tuple[Due, ...]]:
    """The agenda afterwards, and what was due by `now`. What is repeated goes on at its next time."""
    found: list[Due] = []
    for entry in agenda.due(now):
        once = entry
        if entry.days:
            once = replace(agenda.new(entry), days=())
            minute = entry.at.hour * 60 + entry.at.minute
            agenda = agenda.with_(replace(entry, at=next_on(entry.days, minute, now)))
        agenda = agenda.with_(replace(once, given=now))
        found.append(due(once, entry.late(now)))
    return agenda, tuple(found)


def unsettled(agenda: Agenda, handed: Collection[int]) -> tuple[Due, ...]:
    """What an earlier process handed out and nobody took; `handed`: what this one did."""
    marked = (entry for entry in agenda.entries if entry.given is not None and not entry.rings)
    return tuple(due(entry, True) for entry in marked if entry.id not in handed)


def settled(agenda: Agenda, taken: Due) -> Agenda:
    """Without `taken`, unless it rings."""
    return agenda.without(entry.id for entry in agenda.entries if entry.id == taken.id and not entry.rings)


def silenced(agenda: Agenda, now: datetime) -> Agenda:
    """Without what has rung long enough."""
    return agenda.without(
        entry.id
        for entry in agenda.ringing
        if entry.given is not None and instant(now) >= instant(entry.given + RINGING)
    )


def moved(agenda: Agenda, by: timedelta, stay: Collection[int]) -> Agenda:
    """The agenda when the clock was set forward by `by`: what waits for a length of time keeps its length.

    What waits for a clock time waits for it by the right clock. So do the entries `stay`, made before.
    """
    moves = (
        one for one in agenda.entries if one.seconds is not None and one.given is None and one.id not in stay
    )
    for entry in moves:
        agenda = agenda.with_(
            replace(entry, at=datetime.fromtimestamp(instant(entry.at) + by.total_seconds()))
        )
    return agenda


def due(entry: Entry, missed: bool) -> Due:
    return Due(entry.kind, entry.id, entry.at, entry.name, entry.text, entry.requests, entry.seconds, missed)
