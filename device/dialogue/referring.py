"""What "it", "there", "the other one" and "fifteen" stand for, given what was spoken of last. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.dialogue.state import Focus
from device.events import Intent, Option

THINGS = ("name", "names")
PLACES = ("area", "floor")
KINDS = ("domain", "device_class")
TARGETS = (*THINGS, *PLACES, *KINDS)
"""Slots that say what a request is about."""
POINTERS = ("it", "there")
"""Slots that are true where the words only point at it."""


def resolved(intent: Intent, focus: Focus | None) -> Intent | None:
    """`intent` in which "it" and "there" have become what they stand for; None where nobody knows."""
    slots = dict(intent.slots)
    if not any(slots.pop(pointer, False) for pointer in POINTERS):
        return intent
    if focus is None or not focus.about:
        return None
    if intent.slots.get("there"):
        places = {slot: focus.about[slot] for slot in PLACES if slot in focus.about}
        return replace(intent, slots={**slots, **places}) if places else None
    return replace(intent, slots={**focus.about, **slots})


def other(focus: Focus | None) -> Option | None:
    """The one thing that was offered and not chosen; None where that is not one."""
    if focus is None:
        return None
    rest = [option for option in focus.among if option.slots.get("name") != focus.about.get("name")]
    return rest[0] if len(rest) == 1 else None


def merged(intent: Intent, slots: Mapping[str, Any], about: Mapping[str, Any]) -> Intent:
    """`intent` with other `slots`: another thing or place instead of its own, another value for its value.

    "The kitchen" after something about a lamp means the things of that kind in the kitchen.
    """
    base = dict(intent.slots)
    if any(slot in slots for slot in THINGS):
        base = {slot: value for slot, value in base.items() if slot not in TARGETS}
    elif any(slot in slots for slot in PLACES):
        kind = {slot: about[slot] for slot in KINDS if slot in about}
        base = {slot: value for slot, value in base.items() if slot not in (*THINGS, *PLACES)}
        base = {**kind, **base}
    return replace(intent, slots={**base, **slots})
