"""The questions that were handed over, in an SQLite database that only the daemon writes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from device.desk.handed import ANSWERED, CLOSED, OPEN, Handed
from device.errors import DeskError

FILE = "desk.sqlite"
"""Its name in the state folder."""
MOST = 1000
"""Questions that are kept; the oldest make room."""
MOST_OPEN = 50
"""Questions that wait for an answer; one more closes the oldest."""
LASTS = 14 * 86_400.0
"""Seconds for which a question waits for its answer."""
VERSION = 1
SCHEMA = """
CREATE TABLE handed (id TEXT PRIMARY KEY, at REAL, recipient TEXT, text TEXT, context TEXT, state TEXT,
    answer TEXT, ended REAL, keep INTEGER, sent INTEGER);
"""
COLUMNS = "id, at, recipient, text, context, state, answer, ended, keep, sent"


class Store:
    """One connection, for the thread that made it. Any method may raise sqlite3.Error, or OSError."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))  # nobody else is to read it
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._do = self._connection.execute
        self._do("PRAGMA journal_mode = WAL")
        self._do("PRAGMA synchronous = FULL")
        [version] = self._do("PRAGMA user_version").fetchone()
        if not version:
            self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT")

    def close(self) -> None:
        self._connection.close()

    def put(self, handed: Handed) -> None:
        """Keep it, also in the place of what it was before."""
        row = (
            *(handed.id, handed.at, handed.to, handed.text, json.dumps(handed.context, ensure_ascii=False)),
            *(handed.state, handed.answer, handed.ended, int(handed.keep), int(handed.sent)),
        )
        self._do(f"INSERT OR REPLACE INTO handed ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
        self._do(
            "DELETE FROM handed WHERE id NOT IN (SELECT id FROM handed ORDER BY at DESC, id LIMIT ?)", (MOST,)
        )

    def mark_sent(self, ids: Iterable[str]) -> None:
        """The questions `ids` have left."""
        self._connection.executemany("UPDATE handed SET sent = 1 WHERE id = ?", [(one,) for one in ids])

    def all(self) -> list[Handed]:
        """The oldest first."""
        return _all(self._connection)


def _all(connection: sqlite3.Connection) -> list[Handed]:
    return [_handed(row) for row in connection.execute(f"SELECT {COLUMNS} FROM handed ORDER BY at, id")]


def _handed(row: tuple[Any, ...]) -> Handed:
    number, at, to, text, context, state, answer, ended, keep, sent = row
    before = tuple((said, reply) for said, reply in json.loads(context))
    return Handed(number, at, to, text, before, state, answer, ended, bool(keep), bool(sent))


def listed(file: Path) -> list[Handed]:
    """What is kept in `file`; nothing where there is no such file. Raises DeskError."""
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _all(connection)
    except (sqlite3.Error, ValueError) as error:
        raise DeskError(f"{file}: the questions cannot be read: {error}") from error


def lapsed(waiting: Iterable[Handed], now: float) -> tuple[Handed, ...]:
    """Those of `waiting` that nobody answers any more, closed: the old ones, and the oldest of too many."""
    oldest = sorted(waiting, key=lambda one: one.at)
    most = max(0, len(oldest) - MOST_OPEN)
    over = (one for number, one in enumerate(oldest) if number < most or now - one.at > LASTS)
    return tuple(ended(one, "", False, now) for one in over)


def ended(handed: Handed, text: str, keep: bool, now: float) -> Handed:
    """`handed` with its answer, or closed where there is no `text`."""
    assert handed.state == OPEN
    return replace(handed, state=ANSWERED if text else CLOSED, answer=text, ended=now, keep=keep)
