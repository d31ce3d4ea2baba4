"""The agenda on the disk, as JSON.

    {"version": 1, "made": 2, "entries": [{"kind": "timer", "id": 2, "at": "2026-03-02T18:05:00+01:00", …}]}

An entry that waits for a length of time has an instant, with its offset. One that waits for a time of the
clock on the wall has a local time, so that it stays the same when the offset changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from device.events import Intent
from device.memory.agenda import KINDS, Agenda, Entry, instant
from device.memory.kept import Kept

VERSION = 1
TYPES = {"id": int, "name": str, "seconds": int, "left": int, "text": str, "area": str}
"""Of an entry's values in the file; those that are not there have their defaults."""


def agenda_store(file: Path | None) -> Kept[Agenda]:
    """`file`: where it is kept; None: in memory."""
    return Kept(Agenda(), file, loads, dumps)


def dumps(agenda: Agenda) -> bytes:
    entries = [_entry_json(one) for one in agenda.entries]
    document = {"version": VERSION, "made": agenda.made, "entries": entries}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def loads(content: bytes) -> Agenda:
    """Raises ValueError for what is no agenda."""
    try:
        document = json.loads(content)
        version, made, bodies = document["version"], int(document["made"]), list(document["entries"])
    except (ValueError, TypeError, KeyError):
        raise ValueError("this is not an agenda, or only a part of one") from None
    if version != VERSION:
        raise ValueError(f"this agenda has version {version}, and Mynah knows version {VERSION} only")
    entries = tuple(map(_checked, bodies))
    ids = {entry.id for entry in entries}
    if len(ids) < len(entries):
        raise ValueError("two entries have one id")
    return Agenda(entries, max([made, *ids]))


def _checked(body: Mapping[str, Any]) -> Entry:
    try:
        return _entry(body)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(f"an entry makes no sense ({type(error).__name__}: {error})") from None


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
    for name, kind in TYPES.items():
        if not isinstance(values.get(name, kind()), kind):
            raise TypeError(name)
    entry = Entry(**values)
    if entry.id < 1:
        raise ValueError(entry.id)
    instant(entry.at)
    return entry


def _moment_json(at: datetime, absolute: bool) -> str:
    """Local time; with its offset where an instant is meant, and not a time of the clock on the wall."""
    return (at.astimezone() if absolute else at).isoformat()


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else datetime.fromtimestamp(at.timestamp())
