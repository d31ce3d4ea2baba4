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
    Transcript,
)
from device.understanding.scope import ALSO, shared
from device.understanding.times import LENGTH, WHEN

UNKNOWN = "no sentence that is known"
TOO_DOUBTFUL = "heard too doubtfully"
NO_COMMAND = "denied, asked or told, and no command"
ASIDE = "MynahAside"
"""What makes a command none: "don't …", "did you …", "… yesterday"."""
RULE = "MynahAddRule"
"""What is to be done when something is so. Nothing else in its sentence is done: it may be for then."""
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
    if any(isinstance(part, Intent) and part.name == ASIDE for part in parts):
        return (NotRecognized(text, NO_COMMAND),)
    if len(parts) > 1 and any(isinstance(part, Intent) and part.name == RULE for part in parts):
        return (NotRecognized(text, NO_COMMAND),)
    found: list[Act] = []
    ahead: dict[str, object] = {}  # timing that was said before its request
    for part in parts:
        if isinstance(part, str):
            found.append(NotRecognized(part, UNKNOWN))
        elif part.name == TIMING and not found:
            ahead |= part.slots
        elif (at := _changed(found, part)) is not None and isinstance(last := found[at], Request | Also):
            found[at] = _with_slots(last, part.slots)
        elif found and isinstance(last := found[-1], Request) and (left_out := _left_out(last, part)):
            found[-1] = _with_slots(last, left_out)
        else:
            if part.name == ALSO:
                _raise_kind(found, part)
            make = _ACTS.get(part.name, Request)
            found.append(make(_with(part, ahead)))
    if ahead and not found:
        more = text.lower().startswith(("and ", "also ")) or not any(slot in WHEN for slot in ahead)
        found.append(Also(ahead, confidence) if more else Correct(ahead, confidence))
    return shared(_corrected(found)) or (NotRecognized(text, UNKNOWN),)


def _corrected(found: Sequence[Act]) -> Sequence[Act]:
    """ "The kitchen lights, no, the hall lights": what follows a no, or a sorry, corrects what was before."""
    made: list[Act] = []
    for act in found:
        if isinstance(act, Also) and len(made) > 1 and isinstance(made[-1], Deny | Repeat):
            made[-1] = Correct(act.slots, act.confidence)
        else:
            made.append(act)
    return made


def _changed(found: Sequence[Act], part: Intent) -> int | None:
    """Which of `found` an exception or a time changes; None where `part` is neither.

    "The lamp and the radio at seven" means both, "the lamp at seven and the radio at eight" each its own.
    """
    excepts = part.name == ALSO and any(slot in part.slots for slot in RESTRICTING)
    if not found or not (excepts or part.name == TIMING):
        return None
    first = last = len(found) - 1
    while first > 0 and isinstance(found[first], Also):
        first -= 1
    begun = found[first]
    own = isinstance(begun, Request) and any(
        _has(begun.intent, family) and _has(part, family) for family in (LENGTH, WHEN)
    )
    return first if isinstance(begun, Request) and not own else last


def _has(intent: Intent, family: Sequence[str]) -> bool:
    return any(slot in intent.slots for slot in family)


def _left_out(request: Request, part: Intent) -> Mapping[str, object] | None:
    """What else `request` leaves out: "… except the hall and the kitchen".

    None where it leaves out nothing, or `part` names nothing.
    """
    slots = request.intent.slots
    if part.name != ALSO or not any(slot in slots for slot in RESTRICTING):
        return None
    more = {f"except_{slot}": value for slot, value in part.slots.items() if f"except_{slot}" in RESTRICTING}
    return {slot: (*several(slots.get(slot)), value) for slot, value in more.items()}


def several(value: object) -> tuple[object, ...]:
    """The values of a slot that may have none, one or several."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _with_slots(act: Request | Also, slots: Mapping[str, object]) -> Request | Also:
    if isinstance(act, Request):
        return Request(replace(act.intent, slots={**act.intent.slots, **slots}))
    return replace(act, slots={**act.slots, **slots})


def _with(part: Intent, ahead: Mapping[str, object]) -> Intent:
    return replace(part, slots={**part.slots, **ahead}) if ahead else part


def _raise_kind(found: list[Act], also: Intent) -> None:
    """ "The kitchen and hall lights" are lights in both."""
    if found and isinstance(last := found[-1], Request) and "domain" in also.slots:
        slots = last.intent.slots
        if "area" in slots and "name" not in slots:
            found[-1] = Request(replace(last.intent, slots={"domain": also.slots["domain"], **slots}))


def doubted(acts: tuple[Act, ...], heard: Transcript) -> tuple[Act, ...]:
    """`acts` of what was hardly `heard`: Mynah asks whether that was said before it does any of it. What only
    changes or continues something is not understood."""
    if isinstance(acts[0], Also | Correct):
        return (NotRecognized(heard.text, TOO_DOUBTFUL),)
    at, first = next(((at, act) for at, act in enumerate(acts) if isinstance(act, Request)), (0, None))
    if first is None or first.asked:
        return acts
    return (*acts[:at], replace(first, asked=heard.text), *acts[at + 1 :])


def inferred_from(
    found: Sequence[Intent], sentence: str, confidence: float, asked: bool = True
) -> tuple[Act, ...]:
    """The requests of `sentence`, which was not said in these words. `asked`: Mynah asks whether they are
    meant."""
    first, *others = acts([replace(one, inferred=sentence) for one in found], confidence, sentence)
    if asked and isinstance(first, Request):
        first = replace(first, asked=sentence)
    return (first, *others)


def unasked(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """`acts`, if Mynah need not ask before it does them."""
    return () if asks(acts) else acts


def asks(acts: Sequence[Act]) -> bool:
    """Whether Mynah is to ask before it does one of `acts`."""
    return any(isinstance(act, Request) and act.asked for act in acts)
