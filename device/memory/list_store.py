"""The lists on the disk: one JSON file.

{"lists": {"shopping list": ["milk", "eggs"], "party list": []}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from device.events import Change
from device.memory.kept import Kept
from device.memory.lists import Lists


class ListStore:
    """Owns the lists."""

    def __init__(self, given: Iterable[str], file: Path | None = None) -> None:
        """`given`: names of lists that are always there. `file`: where all is kept; None: in memory."""
        names = tuple(given)
        self._kept = Kept(Lists.of(names), file, lambda content: loads(content, names), dumps)

    @property
    def lists(self) -> Lists:
        """As they are now."""
        return self._kept.read()

    def apply(self, change: Change) -> None:
        """Take in a change; those of other stores are ignored."""
        if change.do.startswith("list."):
            self._kept.change(lambda lists: lists.after(change))


def loads(content: bytes, given: Iterable[str]) -> Lists:
    """Raises ValueError for what is no file of lists."""
    try:
        document = json.loads(content)
    except ValueError:
        raise ValueError("it is incomplete or not JSON") from None
    lists = document.get("lists") if isinstance(document, dict) else None
    if not isinstance(lists, dict):
        raise ValueError("it has no lists")
    for items in lists.values():
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError("a list in it is not a list of texts")
    return Lists.of(given, lists)


def dumps(lists: Lists) -> bytes:
    return json.dumps({"lists": lists.items}, ensure_ascii=False, indent=1).encode()
