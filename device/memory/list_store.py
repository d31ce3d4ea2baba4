"""The lists on the disk: one JSON file, which is written whole at each change.

    {"lists": {"shopping list": ["milk", "eggs"], "party list": []}}
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from device.events import Change
from device.memory.lists import Lists
from device.system.atomic import set_aside, write_whole

log = logging.getLogger(__name__)


class ListStore:
    """Owns the lists. `lists` is what they are now."""

    def __init__(self, given: Iterable[str], file: Path | None = None) -> None:
        """`given`: names of lists that are always there. `file`: where they are kept; None: in memory alone.

        A file that cannot be understood is set aside, with a warning; nothing in it is lost.
        """
        self._file = file
        kept: Mapping[str, tuple[str, ...]] = {}
        if file is not None:
            try:
                kept = _read(file)
            except OSError as error:
                log.error("%s: %s, so lists are only remembered until Mynah ends", file, error.strerror)
                self._file = None  # what cannot be read is not written over
        self.lists = Lists.of(given, kept)

    def apply(self, change: Change) -> None:
        """Take in a change; others than those of lists are ignored. What cannot be written stays in memory."""
        after = self.lists.after(change)
        if after == self.lists:
            return
        self.lists = after
        if self._file is not None:
            _write(self._file, after)


def _read(file: Path) -> Mapping[str, tuple[str, ...]]:
    """Raises OSError."""
    try:
        return _lists(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        aside = set_aside(file)
        log.error("%s: not Mynah's lists; it is kept as %s, and the lists begin empty", file, aside.name)
        return {}


def _lists(content: object) -> Mapping[str, tuple[str, ...]]:
    """Raises ValueError for what is no file of lists."""
    lists = content.get("lists") if isinstance(content, dict) else None
    if not isinstance(lists, dict):
        raise ValueError("no lists")
    for items in lists.values():
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError("no list of texts")
    return {name: tuple(items) for name, items in lists.items()}


def _write(file: Path, lists: Lists) -> None:
    content = json.dumps({"lists": lists.items}, ensure_ascii=False, indent=1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content.encode(), 0o600)
    except OSError as error:
        log.error("%s: the lists cannot be written (%s); they are kept until Mynah ends", file, error.strerror)
