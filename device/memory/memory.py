"""What Mynah remembers besides the conversation: each kind of thing in a store of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from device.events import Change
from device.memory.list_store import ListStore
from device.memory.lists import LISTS, Lists


class Memory:
    """The stores. Changes of a turn are taken in after it."""

    def __init__(self, lists: Iterable[str] = LISTS, folder: Path | None = None) -> None:
        """`lists`: names of the home's lists. `folder`: where all is kept; None: in memory alone."""
        self._lists = ListStore(lists, folder / "lists.json" if folder else None)

    @property
    def lists(self) -> Lists:
        return self._lists.lists

    def apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self._lists.apply(change)
