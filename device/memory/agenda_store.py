"""The agenda on the disk: one JSON file, whole or not at all.

Every change reads the file, if another process has written it, changes it and writes it anew, under a lock. A
file that makes no sense is set aside, never overwritten; the entries in it that make sense are kept.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from device.events import Intent
from device.memory.agenda import KINDS, Agenda, Entry, instant
from device.system.atomic import set_aside, write_whole

log = logging.getLogger(__name__)

VERSION = 1
Stamp = tuple[int, int, int]
"""Of a file: its inode, size and time of change, which tell whether it is still the one that was read."""


class AgendaStore(Protocol):
    """Where the agenda is kept."""

    def read(self) -> Agenda:
        """The agenda as it is now."""

    def change(self, how: Callable[[Agenda], Agenda]) -> Agenda:
        """The agenda after `how`; it is kept when this returns."""


class InMemory:
    """An agenda that ends with the process."""

    def __init__(self) -> None:
        self._agenda = Agenda()

    def read(self) -> Agenda:
        return self._agenda

    def change(self, how: Callable[[Agenda], Agenda]) -> Agenda:
        self._agenda = how(self._agenda)
        return self._agenda


class AgendaFile:
    """An agenda in `file`. What cannot be written is still kept until the process ends, with a warning."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._agenda = Agenda()
        self._stamp: Stamp | None = None

    def read(self) -> Agenda:
        stamp = self._stamp_now()
        if stamp is not None and stamp != self._stamp:
            self._agenda = self._load()
            self._stamp = self._stamp_now()
        return self._agenda

    def change(self, how: Callable[[Agenda], Agenda]) -> Agenda:
        with self._locked():
            before = self.read()
            self._agenda = how(before)
            if self._agenda != before:
                self._write()
            return self._agenda

    def _stamp_now(self) -> Stamp | None:
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _write(self) -> None:
        try:
            write_whole(self._file, dumped(self._agenda), 0o600)
        except OSError as error:
            log.warning(
                "%s cannot be written (%s): timers and alarms will be lost when Mynah ends; make room or allow"
                " it to write there",
                self._file,
                error.strerror,
            )
        self._stamp = self._stamp_now()

    def _load(self) -> Agenda:
        try:
            content = self._file.read_bytes()
        except OSError as error:
            log.warning("%s cannot be read (%s): allow Mynah to read it", self._file, error.strerror)
            return self._agenda
        agenda, problem = loaded(content)
        if problem:
            self._set_aside(problem)
            if agenda.entries:
                self._agenda = agenda
                self._write()
        return agenda

    def _set_aside(self, problem: str) -> None:
        try:
            aside = set_aside(self._file)
        except OSError as error:
            log.error("%s: %s, and cannot be renamed (%s)", self._file, problem, error.strerror)
            return
        log.error("%s: %s; it is kept as %s: set again what is missing", self._file, problem, aside.name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all processes; without a lock where the folder cannot be written."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(
                self._file.with_name(f".{self._file.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600
            )
        except OSError:
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def dumped(agenda: Agenda) -> bytes:
    """The agenda as it is written."""
    document = {
        "version": VERSION,
        "made": agenda.made,
        "entries": [_entry_json(one) for one in agenda.entries],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def loaded(content: bytes) -> tuple[Agenda, str]:
    """The agenda in `content`, and what is wrong with it, "" where all is well."""
    try:
        document = json.loads(content)
        version, made, bodies = document["version"], int(document["made"]), list(document["entries"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return Agenda(), "this is no agenda, or only a part of one"
    if version != VERSION:
        return Agenda(), f"this agenda has version {version}, and Mynah knows version {VERSION} only"
    entries: dict[int, Entry] = {}
    wrong = 0
    for body in bodies:
        try:
            entry = _entry(body)
            wrong += entry.id in entries
            entries.setdefault(entry.id, entry)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            wrong += 1
    agenda = Agenda(tuple(entries.values()), max([made, *entries]))
    return agenda, f"{wrong} of its {len(bodies)} entries make no sense" if wrong else ""


def _entry_json(entry: Entry) -> Mapping[str, Any]:
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    values["at"] = _moment_json(entry.at, entry.seconds is not None)
    values["given"] = None if entry.given is None else _moment_json(entry.given, True)
    values["requests"] = [
        {"name": intent.name, "slots": dict(intent.slots), "confidence": intent.confidence}
        for intent in entry.requests
    ]
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}


def _entry(body: Mapping[str, Any]) -> Entry:
    """Raises ValueError, TypeError, KeyError or AttributeError for what is no entry."""
    values = dict(body)
    if values["kind"] not in KINDS:
        raise ValueError(values["kind"])
    values["at"] = _moment(values["at"])
    if "given" in values:
        values["given"] = _moment(values["given"])
    values["days"] = tuple(values.get("days", ()))
    values["requests"] = tuple(
        Intent(str(one["name"]), dict(one["slots"]), float(one["confidence"]))
        for one in values.get("requests", ())
    )
    entry = Entry(**values)
    if not isinstance(entry.id, int) or entry.id < 1:
        raise ValueError(entry.id)
    instant(entry.at)
    return entry


def _moment_json(at: datetime, absolute: bool) -> str:
    """Local time; with its offset where an instant is meant, and not a time of the clock on the wall."""
    return (at.astimezone() if absolute else at).isoformat()


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else datetime.fromtimestamp(at.timestamp())
