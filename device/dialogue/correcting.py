"""What somebody meant who says that it was something else, or more of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.dialogue import levels, referring
from device.dialogue.state import Focus
from device.events import Also, Correct, Intent, NotRecognized
from device.understanding import times

TEXTS = ("item", "message", "text")
"""Slots that hold the user's words."""
WORDS = (*TEXTS, "setting")
"""Slots that other words can replace."""

STATES: Mapping[str, tuple[str, str]] = {
    "on": ("HassTurnOn", "turn"),
    "open": ("HassTurnOn", "open"),
    "off": ("HassTurnOff", "turn"),
    "closed": ("HassTurnOff", "open"),
}
"""By a state with which a request is corrected, "I meant off": what brings it about, and its verb."""

READING_OUT, ADDING = "MynahGetList", "HassListAddItem"
"""After the one "and bacon" means the other."""

NO_THING = (
    "don't",
    "do",
    "not",
    "never",
    "it",
    "that",
    "this",
    "them",
    "you",
    "i",
    "i'm",
    "we",
    "please",
    "why",
)
"""Words that begin no item, message or task."""
DENIED = re.compile(r"\b(?:not|cannot|never)\b|n't\b")
"""What is in none of them either."""
WHENEVER = ("on", "at", "in", "every", "next", "today", "tomorrow", "tonight", "this")
"""Words that begin a time, and so no task that a reminder is about."""

MOST_DEGREES = 10
"""By how many degrees people make it warmer at once; a number above is the temperature."""

OWNER = re.compile(r"(?!(?:it|that|this|who|what|let|he|she|there|here|where|how)'s)\w+'s")
"""Who has what is meant."""

NOTHING_SPOKEN_OF = "it continues nothing that was said"

STEPS: Mapping[str, tuple[str, str, float]] = {
    "brightness": ("HassLightSet", "brightness_step", 10),
    "position": ("HassSetPosition", "position_step", 10),
    "temperature": ("HassClimateSetTemperature", "temperature_step", 1),
    "percentage": ("HassFanSetSpeed", "percentage_step", 10),
    "volume_level": ("HassSetVolumeRelative", "volume_step", 10),
}
"""By the slot of a value: the intent and slot that change it by a little, and how much that is."""


NUMBERS: Mapping[str, tuple[str, ...]] = {
    "in_number": times.DELAY,
    "for_number": (*times.UNITS, "hour"),
}
"""By a number that is said without its unit, "in thirty": the slots one of which it replaces."""


def corrected(focus: Focus, correction: Correct) -> Intent | None:
    """The request that was meant; None where only the wrong one is known."""
    slots = dict(correction.slots)
    intent = focus.intent
    if slots.pop("other", False):
        rest = referring.others(focus)
        if len(rest) != 1:
            return None
        slots |= rest[0].slots
    for said, family in NUMBERS.items():
        if said in slots:
            replaced = [slot for slot in family if slot in intent.slots]
            if len(replaced) != 1:
                return None
            slots[replaced[0]] = slots.pop(said)
    if "hour" not in slots and (
        "minute" in slots or "part" in slots
    ):  # "make it half past", "in the morning"
        if "hour" not in intent.slots:
            return None
        slots = {slot: intent.slots[slot] for slot in ("hour", "minute") if slot in intent.slots} | slots
    if times.length(intent.slots, "in_") and not times.length(intent.slots):  # "sorry, five minutes"
        slots = {f"in_{slot}" if slot in times.UNITS else slot: value for slot, value in slots.items()}
    if "number" in slots:
        slot = value_slot(intent)
        if slot is None:
            return None
        number = slots.pop("number")
        if slot == "temperature_step" and number > MOST_DEGREES:
            slot = "temperature"  # and not by how much
            others = {key: value for key, value in intent.slots.items() if key != "temperature_step"}
            intent = replace(intent, slots=others)
        slots[slot] = number
    if state := slots.pop("state", None):
        targets = {slot: value for slot, value in intent.slots.items() if slot in referring.TARGETS}
        name, verb = STATES[state]
        meant = referring.told(Intent(name, {**targets, **focus.about}, intent.confidence), verb, focus.about)
        if meant is None or not any(slot in meant.slots for slot in referring.DEVICES):
            return None
        intent = meant
    if half := times.same_half(slots, intent.slots, focus.at):
        slots["part"] = half
    if "list" in slots and "list" not in focus.about:
        return None
    if not slots and intent is focus.intent:
        return None
    return replace(referring.merged(intent, slots, focus.about), confidence=correction.confidence)


