"""What a dialogue remembers of a turn, and what a conversation may look at. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from device.dialogue import referring
from device.dialogue.state import Dialogue, Focus, Undo
from device.events import Change, Intent, Option, Outcome, Question

UNKNOWN = "I do not know what you mean"


class World(Protocol):
    """All that a conversation may look at, as it is now."""

    @property
    def now(self) -> datetime: ...

    @property
    def patience(self) -> timedelta | None:
        """How long a question stays open by the clock; None: until somebody closes it."""

    def handle(self, intent: Intent) -> Outcome:
        """What comes of a request. Pure."""

    def after(self, changes: Sequence[Change]) -> Self:
        """The world in which `changes` of Mynah's own memory are done."""

    def help(self) -> str:
        """What can be said here, in a sentence."""


Step = tuple[Dialogue, Outcome]


def opened(question: Question, world: World) -> Question:
    """`question`, which waits from now on."""
    return replace(question, until=None if world.patience is None else world.now + world.patience)


def closed(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, question=None, misses=0, strayed=False)


def remembered(
    dialogue: Dialogue, intent: Intent, outcome: Outcome, world: World, among: tuple[Option, ...] = ()
) -> Dialogue:
    """What is remembered of a request and its outcome."""
    question = opened(outcome.question, world) if outcome.question else None
    pool = intent.slots.get("among", ())
    intent = referring.settled(intent, outcome.about)
    focus, undo = dialogue.focus, dialogue.undo
    if outcome.about:
        kind = {slot: outcome.about[slot] for slot in referring.KINDS if slot in outcome.about}
        them: Mapping[str, Any] = {"names": pool, **kind} if len(pool) == 2 else {}
        if not them and focus and set(referring.names(outcome.about)) < set(referring.names(focus.together)):
            them = focus.together  # one of them
        focus = Focus(intent, outcome.about, world.now, among, them)
    elif not outcome.possible:  # "there is no radio": what was meant instead may be said next
        asked = {slot: intent.slots[slot] for slot in referring.TARGETS if slot in intent.slots}
        focus = replace(focus, intent=intent) if focus else Focus(intent, asked, world.now, among)
    if outcome.fine and (outcome.commands or outcome.done):
        undo = Undo(outcome.undo, world.now, intent)
    return replace(dialogue, question=question, focus=focus, undo=undo, heard=intent)


def taken_back(
    dialogue: Dialogue, world: World, confidence: float, but: tuple[Any, ...] = ()
) -> list[Outcome]:
    """What takes back what was done last, the last first; `but` the things that are told something else."""
    requests = dialogue.undo.requests if dialogue.undo else ()
    kept = [one for one in requests if one.slots.get("name") not in but]
    return [world.handle(replace(one, confidence=confidence)) for one in reversed(kept)]
