"""What a rule does: its sentence as requests, and whether it may be done without asking. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.events import Intent, Outcome
from device.home.model import Home
from device.knowledge.rules.naming import Unclear
from device.speaking.wording import listed, to_do
from device.understanding import times

Understand = Callable[[str], tuple[Intent, ...]]
"""The requests of a sentence; none where it is not wholly understood."""
Handle = Callable[[Intent], Outcome]
"""What would come of a request now."""

ALONE = ("light", "fan", "switch", "media_player", "cover", "humidifier", "vacuum")
"""Kinds of devices that a rule may tell something without asking, unless they are guarded. All else is asked
first: what locks, heats, lets water in or wakes the street."""
NEVER = ("MynahAddRule", "MynahRemoveRule", "MynahRemember", "MynahForget", "MynahForgetFact")
"""Requests of which no rule makes one: they change what Mynah knows."""


@dataclass(frozen=True, slots=True)
class Doing:
    """`does`: what it is, to be said behind "I will" and "Shall I". `asks`: it is never done without a yes.
    `guarded`: the house stands open if it goes wrong. `effects`: the device, key and value of each state that
    comes of it; `devices`: the names of all that are told something."""

    requests: tuple[Intent, ...]
    does: str
    asks: bool
    guarded: bool
    effects: frozenset[tuple[str, str | None, Any]]
    devices: frozenset[str]


def doing(text: str, understand: Understand, handle: Handle, home: Home) -> Doing:
    """What the sentence `text` does. Raises Unclear for one that cannot be done in this home."""
    requests = tuple(replace(one, confidence=1.0) for one in understand(text))
    if not requests:
        raise Unclear(f"{text!r} is not understood; write it as you would say it to Mynah")
    if any(one.name in NEVER for one in requests):
        raise Unclear(f"{text!r} changes what Mynah remembers, which no rule may do")
    outcomes = [handle(one) for one in requests]
    for outcome in outcomes:
        _check(text, outcome)
    devices = frozenset(name for outcome in outcomes for name in _devices(outcome, home))
    guarded = not devices.isdisjoint(home.guarded) or any(
        str(one.slots.get("name")) in home.guarded for one in requests
    )
    return Doing(
        requests,
        listed([to_do(outcome.reply.text) for outcome in outcomes]),
        guarded or _asks(requests, outcomes, devices, handle, home),
        guarded,
        frozenset((each.device, each.key, each.value) for one in outcomes for each in one.expected),
        devices,
    )


def _check(text: str, outcome: Outcome) -> None:
    question = outcome.question
    if question is not None and question.expects != "confirmation":
        raise Unclear(f"{text!r} leaves open what is meant: {question.text}")
    if not outcome.fine:
        raise Unclear(f"{text!r} cannot be done: {outcome.reply.text}")
    if question is None and not outcome.commands and not outcome.done:
        raise Unclear(f"{text!r} does nothing; a rule that says something has tell = “…”")


def _asks(
    requests: Sequence[Intent],
    outcomes: Sequence[Outcome],
    devices: frozenset[str],
    handle: Handle,
    home: Home,
) -> bool:
    """Whether one of the requests would be asked back if it had hardly been heard, is about something that is
    not in ALONE, or tells something to nobody knows what."""
    for request, outcome in zip(requests, outcomes, strict=True):
        slots = times.without(request.slots, times.LENGTH, times.WHEN)
        bare = replace(request, slots=slots, confidence=0.0)
        if outcome.question is not None or handle(bare).question is not None:
            return True
        if handle(replace(bare, confidence=1.0)).commands and not _devices(outcome, home):
            return True
    return any(home.devices[name].kind not in ALONE for name in devices)


def _devices(outcome: Outcome, home: Home) -> frozenset[str]:
    """The names of the devices that it is about."""
    about = outcome.about
    names = [*about.get("names", ()), *([about["name"]] if "name" in about else [])]
    found = {device.name for name in names for device in home.named(str(name))}
    return frozenset(found | {one.device for one in outcome.expected if one.device in home.devices})
