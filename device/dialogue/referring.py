"""What "it", "there", "the other one" and "fifteen" stand for, given what was spoken of last. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.dialogue.state import Focus
from device.events import Intent, Option
from device.understanding import times

THINGS = ("name", "names", "entry", "entries")
PLACES = ("area", "floor")
KINDS = ("domain", "device_class")
TARGETS = (*THINGS, *PLACES, *KINDS)
"""Slots that say what a request is about."""
POINTERS = ("it", "there", "except_it")
"""Slots that are true where the words only point at it. `it` may also be the name of a slot: it is then what
was spoken of last if that has such a slot, and anything otherwise, which is for the skill to find out."""


def resolved(intent: Intent, focus: Focus | None) -> Intent | None:
    """`intent` in which "it" and "there" have become what they stand for; None where nobody knows."""
    slots = dict(intent.slots)
    if not any(slots.pop(pointer, False) for pointer in POINTERS):
        return intent
    about = focus.about if focus is not None else {}
    if (slot := intent.slots.get("it")) and isinstance(slot, str):
        return replace(intent, slots={**slots, slot: about[slot]} if slot in about else slots)
    if intent.slots.get("there"):
        places = {slot: about[slot] for slot in PLACES if slot in about}
        return replace(intent, slots={**slots, **places}) if places else None
    if not any(slot in about for slot in TARGETS):
        return replace(intent, slots=slots) if "domain" in slots else None
    if intent.slots.get("except_it"):
        name = about.get("name")
        return None if name is None else replace(intent, slots={**slots, "except_name": name})
    return replace(intent, slots={**about, **slots})


def others(focus: Focus) -> tuple[Option, ...]:
    """The things that were offered and not chosen."""
    return tuple(one for one in focus.among if not one.slots.items() <= focus.about.items())


def merged(intent: Intent, slots: Mapping[str, Any], about: Mapping[str, Any]) -> Intent:
    """`intent` with other `slots`: another thing or place instead of its own, another value for its value.

    "The kitchen" after something about a lamp means the things of that kind in the kitchen.
    """
    base = times.giving_way(intent.slots, slots)
    if any(slot in slots for slot in THINGS):
        base = {slot: value for slot, value in base.items() if slot not in TARGETS}
    elif any(slot in slots for slot in PLACES):
        kind = {slot: about[slot] for slot in KINDS if slot in about}
        base = {slot: value for slot, value in base.items() if slot not in (*THINGS, *PLACES)}
        base = {**kind, **base}
    return replace(intent, slots={**base, **slots})
