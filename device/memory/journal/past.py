"""What is asked of the journal. Each method reads what it needs by an index, however long the journal is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from device.memory.journal.database import millis
from device.memory.journal.entries import Changed, Turned

ALWAYS = float("inf")
CHANGE = "SELECT thing, key, value, at, found FROM change JOIN series ON series.id = change.series"
OF = "series = (SELECT id FROM series WHERE thing = ? AND key = ?)"
TURN = "SELECT at, text, intent, confidence, fine, body, corrects, id FROM turn"


class Past:
    """Reads over one connection, for its thread. Any method may raise sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self, thing: str, key: str, at: float = ALWAYS) -> Changed | None:
        """The last change of it at or before `at`."""
        query = f"{CHANGE} WHERE {OF} AND at <= ? ORDER BY at DESC, change.id DESC LIMIT 1"
        return next(self._changes(query, thing, key, millis(at)), None)

    def last_to(self, thing: str, key: str, value: Any, at: float = ALWAYS) -> Changed | None:
        """The last change of it to `value` at or before `at`."""
        query = f"{CHANGE} WHERE {OF} AND at <= ? AND value = ? ORDER BY at DESC, change.id DESC LIMIT 1"
        return next(self._changes(query, thing, key, millis(at), stored(value)), None)

    def changes(self, thing: str, key: str, since: float, until: float) -> Iterator[Changed]:
        """Those of one kind from `since` to `until`, in order."""
        query = f"SELECT value, at, found FROM change WHERE {OF} AND at BETWEEN ? AND ? ORDER BY at, id"
        rows = self._connection.execute(query, (thing, key, millis(since), millis(until)))
        return (_changed((thing, key, *row)) for row in rows)

    def latest(
        self, thing: str, key: str, since: float, until: float, most: int
    ) -> tuple[int, tuple[Changed, ...]]:
        """How many of one kind there are from `since` to `until`, and the last ones, at `most` so many, the
        last first. What was only found is none."""
        where = f"{OF} AND at BETWEEN ? AND ? AND found IS NULL"
        values = thing, key, millis(since), millis(until)
        [count] = self._connection.execute(f"SELECT count(*) FROM change WHERE {where}", values).fetchone()
        query = f"{CHANGE} WHERE {where} ORDER BY at DESC, change.id DESC LIMIT ?"
        return count, tuple(self._changes(query, *values, most))

    def all_changes(self, since: float = 0, until: float = ALWAYS) -> Iterator[Changed]:
        """The changes of everything, as they were written. Reads all of the journal."""
        query = f"{CHANGE} WHERE at BETWEEN ? AND ? ORDER BY change.id"
        return self._changes(query, millis(since), millis(until))

    def of_keys(self, keys: Sequence[str], since: float, until: float) -> Iterator[Changed]:
        """The changes of some keys of all things, in the order of time."""
        marks = ", ".join("?" * len(keys))
        query = f"{CHANGE} WHERE key IN ({marks}) AND at BETWEEN ? AND ? ORDER BY at, change.id"
        return self._changes(query, *keys, millis(since), millis(until))

    def turns(self, since: float = 0, until: float = ALWAYS) -> Iterator[Turned]:
        """Those from `since` to `until`, in order."""
        query = f"{TURN} WHERE at BETWEEN ? AND ? ORDER BY at, id"
        return map(_turned, self._connection.execute(query, (millis(since), millis(until))))

    def turns_back(self, until: float = ALWAYS) -> Iterator[Turned]:
        """Those up to `until`, the last first."""
        query = f"{TURN} WHERE at <= ? ORDER BY at DESC, id DESC"
        return map(_turned, self._connection.execute(query, (millis(until),)))

    def begins(self) -> float | None:
        """The time of the first entry; None where there is none."""
        firsts = ("SELECT at FROM change ORDER BY id LIMIT 1", "SELECT at FROM turn ORDER BY id LIMIT 1")
        found = [row[0] for first in firsts if (row := self._connection.execute(first).fetchone())]
        return min(found) / 1000 if found else None

    def _changes(self, query: str, *values: Any) -> Iterator[Changed]:
        return map(_changed, self._connection.execute(query, values))


def stored(value: Any) -> Any:
    """`value` as the database has it."""
    return value if isinstance(value, str) else int(value) if isinstance(value, bool) else float(value)


def _changed(row: tuple[Any, ...]) -> Changed:
    thing, key, value, at, found = row
    return Changed(thing, key, bool(value) if isinstance(value, int) else value, at / 1000, bool(found))


def _turned(row: tuple[Any, ...]) -> Turned:
    at, text, intent, confidence, fine, body, corrects, number = row
    return Turned(at / 1000, text, intent, confidence, bool(fine), json.loads(body), corrects, number)
