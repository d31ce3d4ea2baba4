"""What comes of acts in a conversation: the page that decides. Pure.

`respond` takes the dialogue as it is and gives the dialogue as it is afterwards. What is sent, what changes
in Mynah's memory and what is said stand in the outcome; nothing happens here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, Self

from device.dialogue import outcomes, referring
from device.dialogue.correcting import corrected, in_words, stepped
from device.dialogue.state import Dialogue, Focus, Undo
from device.events import (
    Act,
    Affirm,
    Also,
    Answer,
    Cancel,
    Change,
    Correct,
    Deny,
    Intent,
    NotRecognized,
    Option,
    Outcome,
    Question,
    Repeat,
    Reply,
    Request,
    refused,
)
from device.speaking.wording import listed

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


def respond(dialogue: Dialogue, acts: Sequence[Act], world: World) -> Step:
    """The dialogue after `acts`, the parts of one sentence in their order, and what comes of them."""
    dialogue = dialogue.at(world.now)
    if dialogue.question is not None and dialogue.question.relayed:
        return _closed(dialogue), Outcome(fine=not any(isinstance(act, NotRecognized) for act in acts))
    if any(isinstance(act, Cancel) for act in acts):  # also what was said before it in the same sentence
        acts = [Cancel()]
    if len(acts) > 1 and any(isinstance(act, NotRecognized) for act in acts):
        return _said(*_asked_back(dialogue, acts, world))
    found: list[Outcome] = []
    todo = list(acts)
    while todo:
        act = todo.pop(0)
        if isinstance(act, Answer | Affirm) and dialogue.question is not None:
            todo = [*dialogue.question.then, *todo]
        dialogue, outcome = _step(dialogue, act, world)
        world = world.after(outcome.done)
        found.append(outcome)
        if dialogue.question is not None and outcome.question is not None:
            dialogue = replace(dialogue, question=replace(dialogue.question, then=tuple(todo)))
            break
    whole = outcomes.joined(found)
    return _said(_together(dialogue, whole, world) if len(found) > 1 else dialogue, whole)


def _together(dialogue: Dialogue, whole: Outcome, world: World) -> Dialogue:
    """After several requests in one sentence "them" are the things of all, and all can be taken back."""
    focus, undo = dialogue.focus, dialogue.undo
    if focus is not None and whole.about:
        focus = replace(focus, about=whole.about)
    if whole.undo:
        undo = Undo(whole.undo, world.now)
    return replace(dialogue, focus=focus, undo=undo)


def _said(dialogue: Dialogue, outcome: Outcome) -> Step:
    name, times = outcome.reply.name, dialogue.times
    if name is not None:
        times = {**times, name: times.get(name, 0) + 1}
    return replace(dialogue, said=outcome.reply.text or dialogue.said, times=times), outcome


def _step(dialogue: Dialogue, act: Act, world: World) -> Step:
    if isinstance(act, Correct | Also):
        act = in_words(act, dialogue.focus)
    match act:
        case Request(intent):
            return _request(replace(dialogue, question=None, misses=0), intent, world)
        case Answer(slots, confidence) if dialogue.question is not None:
            about = dialogue.question.about
            sure = min(about.confidence, confidence)
            completed = replace(about, slots={**about.slots, **slots}, confidence=sure)
            return _request(_closed(dialogue), completed, world, dialogue.question)
        case Affirm() if dialogue.question is not None:
            return _request(_closed(dialogue), replace(dialogue.question.about, confidence=1.0), world)
        case Deny():
            return _denied(dialogue, world)
        case Cancel():
            return _closed(dialogue), Outcome(reply=Reply("Never mind"))
        case Correct():
            return _corrected(dialogue, act, world)
        case Also(slots, confidence) if dialogue.focus is not None:
            again = referring.merged(dialogue.focus.intent, slots, dialogue.focus.about)
            return _request(_closed(dialogue), replace(again, confidence=confidence), world)
        case Repeat():
            return dialogue, Outcome(reply=Reply(dialogue.said or "I said nothing"), done=(Change("repeat"),))
        case NotRecognized():
            return _missed(dialogue, act, world)
    return dialogue, refused(UNKNOWN)


def _closed(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, question=None, misses=0)


def _request(dialogue: Dialogue, intent: Intent, world: World, answered: Question | None = None) -> Step:
    """What is asked for, whoever asks; `answered`: the question that completed it."""
    if intent.name in OF_THE_DIALOGUE:
        return OF_THE_DIALOGUE[intent.name](dialogue, intent, world)
    resolved = referring.resolved(intent, dialogue.focus)
    if resolved is None:
        return dialogue, refused(UNKNOWN)
    outcome = world.handle(resolved)
    among = answered.options if answered else ()
    return _after(dialogue, resolved, outcome, world, among), outcome


def _after(
    dialogue: Dialogue, intent: Intent, outcome: Outcome, world: World, among: tuple[Option, ...] = ()
) -> Dialogue:
    """What is remembered of a request and its outcome."""
    question = outcome.question
    if question is not None:
        until = None if world.patience is None else world.now + world.patience
        question = replace(question, until=until)
    focus, undo = dialogue.focus, dialogue.undo
    if outcome.about:
        focus = Focus(intent, outcome.about, world.now, among)
    if outcome.fine and (outcome.commands or outcome.done):
        undo = Undo(outcome.undo, world.now)
    return replace(dialogue, question=question, focus=focus, undo=undo, heard=intent)


def _denied(dialogue: Dialogue, world: World) -> Step:
    """No to a question leaves everything as it is; no to what was just done asks whether to take it back."""
    if dialogue.question is not None:
        return _closed(dialogue), Outcome(reply=Reply("OK, I leave it as it is"))
    if dialogue.undo is None or not dialogue.undo.requests:
        return dialogue, Outcome(reply=Reply("OK"))
    question = Question("Shall I take that back?", Intent("MynahUndo", {}, 1.0), "confirmation")
    outcome = Outcome(reply=Reply(question.text), question=question)
    return _after(dialogue, question.about, outcome, world), outcome


def _corrected(dialogue: Dialogue, act: Correct, world: World) -> Step:
    """What was done is taken back, and what was meant is done; both, or nothing."""
    if dialogue.question is not None:
        return _step(dialogue, Answer(act.slots, act.confidence), world)
    if dialogue.focus is None:
        return dialogue, refused(UNKNOWN)
    meant = corrected(dialogue.focus, act)
    if meant is None:
        return _not_that(dialogue, dialogue.focus, act, world)
    outcome = world.handle(meant)
    if not outcome.fine:
        return dialogue, outcome
    back = _taken_back(dialogue, world, act.confidence, but=outcome.about.get("name"))
    after = _after(dialogue, meant, outcome, world, dialogue.focus.among)
    return after, outcomes.joined([*back, outcome], about=outcome.about)


def _not_that(dialogue: Dialogue, focus: Focus, act: Correct, world: World) -> Step:
    """It was wrong, and nobody knows yet what would be right: it is taken back, and what else was offered is
    offered once more."""
    rest = referring.others(focus)
    if not rest:
        return _undo(dialogue, Intent("MynahUndo", {}, act.confidence), world)
    slots = {slot: value for slot, value in focus.intent.slots.items() if slot != "name"}
    text = f"Which one then: {listed([f'the {one.label}' for one in rest], 'or')}?"
    question = Question(text, replace(focus.intent, slots=slots), "choice", rest)
    asked = Outcome(reply=Reply(text), question=question)
    outcome = outcomes.joined([*_taken_back(dialogue, world, act.confidence), asked])
    return _after(replace(dialogue, undo=None), focus.intent, outcome, world), outcome


def _taken_back(dialogue: Dialogue, world: World, confidence: float, but: str | None = None) -> list[Outcome]:
    """What takes back what was done last, the last first; `but` the thing that is told something else now."""
    requests = dialogue.undo.requests if dialogue.undo else ()
    kept = [one for one in requests if but is None or one.slots.get("name") != but]
    return [world.handle(replace(one, confidence=confidence)) for one in reversed(kept)]


def _undo(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    if dialogue.undo is None:
        return dialogue, refused("There is nothing to take back")
    if not dialogue.undo.requests:
        return dialogue, refused("I do not know how it was before")
    outcome = outcomes.joined(_taken_back(dialogue, world, intent.confidence))
    if outcome.question is not None:
        return _after(dialogue, outcome.question.about, outcome, world), outcome
    fine = replace(outcome, done=(*outcome.done, Change("undo")))
    return replace(_closed(dialogue), undo=None), fine


def _again(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    if dialogue.focus is None:
        return dialogue, refused(UNKNOWN)
    return _request(dialogue, replace(dialogue.focus.intent, confidence=intent.confidence), world)


def _more(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "A bit more", "a bit less": the last step once more, or a small step from the last value."""
    found = stepped(dialogue.focus, intent) if dialogue.focus else None
    return (dialogue, refused(UNKNOWN)) if found is None else _request(dialogue, found, world)


