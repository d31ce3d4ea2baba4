"""Writes the journal on a thread of its own, so that nobody waits for the disk."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from device.memory.journal.entries import Entry, Forget
from device.memory.journal.store import DAY, Store
from device.system.atomic import set_aside
from device.system.watch import ClockWatch, passed

log = logging.getLogger(__name__)

BATCH = 1.0
"""Seconds in which entries are gathered for one transaction; a power cut loses no more than these."""
AGAIN = 30.0
"""Seconds from a failure to the next attempt."""
MOST = 20_000
"""Entries that wait for room on the disk; more push the oldest out."""
TORN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
ROOM_EVERY = 3600.0
"""Seconds between two looks at how old and how large the journal is."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long entries are kept, and how much room they may take."""

    days: int = 365
    megabytes: int = 200


DEFAULT = Bounds()


def in_the_log(text: str) -> None:
    """Tell what is wrong with the journal; "": it is right again."""
    if text:
        log.error(text)
    else:
        log.info("the journal is written again")


class Writer(threading.Thread):
    """Takes entries from any thread. Each has the passed time (`passed`) as its `at`, which becomes a time of
    the clock when it is written: nobody sets passed time.

    When the clock is set, entries of this process are moved by as much.
    """

    def __init__(
        self,
        file: Path,
        bounds: Bounds = DEFAULT,
        report: Callable[[str], None] = in_the_log,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = passed,
    ) -> None:
        """`report` is told what is wrong in a line, once for each time that it goes wrong, and "" when it is
        right again."""
        super().__init__(name="journal", daemon=True)
        self._file, self._bounds, self._report = file, bounds, report
        self._clock, self._elapsed, self._watch = clock, elapsed, ClockWatch(elapsed)
        self._waiting: deque[Entry | Forget] = deque(maxlen=MOST)
        self._come, self._ending = threading.Event(), threading.Event()
        self._store: Store | None = None
        self._began = (0, 0)
        self._set, self._room_at = 0.0, 0.0
        self._failing = ""

    def take(self, entry: Entry | Forget) -> None:
        """Write it within BATCH seconds. Waits for nothing."""
        self._waiting.append(entry)
        self._come.set()

    def close(self) -> None:
        """Write what is left, and end."""
        self._ending.set()
        self._come.set()
        self.join(10)

    def run(self) -> None:
        while not self._ending.is_set():
            self._come.wait()
            self._ending.wait(BATCH)
            self._come.clear()
            if not self._attempt():
                self._ending.wait(AGAIN)
                self._come.set()
        self._attempt()
        if self._store is not None:
            self._store.close()

    def _attempt(self) -> bool:
        """Whether everything that waits was written."""
        if not (batch := tuple(self._waiting)):
            return True
        try:
            self._write(batch)
        except sqlite3.Error as error:
            self._fail(error, getattr(error, "sqlite_errorcode", 0) & 0xFF in TORN)
            return False
        except OSError as error:
            self._fail(error, False)
            return False
        for one in batch:  # the oldest may have been pushed out meanwhile
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()
        if self._failing:
            self._failing = ""
            self._report("")
        return True

    def _write(self, batch: tuple[Entry | Forget, ...]) -> None:
        store = self._opened()
        if jump := self._watch.jumped(self._clock()):
            log.warning("the clock was set by %.0f s; the journal of this run is moved by as much", jump)
            store.move(self._began, jump)
            self._set = self._elapsed()
        ahead = self._clock() - self._elapsed()
        entries: list[Entry] = []
        for one in batch:
            if isinstance(one, Forget):
                store.write(entries)
                entries.clear()
                store.forget(one)
            else:
                entries.append(replace(one, at=one.at + ahead))
        if entries:
            store.write(entries)
        self._make_room(store)

    def _opened(self) -> Store:
        if self._store is None:
            self._store = Store(self._file)
            self._began = self._store.ends()
        return self._store

    def _make_room(self, store: Store) -> None:
        """Forget what is too old or too much. While the clock was set less than a day ago nothing counts as
        too old: it may be wrong."""
        now = self._elapsed()
        if now < self._room_at:
            return
        self._room_at = now + ROOM_EVERY
        if now - self._set > DAY:
            store.drop_before(self._clock() - self._bounds.days * DAY)
        store.shrink(self._bounds.megabytes * 1_000_000)

    def _fail(self, error: sqlite3.Error | OSError, torn: bool) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
        if torn:
            text = f"{self._file}: {error}; {self._put_aside()}"
        else:
            text = f"{self._file}: {error}; the journal is not written: make room, and let Mynah write there"
        if text != self._failing:
            self._failing = text
            self._report(text)

    def _put_aside(self) -> str:
        """Put a journal aside that cannot be read, and tell so."""
        try:
            for ending in ("-wal", "-shm"):
                self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
            return f"the journal is kept as {set_aside(self._file).name}, and a new one begins"
        except OSError as refusal:
            return f"it cannot be put aside: {refusal.strerror}"
