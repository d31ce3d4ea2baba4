"""Requests about the conversation itself: to take back, cancel, stop or explain what was done. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from device.dialogue import outcomes, referring
from device.dialogue.remembering import UNKNOWN, Step, World, closed, remembered, taken_back
from device.dialogue.state import Dialogue
from device.events import Act, Cancel, Change, Intent, Outcome, Reply, Request, refused
from device.understanding.scope import NAMED

NEVER_MIND = "Never mind"
CANCELLING = ("HassCancelTimer", "MynahCancelAlarm", "MynahCancelReminder", "MynahCancelDelayed")
"""Requests that take an entry out of the agenda, each for a kind of it."""
KIND_OF: Mapping[str, str] = {
    "HassStartTimer": "HassCancelTimer",
    "HassIncreaseTimer": "HassCancelTimer",
    "HassDecreaseTimer": "HassCancelTimer",
    "HassTimerStatus": "HassCancelTimer",
    "MynahSetAlarm": "MynahCancelAlarm",
    "MynahAlarms": "MynahCancelAlarm",
    "MynahSetReminder": "MynahCancelReminder",
    "MynahReminders": "MynahCancelReminder",
    "MynahDelayed": "MynahCancelDelayed",
}
"""By what was asked for last: what cancels one of that kind."""


def undo(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    if dialogue.undo is None:
        return dialogue, refused("There is nothing to undo")
    if not dialogue.undo.requests:
        return dialogue, refused("I do not know how it was before")
    outcome = outcomes.joined(taken_back(dialogue, world, intent.confidence))
    if outcome.question is not None:
        return remembered(dialogue, outcome.question.about, outcome, world), outcome
    fine = replace(outcome, done=(*outcome.done, Change("undo")))
    return replace(closed(dialogue), undo=None), fine


def cancels(act: Act, after_others: bool) -> bool:
    """Whether nothing of what was said before `act` in the same sentence is to be done: "never mind"; and
    "cancel that" behind a request."""
    return isinstance(act, Cancel) or (
        after_others
        and isinstance(act, Request)
        and act.intent.name == "MynahCancelThat"
        and not act.intent.slots
    )


def cancel(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "Cancel that": the timer, alarm or the like that was spoken of last; else what was just done."""
    if intent.slots:
        return _one_of(dialogue, intent, world)
    about = dialogue.focus.about if dialogue.focus is not None else {}
    entries = {slot: about[slot] for slot in ("entry", "entries") if slot in about}
    for name in CANCELLING if entries else ():
        outcome = world.handle(Intent(name, entries, intent.confidence))
        if outcome.fine:
            return _still_about(dialogue, remembered(dialogue, intent, outcome, world)), outcome
    if dialogue.undo is not None and dialogue.undo.intent == dialogue.heard:
        return undo(dialogue, intent, world)
    return dialogue, Outcome(reply=Reply(NEVER_MIND))


def _still_about(before: Dialogue, after: Dialogue) -> Dialogue:
    """What a cancelled plan was about is spoken of still: "turn it off now"."""
    focus = before.focus
    if focus is None or focus.about.keys().isdisjoint(referring.DEVICES):
        return after
    about = {slot: value for slot, value in focus.about.items() if slot not in ("entry", "entries")}
    return replace(after, focus=replace(focus, about=about))


def _one_of(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "Cancel the sauce one": of what was spoken of, or else of whatever there is only one such."""
    which, rest = intent.slots.get("which"), {k: v for k, v in intent.slots.items() if k != "which"}
    last = KIND_OF.get(dialogue.focus.intent.name) if dialogue.focus is not None else None
    found = []
    for name in sorted(CANCELLING, key=lambda one: one != last):
        by = "name" if name in ("HassCancelTimer", "MynahCancelAlarm") else "text"
        one = Intent(name, rest if which is None else {**rest, by: which}, intent.confidence)
        outcome = world.handle(one)
        if outcome.fine and (outcome.done or outcome.question):
            found.append((one, outcome))
            if name == last:
                break
    if len(found) != 1:
        return dialogue, refused(UNKNOWN if found else "I know of no such thing")
    one, outcome = found[0]
    return remembered(closed(dialogue), one, outcome, world), outcome


def stop(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """Whatever rings or speaks; else what was spoken of last, where it moves or plays."""
    outcome = world.handle(intent)
    about = dialogue.focus.about if dialogue.focus is not None else {}
    if not outcome.fine and any(slot in about for slot in referring.DEVICES):
        for name in ("HassStopMoving", "HassMediaPause", "MynahPause"):
            stopped = world.handle(Intent(name, about, intent.confidence))
            if stopped.fine and stopped.question is None:
                return remembered(dialogue, intent, stopped, world), stopped
    return remembered(dialogue, intent, outcome, world), outcome


def _turns_off_an_alarm(intent: Intent) -> bool:
    return intent.name == "HassTurnOff" and str(intent.slots.get("name", "")).split()[-1:] == ["alarm"]


def rather(intent: Intent, world: World) -> tuple[Intent, Outcome] | None:
    """What is paused or rings comes first: "resume" is a paused timer, "turn off the alarm" what rings."""
    if intent.name == "HassMediaUnpause" and NAMED.isdisjoint(intent.slots):
        meant = Intent("HassUnpauseTimer", {}, intent.confidence)
    elif intent.name == "MynahDisarmAlarm" or _turns_off_an_alarm(intent):
        meant = Intent("MynahStop", {}, intent.confidence)
    else:
        return None
    outcome = world.handle(meant)
    return (meant, outcome) if outcome.fine else None


def why(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    if dialogue.reason:
        return dialogue, Outcome(reply=Reply(dialogue.reason))
    heard = dialogue.heard
    if heard is None:
        return dialogue, refused("I have not done anything yet")
    return dialogue, Outcome(reply=Reply(outcomes.explained(heard)))


WHY = "MynahWhy"
HANDLERS: Mapping[str, Callable[[Dialogue, Intent, World], Step]] = {
    "MynahUndo": undo,
    "MynahCancelThat": cancel,
    "MynahStop": stop,
    WHY: why,
}
