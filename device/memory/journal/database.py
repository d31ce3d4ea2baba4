"""The journal's file: an SQLite database in WAL mode (https://www.sqlite.org/wal.html).

A transaction is on the disk when it has ended: a power cut loses what was not written yet, and tears nothing.
Each pair of thing and key is a number (`series`); a change costs about 40 bytes with its index.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

VERSION = 1
SCHEMA = """
CREATE TABLE series (id INTEGER PRIMARY KEY, thing TEXT, key TEXT, UNIQUE (thing, key));
CREATE TABLE change (id INTEGER PRIMARY KEY, series INTEGER, at INTEGER, value, found INTEGER);
CREATE INDEX change_at ON change (series, at);
CREATE TABLE turn (id INTEGER PRIMARY KEY, at INTEGER, text TEXT, intent TEXT, confidence REAL, fine INTEGER,
    corrects INTEGER, body TEXT);
CREATE INDEX turn_at ON turn (at);
"""
"""`at` is in milliseconds. A `value` is an integer for yes and no, a real number, or a text."""
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",  # what is forgotten is overwritten
    "journal_size_limit = 4000000",
    "cache_size = -1000",
)
PATIENCE = 5.0
"""Seconds for which another process may hold the journal."""
LATEST = 2**53
"""Later than any time, in milliseconds."""


def connect(file: Path | None, *, reading: bool = False) -> sqlite3.Connection:
    """For the thread that calls this. `file`: None for what ends with the process. `reading`: nothing changes
    the file; one that is not there, or is not made yet, is empty. Raises sqlite3.Error, OSError.
    """
    if reading and file is not None and not file.exists():
        file, reading = None, False
    if file is not None and not reading:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))  # nobody else is to read it
    name = ":memory:" if file is None else f"{file.absolute().as_uri()}?mode={'ro' if reading else 'rw'}"
    connection = sqlite3.connect(name, PATIENCE, isolation_level=None, uri=file is not None)
    try:
        version = _version(connection)
        if not reading:
            _begin(connection, version)
    except sqlite3.Error:
        connection.close()
        raise
    if reading and not version:
        connection.close()
        return connect(None)
    return connection


def _version(connection: sqlite3.Connection) -> int:
    """That of its schema; 0 where it has none yet."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise sqlite3.NotSupportedError(f"it has version {version}, and Mynah knows version {VERSION} only")
    return int(version)


def _begin(connection: sqlite3.Connection, version: int) -> None:
    if not version:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if not version:
        connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT")


def millis(at: float) -> int:
    """`at`, in seconds, as the database has it."""
    return round(1000 * max(0.0, min(at, LATEST / 1000)))
