"""The journal as it is written: entries are added, forgotten, and make room when they are old."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from device.memory.journal.database import LATEST, connect, millis
from device.memory.journal.entries import Changed, Entry, Forget, Turned
from device.memory.journal.past import Past, stored

CORRECTED = 120_000
"""Milliseconds after a turn in which another one may correct it."""
AT_ONCE = 5_000
"""Rows that make room in one transaction."""
DAY = 86_400
"""Seconds."""


class Store:
    """One connection, for the thread that made it. Any method may raise sqlite3.Error, or OSError."""

    def __init__(self, file: Path | None = None) -> None:
        """`file`: None for one that ends with the process."""
        self._connection = connect(file)
        self._do = self._connection.execute
        self._series: dict[tuple[str, str], int] = {}
        self.past = Past(self._connection)

    def close(self) -> None:
        self._connection.close()

    def write(self, entries: Iterable[Entry]) -> None:
        """All of them, or none where it raises."""
        with self._transaction():
            for entry in entries:
                if isinstance(entry, Turned):
                    self._write_turn(entry)
                else:
                    self._write_change(entry)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            self._series.clear()
            if self._connection.in_transaction:
                self._do("ROLLBACK")
            raise

    def _write_change(self, change: Changed) -> None:
        if change.found:
            last = self.past.last(change.thing, change.key)
            if last is not None and last.value == change.value:
                return  # so it was before, and so it is still
        self._do(
            "INSERT INTO change (series, at, value, found) VALUES (?, ?, ?, ?)",
            (
                self._number(change.thing, change.key),
                millis(change.at),
                stored(change.value),
                1 if change.found else None,
            ),
        )

    def _write_turn(self, turn: Turned) -> None:
        at, corrects = millis(turn.at), turn.corrects
        if corrects == 0:
            before = "SELECT max(id) FROM turn WHERE at BETWEEN ? AND ? AND text IS NOT NULL"
            [corrects] = self._do(before, (at - CORRECTED, at)).fetchone()
        body = json.dumps(turn.body, ensure_ascii=False, separators=(",", ":"), default=str)
        self._do(
            "INSERT INTO turn (at, text, intent, confidence, fine, corrects, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (at, turn.text, turn.intent, turn.confidence, int(turn.fine), corrects, body),
        )

    def _number(self, thing: str, key: str) -> int:
        if (known := self._series.get((thing, key))) is not None:
            return known
        self._do("INSERT OR IGNORE INTO series (thing, key) VALUES (?, ?)", (thing, key))
        [number] = self._do("SELECT id FROM series WHERE thing = ? AND key = ?", (thing, key)).fetchone()
        return self._series.setdefault((thing, key), int(number))

    def forget(self, what: Forget) -> int:
        """How many entries were forgotten. Nothing of them is left in the file."""
        tables = [name for name, wanted in (("turn", what.turns), ("change", what.states)) if wanted]
        with self._transaction():
            times = millis(what.since), millis(what.until)
            gone = sum(self._do(f"DELETE FROM {t} WHERE at BETWEEN ? AND ?", times).rowcount for t in tables)
            unused = "DELETE FROM series WHERE id NOT IN (SELECT series FROM change)"
            self._do(unused)
        self._series.clear()
        self._do("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def ends(self) -> tuple[int, int]:
        """The numbers of the last change and the last turn; 0 where there is none."""
        found = (self._do(f"SELECT max(id) FROM {table}").fetchone() for table in ("change", "turn"))
        change, turn = (row[0] or 0 for row in found)
        return change, turn

    def move(self, after: tuple[int, int], seconds: float) -> None:
        """What was written behind `after`, see `ends`, was so much later: the clock was wrong."""
        with self._transaction():
            for table, number in zip(("change", "turn"), after, strict=True):
                self._do(
                    f"UPDATE {table} SET at = max(0, at + ?) WHERE id > ?", (round(1000 * seconds), number)
                )

    def drop_before(self, at: float) -> None:
        """Forget what was written first and is older than `at`."""
        while self._drop_oldest(millis(at)):
            pass

    def shrink(self, size: int) -> None:
        """Forget what was written first, until the rest has room in `size` bytes."""
        while self.size > size and self._drop_oldest(LATEST):
            pass
        self._connection.execute("PRAGMA incremental_vacuum").fetchall()

    @property
    def size(self) -> int:
        """Bytes that the entries take."""
        page, pages, free = (
            self._do(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
        )
        return int(page * (pages - free))

    def _drop_oldest(self, before: int) -> int:
        oldest = "DELETE FROM {0} WHERE at < ? AND id < (SELECT min(id) FROM {0}) + ?"
        with self._transaction():
            return sum(
                self._do(oldest.format(table), (before, AT_ONCE)).rowcount for table in ("change", "turn")
            )
