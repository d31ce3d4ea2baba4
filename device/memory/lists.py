"""Lists to write on: a shopping list, a to-do list and others. Frozen; a change makes new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.events import Change

LISTS = ("shopping list", "to-do list")
"""Where the home names none."""

ADD, REMOVE, CLEAR, CREATE, DELETE = "list.add", "list.remove", "list.clear", "list.create", "list.delete"
"""What may happen to a list."""


@dataclass(frozen=True, slots=True)
class Lists:
    """`items` by the names of their lists, in the order in which they were added.

    `given`: the names of the lists that are always there; the first of them is "the list".
    """

    items: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(LISTS, ()))
    given: tuple[str, ...] = LISTS

    @classmethod
    def of(cls, given: Iterable[str], items: Mapping[str, Iterable[str]] | None = None) -> Lists:
        """The lists that are always there, and all that have `items` or were made."""
        names = tuple(dict.fromkeys(given))
        kept = {name: tuple(dict.fromkeys(each)) for name, each in (items or {}).items()}
        return cls({**dict.fromkeys(names, ()), **kept}, names)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.items)

    @property
    def usual(self) -> str | None:
        """The one that "the list" means; None where there is none."""
        return next(iter(self.items), None)

    def after(self, change: Change) -> Lists:
        """The lists after `change`; the same where it is none of theirs, or changes nothing."""
        make = _CHANGES.get(change.do)
        return self if make is None else make(self, str(change.values["list"]), change.values)

    def _with(self, name: str, items: Iterable[str]) -> Lists:
        return replace(self, items={**self.items, name: tuple(items)})


def find(items: Iterable[str], text: str) -> tuple[str, ...]:
    """Which of `items` are meant by `text`: the one that is called so, or else those that end in it.

    One or several of a thing are the same: "egg" finds "a dozen eggs".
    """
    wanted = _stems(text)
    stems = [(item, _stems(item)) for item in items]
    exact = tuple(item for item, found in stems if found == wanted)
    return exact or tuple(item for item, found in stems if found[-len(wanted) :] == wanted)


def _stems(text: str) -> list[str]:
    """Its words; the last one without the ending of the plural."""
    *words, last = text.split() or [""]
    for ending, stem in (("ies", "y"), ("oes", "o"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if last.endswith(ending) and not last.endswith("ss") and len(last) > len(ending) + 1:
            return [*words, last.removesuffix(ending) + stem]
    return [*words, last]


def _add(lists: Lists, name: str, values: Mapping[str, Any]) -> Lists:
    items = lists.items.get(name, ())
    item = str(values["item"])
    return lists if item in items else lists._with(name, (*items, item))


def _remove(lists: Lists, name: str, values: Mapping[str, Any]) -> Lists:
    return lists._with(name, (item for item in lists.items.get(name, ()) if item != values["item"]))


def _delete(lists: Lists, name: str, values: Mapping[str, Any]) -> Lists:
    return replace(lists, items={other: items for other, items in lists.items.items() if other != name})


_CHANGES: Mapping[str, Callable[[Lists, str, Mapping[str, Any]], Lists]] = {
    ADD: _add,
    REMOVE: _remove,
    CLEAR: lambda lists, name, values: lists._with(name, ()),
    CREATE: lambda lists, name, values: lists._with(name, lists.items.get(name, ())),
    DELETE: _delete,
}
