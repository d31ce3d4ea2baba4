"""What Mynah remembers besides the conversation: each kind of thing in a store of its own."""

from __future__ import annotations

from collections.abc import Iterable

from device.events import Change
from device.memory.list_store import ListStore
from device.memory.lists import LISTS, Lists


class Memory:
    """The stores. Changes of a turn are taken in after it."""

    def __init__(self, lists: ListStore | None = None) -> None:
        """By default what is remembered ends with the process."""
        self._lists = lists or ListStore(LISTS)

    @property
    def lists(self) -> Lists:
        return self._lists.lists

    def apply(self, changes: Iterable[Change]) -> None:
        """Take in `changes`; they are kept when this returns."""
        for change in changes:
            self._lists.apply(change)
