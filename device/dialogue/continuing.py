"""What continues the last request: the same with something else, and what corrects it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.dialogue import itself, levels, outcomes, referring
from device.dialogue.correcting import ADDING, READING_OUT, TEXTS, corrected, value_slot
from device.dialogue.not_understood import missed
from device.dialogue.remembering import UNKNOWN, Step, World, closed, remembered, taken_back
from device.dialogue.state import Dialogue, Focus
from device.events import Also, Correct, Intent, NotRecognized, Outcome, Question, Reply, refused
from device.speaking.wording import listed
from device.understanding import times
from device.understanding.acts import RESTRICTING


def also(dialogue: Dialogue, focus: Focus, act: Also, world: World) -> Step:
    """The same with something else, or with another of the things that were to choose from."""
    slots = act.slots
    if "item" in slots and focus.intent.name == READING_OUT:
        focus = replace(focus, intent=Intent(ADDING, {"item": "", **focus.about}, act.confidence))
    if not slots.keys().isdisjoint(("other", "place", "which")):
        pointed = referring.pointed(focus, slots)
        if pointed is None:
            return missed(dialogue, NotRecognized("one", UNKNOWN), world)
        slots = pointed
    if any(slot in slots and slot not in focus.intent.slots for slot in TEXTS):
        return dialogue, refused(UNKNOWN)  # "and at nine to …", after a lamp
    if "number" in slots:
        value, number = value_slot(focus.intent), slots["number"]
        if value is None:
            return dialogue, refused(UNKNOWN)
        rest = {slot: said for slot, said in slots.items() if slot != "number"}
        slots = {**rest, value: like_before(value, number, focus.intent.slots[value])}
    called = {"name": slots["called"]} if "called" in slots else {}
    again = referring.merged(focus.intent, {**slots, **called}, focus.about)
    again = replace(again, confidence=act.confidence)
    outcome = world.handle(again) if called else _likewise(focus, _going_on(dialogue, again), world)
    after = remembered(closed(dialogue), again, outcome, world, focus.among)
    return _added(focus, after, outcome) if outcome.fine else after, outcome


def like_before(slot: str, number: float, before: float) -> float:
    """`number` for `slot`; a step goes in the direction of the one `before`: "one degree", after two less."""
    return -number if slot.endswith("_step") and before < 0 else number


def _going_on(dialogue: Dialogue, intent: Intent) -> Intent:
    """`intent`, which is the last request changed: where only how long it lasts is new, what was done is not
    done once more."""
    undo, focus = dialogue.undo, dialogue.focus
    if undo is None or focus is None or undo.intent != focus.intent or "entry" in focus.about:
        return intent
    said = focus.intent.slots
    new = {slot for slot in intent.slots if intent.slots[slot] != said.get(slot)}
    if intent.name != focus.intent.name or not new or not new <= set(times.LENGTH):
        return intent
    back = tuple(one for one in undo.requests if "entry" not in one.slots)
    return replace(intent, slots={**intent.slots, times.BEGUN: back})


def _added(before: Focus, dialogue: Dialogue, outcome: Outcome) -> Dialogue:
    """After "and the hall light", "them" are the things from before and that one."""
    if dialogue.focus is None or not outcome.about:
        return dialogue
    them = outcomes.together([before.together or before.about, outcome.about])
    return replace(dialogue, focus=replace(dialogue.focus, together=them))


def _likewise(focus: Focus, intent: Intent, world: World) -> Outcome:
    """What comes of `intent`, which is the last request with something else in it."""
    named = [slot for slot in referring.DEVICES if intent.slots.get(slot) != focus.intent.slots.get(slot)]
    if any(slot in intent.slots for slot in named) and not any(
        slot in focus.about for slot in referring.DEVICES
    ):
        return refused(UNKNOWN)  # a lamp, after a timer
    outcome = world.handle(intent)
    if outcome.question is not None and "kind" in outcome.question.about.slots:
        about: Mapping[str, object] = {"domain": outcome.question.about.slots["kind"]}
    else:
        about = outcome.about
    if intent.name == focus.intent.name and not referring.likewise(intent, focus.about, about):
        return refused("I do not know what to do with that")
    return outcome


def put_right(dialogue: Dialogue, focus: Focus, act: Correct, world: World) -> Step:
    """What was done is taken back, and what was meant is done; both, or nothing."""
    said = act
    if "which" in act.slots or ("other" in act.slots and not focus.among):
        pointed = referring.pointed(focus, act.slots)
        if pointed is None:
            return missed(dialogue, NotRecognized("one", UNKNOWN), world)
        act = replace(act, slots=pointed)
    meant = corrected(focus, act)
    if dialogue.question is not None and focus is not dialogue.focus:
        if meant is None:
            return missed(dialogue, NotRecognized("no", "it does not correct a request"), world)
        outcome = _likewise(focus, meant, world)
        return remembered(closed(dialogue), meant, outcome, world), outcome
    if meant is None and "number" in act.slots:
        level = {"it": True, "level_number": act.slots["number"]}
        return _level(dialogue, focus, Intent(levels.ANY, level, act.confidence), world)
    if meant is None and act.slots.keys() - {"other"}:
        return dialogue, refused(UNKNOWN)
    was_done = dialogue.undo is not None and dialogue.undo.intent == focus.intent
    if meant is None:
        return _not_that(dialogue, focus, act, world) if was_done else (dialogue, refused(UNKNOWN))
    outcome = _likewise(focus, _going_on(dialogue, meant), world)
    if not outcome.fine and "among" in meant.slots and was_done:
        return _not_that(dialogue, focus, said, world)
    if not outcome.fine:
        return dialogue, outcome
    same = referring.names(outcome.about) or referring.names(meant.slots)
    back = taken_back(dialogue, world, act.confidence, but=same) if was_done else []
    if back and set(act.slots) <= set(RESTRICTING):
        outcome = _as_it_was(dialogue, outcome, same)
    after = remembered(closed(dialogue), meant, outcome, world, focus.among)
    return after, outcomes.joined([*back, outcome], about=outcome.about)


def _as_it_was(dialogue: Dialogue, outcome: Outcome, same: tuple[Any, ...]) -> Outcome:
    """`outcome` of a request that leaves out more than before: the `same` things are not told it again."""
    undo = tuple(
        one for one in (dialogue.undo.requests if dialogue.undo else ()) if one.slots.get("name") in same
    )
    return Outcome(undo=undo, about=outcome.about)


def _level(dialogue: Dialogue, focus: Focus, level: Intent, world: World) -> Step:
    """ "Make that sixty", of what had no number."""
    meant = referring.resolved(level, focus)
    outcome = refused(UNKNOWN) if meant is None else world.handle(meant)
    return remembered(dialogue, meant or level, outcome, world), outcome


def _not_that(dialogue: Dialogue, focus: Focus, act: Correct, world: World) -> Step:
    """It was wrong, and nobody knows yet what would be right: it is taken back, and what else was offered is
    offered once more."""
    rest = referring.others(focus)
    if not rest and "other" in act.slots and any(slot in focus.about for slot in referring.DEVICES):
        return _which_then(dialogue, focus, act, world)
    if not rest:
        return itself.undo(dialogue, Intent("MynahUndo", {}, act.confidence), world)
    slots = {slot: value for slot, value in focus.intent.slots.items() if slot not in ("names", "entries")}
    text = f"Which one then: {listed([f'the {one.label}' for one in rest], 'or')}?"
    question = Question(text, replace(focus.intent, slots=slots), "choice", rest)
    asked = Outcome(reply=Reply(text), question=question)
    outcome = outcomes.joined([*taken_back(dialogue, world, act.confidence), asked])
    return remembered(replace(dialogue, undo=None), focus.intent, outcome, world), outcome


def _which_then(dialogue: Dialogue, focus: Focus, act: Correct, world: World) -> Step:
    """It is taken back, and Mynah asks which thing is meant."""
    slots = {slot: value for slot, value in focus.intent.slots.items() if slot not in referring.TARGETS}
    kind = {slot: focus.about[slot] for slot in referring.KINDS if slot in focus.about}
    question = Question("Which one then?", replace(focus.intent, slots={**slots, **kind}), "which")
    asked = Outcome(reply=Reply(question.text), question=question)
    outcome = outcomes.joined([*taken_back(dialogue, world, act.confidence), asked])
    return remembered(replace(dialogue, undo=None), focus.intent, outcome, world), outcome


def restates(slots: Mapping[str, Any], focus: Focus) -> bool:
    """Whether what is said by itself changes what was asked for: "except the fan"; "until eleven", after
    "until ten"."""
    said = focus.intent.slots
    lasts = times.only(slots) and "entry" not in focus.about and any(slot in times.LENGTH for slot in slots)
    planned = "entries" in focus.about or any(slot in times.LENGTH for slot in said)
    return (lasts and planned) or (
        any(slot in RESTRICTING for slot in slots) and not any(slot in RESTRICTING for slot in said)
    )
