"""Intents → what they do in a conversation. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from device.events import (
    Act,
    Affirm,
    Also,
    Cancel,
    Correct,
    Deny,
    Intent,
    NotRecognized,
    Repeat,
    Request,
)

PLACES = ("area", "floor")
UNKNOWN = "no sentence that is known"
ALSO = "MynahAlso"
TIMING = "MynahTiming"
RESTRICTING = ("except_name", "except_area", "except_floor", "except_it")
"""Slots that change the request before them instead of making another."""

_ACTS: Mapping[str, Callable[[Intent], Act]] = {
    "HassNevermind": lambda intent: Cancel(),
    "MynahYes": lambda intent: Affirm(intent.confidence),
    "MynahNo": lambda intent: Deny(),
    "MynahRepeat": lambda intent: Repeat(),
    "MynahCorrect": lambda intent: Correct(intent.slots, intent.confidence),
    ALSO: lambda intent: Also(intent.slots, intent.confidence),
    TIMING: lambda intent: Also(intent.slots, intent.confidence),
}
"""Intents that are no request but something said about one. TIMING: "in ten minutes", "for an hour"."""


def acts(parts: Sequence[Intent | str], confidence: float, text: str) -> tuple[Act, ...]:
    """The acts of a sentence's `parts` in their order; texts among them are what was not understood."""
    found: list[Act] = []
    ahead: dict[str, object] = {}  # timing that was said before its request
    for part in parts:
        if isinstance(part, str):
            found.append(NotRecognized(part, UNKNOWN))
        elif part.name == TIMING and not found:
            ahead |= part.slots
        elif found and isinstance(last := found[-1], Request) and _belongs(part):
            found[-1] = Request(replace(last.intent, slots={**last.intent.slots, **part.slots}))
        else:
            if part.name == ALSO:
                _raise_kind(found, part)
                _raise_place(found, part)
            make = _ACTS.get(part.name, Request)
            found.append(make(_with(part, ahead)))
    if ahead and not found:
        found.append(Also(ahead, confidence))
    return tuple(found) or (NotRecognized(text, UNKNOWN),)


def _belongs(part: Intent) -> bool:
    """Whether it changes the request before it."""
    return part.name == TIMING or (part.name == ALSO and any(slot in part.slots for slot in RESTRICTING))


def _with(part: Intent, ahead: Mapping[str, object]) -> Intent:
    return replace(part, slots={**part.slots, **ahead}) if ahead else part


def _raise_kind(found: list[Act], also: Intent) -> None:
    """ "The kitchen and hall lights" are lights in both."""
    if found and isinstance(last := found[-1], Request) and "domain" in also.slots:
        slots = last.intent.slots
        if "area" in slots and "name" not in slots:
            found[-1] = Request(replace(last.intent, slots={"domain": also.slots["domain"], **slots}))


def _raise_place(found: list[Act], also: Intent) -> None:
    """ "The lights and the fan in the bedroom" are both there."""
    places = {slot: also.slots[slot] for slot in PLACES if slot in also.slots}
    if found and isinstance(last := found[-1], Request) and places and "name" in also.slots:
        slots = last.intent.slots
        if not any(slot in slots for slot in ("name", "it", *PLACES)):
            found[-1] = Request(replace(last.intent, slots={**slots, **places}))
