"""`mynah history`: what the journal has, shown, exported and forgotten; the service need not be stopped.

A time is one of the clock, such as 2026-03-02T18:00, or a length that has passed, such as 90m, 3h or 7d.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import merge
from pathlib import Path
from typing import Any

from device.commands import options as common
from device.errors import JournalError, UsageError
from device.memory.journal.entries import Changed, Entry, Forget, Turned
from device.memory.journal.journal import FILE, reading
from device.memory.journal.past import Past
from device.memory.journal.store import Store
from device.system.atomic import write_whole
from device.system.places import state_folder

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
WHAT = {"turns": (True, False), "states": (False, True), "all": (True, True)}
"""What can be forgotten: turns, changes of state, or both."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    parser.add_argument("--since", metavar="TIME", help="from a time on: 2026-03-02T18:00, 90m, 3h, 7d")
    parser.add_argument("--until", metavar="TIME", help="up to a time")
    parser.add_argument("--export", type=Path, metavar="FILE", help="write JSON lines to a file")
    parser.add_argument(
        "--forget", choices=WHAT, help="forget what was said (turns), what happened (states), or both (all)"
    )


def main(options: argparse.Namespace) -> int:
    now, file = datetime.now(), state_folder() / FILE
    since = moment("--since", options.since, now).timestamp() if options.since else 0.0
    until = moment("--until", options.until, now).timestamp() if options.until else float("inf")
    if not file.exists():
        on = common.load(options).memory.journal
        why = "nothing happened yet" if on else "it is off; set journal = true under [memory] in mynah.toml"
        raise JournalError(f"there is no journal at {file}: {why}")
    if options.forget:
        count = forget(file, Forget(since, until, *WHAT[options.forget]))
        common.emit(options, {"forgotten": count}, f"{count} entries are forgotten")
        return 0
    with reading(file) as past:
        found = entries(past, since, until)
        if options.export:
            lines = [json.dumps(entry_json(one), ensure_ascii=False) for one in found]
            _export(options.export, "".join(f"{line}\n" for line in lines))
            common.emit(options, {"exported": len(lines)}, f"{len(lines)} entries are in {options.export}")
        else:
            for one in found:
                common.emit(options, entry_json(one), entry_text(one))
    return 0


def moment(option: str, text: str, now: datetime) -> datetime:
    """Raises UsageError."""
    if found := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return now - timedelta(**{UNITS[found[2]]: int(found[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        how = "write it like 2026-03-02T18:00, 90m, 3h or 7d"
        raise UsageError(f"{option} {text}: not a time; {how}") from None
    return at if at.tzinfo is None else datetime.fromtimestamp(at.timestamp())


def entries(past: Past, since: float, until: float) -> Iterator[Entry]:
    """Turns and changes of state, in the order of their times."""
    return merge(past.all_changes(since, until), past.turns(since, until), key=lambda entry: entry.at)


def forget(file: Path, what: Forget) -> int:
    """Raises JournalError."""
    try:
        store = Store(file)
        try:
            return store.forget(what)
        finally:
            store.close()
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"{file}: nothing is forgotten: {error}") from error


def _export(file: Path, content: str) -> None:
    try:
        write_whole(file, content.encode(), 0o600)
    except OSError as error:
        raise UsageError(f"--export {file}: {error.strerror}; name a file that can be written") from error


def entry_json(entry: Entry) -> dict[str, Any]:
    at = datetime.fromtimestamp(entry.at).astimezone().isoformat(timespec="milliseconds")
    if isinstance(entry, Changed):
        found = {"found": True} if entry.found else {}
        return {"at": at, "thing": entry.thing, "key": entry.key, "value": entry.value, **found}
    told = {"at": at, "turn": entry.id, "text": entry.text, "intent": entry.intent}
    corrects = {"corrects": entry.corrects} if entry.corrects else {}
    return {**told, "confidence": entry.confidence, "fine": entry.fine, **corrects, **entry.body}


def entry_text(entry: Entry) -> str:
    at = f"{datetime.fromtimestamp(entry.at):%Y-%m-%d %H:%M:%S}"
    if isinstance(entry, Turned):
        return f"{at}  {entry.text or 'as planned'} → {entry.reply}"
    value = ("yes" if entry.value else "no") if isinstance(entry.value, bool) else entry.value
    return f"{at}  {entry.thing}: {entry.key} {value}{' (found so)' if entry.found else ''}"
