"""The journal, for those who tell it what happens and those who ask what happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device.errors import JournalError
from device.events import Change
from device.memory.journal.database import connect
from device.memory.journal.entries import Entry, Forget
from device.memory.journal.past import Past
from device.memory.journal.states import SETTLING, States, Told
from device.memory.journal.store import Store
from device.memory.journal.writer import Bounds, Writer
from device.system.watch import passed

FILE = "journal.sqlite"
"""Its name in the state folder."""
FORGET = "journal.forget"
"""The verb of a change whose subject is a Forget."""


class Sink(Protocol):
    """What entries go to."""

    def take(self, entry: Entry | Forget) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Journal:
    """`sink` takes what happens, with times by `elapsed`, and waits for nothing. `past` is a context in which
    questions are asked; it raises JournalError where the journal cannot be read."""

    sink: Sink
    past: Callable[[], AbstractContextManager[Past]]
    elapsed: Callable[[], float]

    def apply(self, change: Change) -> None:
        """Take in a change; those of other stores are ignored."""
        if change.do == FORGET and isinstance(change.subject, Forget):
            self.sink.take(change.subject)


class Immediate:
    """A journal that ends with the process; entries are there at once."""

    def __init__(self) -> None:
        self.store = Store()

    def take(self, entry: Entry | Forget) -> None:
        if isinstance(entry, Forget):
            self.store.forget(entry)
        else:
            self.store.write([entry])

    def close(self) -> None:
        self.store.close()


def passing(clock: Callable[[], float]) -> Journal:
    """One that ends with the process. Its times are those of `clock`, which may be simulated."""
    sink = Immediate()

    @contextmanager
    def past() -> Iterator[Past]:
        yield sink.store.past

    return Journal(sink, past, clock)


def kept(file: Path, bounds: Bounds) -> Journal:
    """The one in `file`."""
    writer = Writer(file, bounds)
    writer.start()
    return Journal(writer, lambda: reading(file), passed)


def follow(journal: Journal, settling: float = SETTLING) -> Told:
    """What is told of the states of all things, for the journal. `settling`: see States."""
    return States(journal.sink.take, journal.elapsed, settling).changed


@contextmanager
def reading(file: Path) -> Iterator[Past]:
    """For questions to the journal in `file`. Raises JournalError."""
    try:
        with closing(connect(file, reading=True)) as connection:
            yield Past(connection)
    except sqlite3.Error as error:
        raise JournalError(f"{file}: the journal cannot be read: {error}") from error
