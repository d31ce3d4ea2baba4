"""Fifteen or fifty: sentences that differ in a number which sounds much like another. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from device.events import Act, Option, Request
from device.understanding.numbers import ALIKE, ONES, TENS


class Swap(NamedTuple):
    """A number word, and the one that sounds like it."""

    heard: str
    other: str


def alike(text: str) -> Mapping[str, Swap]:
    """The texts that are `text` but for one number, and what differs in them."""
    words = text.split()
    found = {}
    for at, word in enumerate(words):
        if word in ALIKE:
            other = " ".join((*words[:at], ALIKE[word], *words[at + 1 :]))
            found[other] = Swap(word, ALIKE[word])
    return found


def between(acts: Sequence[Act], others: Sequence[Act], swap: Swap) -> tuple[Act, ...]:
    """`acts`, in which the request that `others`, those of the other text, have with another number is open
    between the two; as they are where that is not the only difference."""
    if len(acts) != len(others):
        return tuple(acts)
    different = [at for at, (act, other) in enumerate(zip(acts, others, strict=True)) if act != other]
    if len(different) != 1:
        return tuple(acts)
    (at,) = different
    act, other = acts[at], others[at]
    if not (isinstance(act, Request) and isinstance(other, Request)) or not _same_but_values(act, other):
        return tuple(acts)
    slots, values = act.intent.slots, other.intent.slots
    slot = [slot for slot in slots if slots[slot] != values[slot]]
    either = tuple(
        Option(word, (word, *_digits(word)), {one: found[one] for one in slot})
        for word, found in ((swap.heard, slots), (swap.other, values))
    )
    return (*acts[:at], replace(act, either=either), *acts[at + 1 :])


def _same_but_values(act: Request, other: Request) -> bool:
    return act.intent.name == other.intent.name and act.intent.slots.keys() == other.intent.slots.keys()


def _digits(word: str) -> tuple[str, ...]:
    """How a number is told apart from the one that sounds like it: "one five", "five zero", "five oh"."""
    if word in TENS:
        digit = ONES[TENS.index(word)]
        return f"{digit} zero", f"{digit} oh"
    return (f"one {ONES[ONES.index(word) - 10]}",)