def in_words(act: Correct | Also, focus: Focus | None) -> Correct | Also | NotRecognized:
    """`act` whose `words` have become what the last request holds in such words; NotRecognized where it holds
    none."""
    if "words" not in act.slots:
        return act
    slots = dict(act.slots)
    words = str(slots.pop("words"))
    slot = next((slot for slot in WORDS if focus and slot in focus.intent.slots), None)
    if slot is None and focus is not None and focus.intent.name == READING_OUT and isinstance(act, Also):
        slot = "item"
    if slot is None and focus is not None and (which := _offered(words, focus, act)) is not None:
        return replace(act, slots={**slots, "which": which})
    if slot is None or _is_talk(words, slot):
        return NotRecognized(words, NOTHING_SPOKEN_OF)
    return replace(act, slots={**slots, slot: words})


def _is_talk(words: str, slot: str) -> bool:
    """Whether `words` are no item, message or task, but said to somebody else: "no you can't have it"."""
    return words.split()[0] in (*NO_THING, *(WHENEVER if slot == "text" else ())) or bool(
        DENIED.search(words)
    )


def _offered(words: str, focus: Focus, act: Correct | Also) -> str | None:
    """What `words` call one of the things that were to choose from: "and the back", after the front door; or
    whose it is that is also meant: "and dad's", after mum's lamp."""
    which = words.removeprefix("the ").removesuffix(" too").removesuffix(" as well")
    owner = isinstance(act, Also) and OWNER.fullmatch(which) and referring.names(focus.about)
    return which if owner or any(which in one.said for one in focus.among) else None


def value_slot(intent: Intent) -> str | None:
    """The slot of `intent` that a bare number replaces; None where it has no number, or several."""
    numbers = [
        slot
        for slot, value in intent.slots.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
        if not (slot == "minute" and "hour" in intent.slots)  # "no, eight", of half past seven
    ]
    return numbers[0] if len(numbers) == 1 else None


def stepped(focus: Focus, more: Intent) -> Intent | None:
    """A small step further than the last request, or back where `more` has the direction "less"; None where
    it has no more and no less."""
    less = more.slots.get("direction") == "less"
    slots: dict[str, Any] = {
        slot: value for slot, value in focus.intent.slots.items() if slot in referring.TARGETS
    }
    for slot, value in focus.intent.slots.items():
        if slot.endswith("_step"):
            turned: Any = value
            if less:
                turned = {"up": "down", "down": "up"}.get(value, value) if isinstance(value, str) else -value
            return replace(
                focus.intent, slots={**focus.intent.slots, slot: turned}, confidence=more.confidence
            )
        if slot in STEPS:
            intent, step, by = STEPS[slot]
            return Intent(intent, {**slots, step: -by if less else by}, more.confidence)
    closed = focus.intent.name == "HassTurnOff" and referring.verb_of(focus.about) == "open"
    if focus.intent.name == "HassTurnOn" or closed:  # "a bit less", of what was opened
        step = "up" if less == closed else "down"
        return Intent(levels.ANY, {"it": True, "level_step": step}, more.confidence)
    return None


def from_value(focus: Focus | None, step: Intent) -> Intent | None:
    """A step from the value that was asked for last: what a thing tells of itself may be from before."""
    for slot, (name, step_slot, _) in STEPS.items():
        by = step.slots.get(step_slot)
        if step.name != name or focus is None or focus.intent.name != name or not isinstance(by, int | float):
            continue
        rest = {key: value for key, value in step.slots.items() if key != step_slot}
        value = focus.intent.slots.get(slot)
        if isinstance(value, int | float) and rest.items() <= focus.about.items():
            value = value + by if slot == "temperature" else min(100, max(0, value + by))
            return replace(step, slots={**rest, slot: value})
    return None