def _stop(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """Whatever rings or speaks; else what was spoken of last, where it moves or plays."""
    outcome = world.handle(intent)
    about = dialogue.focus.about if dialogue.focus is not None else {}
    if not outcome.fine and any(slot in about for slot in ("name", "names", *referring.PLACES)):
        for name in ("HassStopMoving", "HassMediaPause"):
            stopped = world.handle(Intent(name, about, intent.confidence))
            if stopped.fine and stopped.question is None:
                return _after(dialogue, intent, stopped, world), stopped
    return _after(dialogue, intent, outcome, world), outcome


def _why(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    heard = dialogue.heard
    if heard is None:
        return dialogue, refused("I did nothing yet")
    return dialogue, Outcome(reply=Reply(outcomes.explained(heard)))


OF_THE_DIALOGUE: Mapping[str, Callable[[Dialogue, Intent, World], Step]] = {
    "MynahUndo": _undo,
    "MynahAgain": _again,
    "MynahMore": _more,
    "MynahStop": _stop,
    "MynahWhy": _why,
}
"""Requests about the conversation itself."""


def _missed(dialogue: Dialogue, missed: NotRecognized, world: World) -> Step:
    """Nothing was understood. A question is explained once, then given up; it is not asked again."""
    question = dialogue.question
    if question is not None and not missed.text:
        return _closed(dialogue), refused("I leave it as it is")
    if question is None:
        hint = f". {world.help()}" if dialogue.misses else ""
        again = replace(dialogue, misses=dialogue.misses + 1)
        return again, refused(f"Sorry, I did not understand that{hint}")
    if question.misses:
        return _closed(dialogue), refused("Sorry, I did not understand that. I leave it as it is")
    once = replace(question, misses=1)
    text = f"Sorry, I did not understand that. {outcomes.answers(once)}"
    return replace(dialogue, question=once), Outcome(reply=Reply(text), question=once, fine=False)


def _asked_back(dialogue: Dialogue, acts: Sequence[Act], world: World) -> Step:
    """A sentence of which only a part was understood is not half done."""
    missed = next(act for act in acts if isinstance(act, NotRecognized))
    known = [act for act in acts if isinstance(act, Request)]
    if not known:
        return _missed(dialogue, missed, world)
    first, *rest = known
    text = f"I did not understand “{missed.text}”. Shall I do the rest?"
    question = Question(text, first.intent, "confirmation", then=tuple(rest))
    outcome = Outcome(reply=Reply(text), question=question, fine=False)
    return _after(dialogue, first.intent, outcome, world), outcome
