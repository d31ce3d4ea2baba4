"""Which entries of the agenda somebody means. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from device.memory.agenda import Entry, instant
from device.understanding.times import Slots, fits, length

FIRST, LAST, NEXT = "first", "last", "next"
ORDINALS = {FIRST: 0, "second": 1, "third": 2, "fourth": 3, LAST: -1}
"""Values of the slot `order`: the order in which they were made."""
SHORTEST, LONGEST, EARLIEST, LATEST = "shortest", "longest", "earliest", "latest"
EXTREMES: Mapping[str, Callable[[Entry], float]] = {
    NEXT: lambda entry: instant(entry.at),
    EARLIEST: lambda entry: instant(entry.at),
    LATEST: lambda entry: -instant(entry.at),
    SHORTEST: lambda entry: entry.seconds or 0,
    LONGEST: lambda entry: -(entry.seconds or 0),
}
"""Further values of the slot `order`: the entry that is meant has the least of this."""


def chosen(entries: Sequence[Entry], slots: Slots, now: datetime) -> tuple[Entry, ...]:
    """Those of `entries` that fit all that the slots say.

    `entry` and `entries`: ids; `but_entry`: the id of one that is not meant; `name`; `start_…`: the length;
    `area`; `text`: a part of it; `order`; a clock time or a day.
    """
    if "entry" in slots or "entries" in slots:
        ids = (slots["entry"],) if "entry" in slots else tuple(slots["entries"])
        return tuple(entry for entry in entries if entry.id in ids)
    others = (entry for entry in entries if entry.id != slots.get("but_entry"))
    found = [entry for entry in others if _fits(entry, slots, now)]
    order = slots.get("order")
    if isinstance(order, str) and order in EXTREMES:
        least = min(map(EXTREMES[order], found), default=0.0)
        return tuple(entry for entry in found if EXTREMES[order](entry) == least)
    if order in ORDINALS:
        at = ORDINALS[order]
        return (found[at],) if -len(found) <= at < len(found) else ()
    return tuple(found)


def _fits(entry: Entry, slots: Slots, now: datetime) -> bool:
    name, area, text = (slots.get(slot) for slot in ("name", "area", "text"))
    span = length(slots, "start_")
    return (
        (name is None or (entry.name is not None and same(str(name), entry.name)))
        and (area is None or area in (entry.area, entry.name))
        and (text is None or bool(_words(str(text)) <= _words(entry.text)))
        and (span is None or entry.seconds == span.total_seconds())
        and fits(slots, entry.at, now)
    )


def same(said: str, name: str) -> bool:
    """Whether a name that is said means `name`: "the pasta timer" is "pasta"."""
    return _words(said) == _words(name)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split()) - {"timer", "alarm", "the", "my", "a", "to"}
