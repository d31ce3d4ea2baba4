"""What comes of acts in a conversation: the page that decides. Pure.

`respond` takes the dialogue as it is and gives the dialogue as it is afterwards. What is sent, what changes
in Mynah's memory and what is said stand in the outcome; nothing happens here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from device.dialogue import consulting, continuing, itself, levels, outcomes, referring
from device.dialogue.correcting import corrected, from_value, in_words, stepped
from device.dialogue.not_understood import (
    STOPPING,
    asked_back,
    asked_first,
    is_wide,
    meant_asked,
    missed,
    rest_offered,
)
from device.dialogue.questions import CONFIRMATION, YES_OR_NO, answers
from device.dialogue.remembering import UNKNOWN, Step, World, closed, opened, remembered
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
from device.understanding import times
from device.understanding.scope import NAMED, WONDERED


def respond(dialogue: Dialogue, acts: Sequence[Act], world: World) -> Step:
    """The dialogue after `acts`, the parts of one sentence in their order, and what comes of them."""
    dialogue = dialogue.at(world.now)
    if dialogue.question is not None and dialogue.question.relayed:
        return closed(dialogue), Outcome(fine=not any(isinstance(act, NotRecognized) for act in acts))
    cancels = [at for at, act in enumerate(acts) if itself.cancels(act, at > 0)]
    if cancels:  # also what was said before it in the same sentence
        acts = (Cancel(), *acts[cancels[-1] + 1 :])
    if len(acts) > 1 and any(isinstance(act, NotRecognized) for act in acts):
        return _said(*asked_back(dialogue, acts, world))
    if any(isinstance(act, Deny | Correct | Repeat) for act in acts[1:]):
        acts = _meant(dialogue, acts, world)
    found: list[Outcome] = []
    before, todo = dialogue, list(acts)
    done: list[Act] = []
    while todo:
        act = todo.pop(0)
        if dialogue.question is not None and answers(act, dialogue.question):
            todo = [*dialogue.question.then, *todo]
        dialogue, outcome = _step(dialogue, act, world)
        if _doubtful(before, act, outcome, world):
            return _said(*meant_asked(before, dialogue.focus, outcome, world))
        others = (*todo, *done)
        if held := _held(replace(before, focus=dialogue.focus), act, others, outcome, world):
            return _said(*held)
        done.append(act)
        if outcome.question is None:
            todo = _asked_next(act, todo)
        world = world.after(outcome.done)
        if isinstance(act, Also) and any(outcome.commands == one.commands != () for one in found):
            continue  # it only names what was told: "lock it then, the back door"
        found.append(outcome)
        if dialogue.question is not None and outcome.question is not None:
            question = dialogue.question
            dialogue = replace(dialogue, question=replace(question, then=(*question.then, *todo)))
            break
    whole = outcomes.joined(found)
    return _said(_together(dialogue, whole, world) if len(found) > 1 else dialogue, whole)


def _meant(dialogue: Dialogue, acts: Sequence[Act], world: World) -> Sequence[Act]:
    """The acts of a sentence that corrects itself: what is wrong in it is not done. NotRecognized where that
    is not clear."""
    made: list[Act] = []
    for act in acts:
        if made and isinstance(act, Deny | Correct | Repeat):
            first = made.pop()
            begun = replace(first, asked="") if isinstance(first, Request) else None
            focus = _step(dialogue, begun, world)[0].focus if begun is not None else None
            meant = corrected(focus, act) if focus is not None and isinstance(act, Correct) else None
            if meant is None:
                return [NotRecognized("no", "it does not say what you mean instead")]
            made.append(Request(meant, asked=first.asked if isinstance(first, Request) else ""))
        else:
            made.append(act)
    return made


def _held(dialogue: Dialogue, act: Act, others: Sequence[Act], outcome: Outcome, world: World) -> Step | None:
    """What is asked before anything of a sentence is done: which thing one of its requests means, or whether
    `others` are to be done without it. None where nothing stands in the way."""
    if not others or not all(isinstance(act, Request | Also) for act in others):
        return None
    question = outcome.question
    if question is not None and question.expects not in YES_OR_NO:
        then = (*question.then, *others)
        return replace(dialogue, question=opened(replace(question, then=then), world)), outcome
    if not outcome.possible:
        first, *rest = others
        if isinstance(first, Also) and isinstance(act, Request):
            first = Request(referring.merged(act.intent, first.slots, {}))
        if isinstance(first, Request):
            step, offer = rest_offered(dialogue, outcome.reply.text, first, rest, world)
            return step, replace(offer, possible=False)
    return None


def _doubtful(dialogue: Dialogue, act: Act, outcome: Outcome, world: World) -> bool:
    """Whether `act` tells something to what was spoken of before, though something else may be meant: what
    Mynah only guesses and has asked about; or, where it is several things, what was not understood."""
    question = dialogue.question
    guessed = question is not None and bool(question.about.inferred)
    strayed = dialogue.strayed and question is None and len(outcome.commands) > 1
    if not outcome.commands or not (guessed or strayed):
        return False
    if isinstance(act, Also | Correct):
        return {*NAMED, *referring.POINTING}.isdisjoint(act.slots)
    if not isinstance(act, Request) or act.intent.name in STOPPING or dialogue.focus is None:
        return False
    alone = replace(dialogue, question=None, focus=None)
    return _step(alone, act, world)[1].commands != outcome.commands


def _asked_next(act: Act, todo: list[Act]) -> list[Act]:
    """`todo`, whose first is to be asked about where there was nothing to ask about `act`."""
    if not todo or not isinstance(act, Request) or not act.asked:
        return todo
    first, *others = todo
    if isinstance(first, Also):
        first = Request(referring.merged(act.intent, first.slots, {}))
    if isinstance(first, Request) and not first.asked:
        first = replace(first, asked=act.asked)
    return [first, *others]


def _together(dialogue: Dialogue, whole: Outcome, world: World) -> Dialogue:
    """After several requests in one sentence "them" are the things of all, and all can be taken back."""
    focus, undo = dialogue.focus, dialogue.undo
    if focus is not None and whole.about:
        focus = replace(focus, about=whole.about)
    if whole.undo:
        undo = Undo(whole.undo, world.now, focus.intent if focus is not None else None)
    return replace(dialogue, focus=focus, undo=undo)


def _said(dialogue: Dialogue, outcome: Outcome) -> Step:
    name, times = outcome.reply.name, dialogue.times
    if name is not None:
        times = {**times, name: times.get(name, 0) + 1}
    return replace(dialogue, said=outcome.reply.text or dialogue.said, times=times), outcome


def _step(dialogue: Dialogue, act: Act, world: World) -> Step:
    focus = _spoken_of(dialogue, world)
    if isinstance(act, Correct | Also):
        act = in_words(act, focus)
    match act:
        case Request(intent, either, asked):
            reason = dialogue.reason if intent.name == itself.WHY else ""
            begun = replace(dialogue, question=None, misses=0, strayed=False, reason=reason)
            after, outcome = (
                _either(begun, intent, either, world) if either else _request(begun, intent, world)
            )
            if focus is not None and after.focus is dialogue.focus and not (outcome.done or outcome.commands):
                after = replace(after, focus=focus)  # what was to choose from can still be chosen
            meant = (after.heard if either else None) or intent
            asked = asked or (intent.inferred if is_wide(intent, outcome) else "")
            return asked_first(begun, meant, asked, (after, outcome), world) if asked else (after, outcome)
        case Answer(slots, confidence) if dialogue.question is not None:
            about = dialogue.question.about
            sure = min(about.confidence, confidence)
            completed = replace(about, slots={**about.slots, **slots}, confidence=sure)
            return _request(closed(dialogue), completed, world, dialogue.question)
        case Affirm() if dialogue.question is not None and answers(act, dialogue.question):
            return _request(closed(dialogue), replace(dialogue.question.about, confidence=1.0), world)
        case Affirm() if dialogue.question is not None:
            return missed(dialogue, NotRecognized("yes", "it does not answer a question"), world)
        case Deny():
            return _denied(dialogue, world)
        case Cancel():
            return closed(dialogue), Outcome(reply=Reply(itself.NEVER_MIND))
        case Also(slots) if focus is not None and continuing.restates(slots, focus):
            return continuing.put_right(dialogue, focus, Correct(slots, act.confidence), world)
        case Correct(slots) if (
            focus is not None and times.only(slots) and not times.timed(focus.intent.slots)
        ):
            return continuing.also(dialogue, focus, Also(slots, act.confidence), world)
        case Correct() if focus is not None:
            return continuing.put_right(dialogue, focus, act, world)
        case Also(slots) if (
            dialogue.question is not None
            and dialogue.question.expects in YES_OR_NO
            and not _narrows(slots, dialogue.question)
        ):
            return missed(dialogue, NotRecognized("also", "it does not answer a question"), world)
        case Also() if focus is not None:
            return continuing.also(dialogue, focus, act, world)
        case Repeat():
            question = opened(dialogue.question, world) if dialogue.question else None
            reply = Reply(dialogue.said or "I said nothing")
            outcome = Outcome(reply=reply, done=(Change("repeat"),), question=question)
            return replace(dialogue, question=question), outcome
        case NotRecognized():
            return missed(dialogue, act, world)
        case Also(slots) | Correct(slots) if "which" in slots:
            return missed(dialogue, NotRecognized("one", UNKNOWN), world)
    return dialogue, refused(UNKNOWN)


def _narrows(slots: Mapping[str, object], question: Question) -> bool:
    """ "Only the sofa one", to whether Mynah shall do what it inferred of all in the lounge."""
    return bool(question.about.inferred) and "which" in slots


def _spoken_of(dialogue: Dialogue, world: World) -> Focus | None:
    """What a correction or a continuation is about: what a question is about, or else the last request."""
    question = dialogue.question
    if question is None or question.about.name in itself.HANDLERS:
        return dialogue.focus
    if dialogue.focus is not None and dialogue.focus.intent == question.about:
        return dialogue.focus
    kind = question.about.slots.get("kind")
    return Focus(question.about, {"domain": kind} if kind else {}, world.now, question.options)


def _request(dialogue: Dialogue, intent: Intent, world: World, answered: Question | None = None) -> Step:
    """What is asked for, whoever asks; `answered`: the question that completed it."""
    if intent.name in itself.HANDLERS:
        return itself.HANDLERS[intent.name](dialogue, intent, world)
    if intent.name in CONTINUING:
        return CONTINUING[intent.name](dialogue, intent, world)
    intent = levels.wished(intent, dialogue.focus and dialogue.focus.about.get("domain"))
    resolved = referring.resolved(intent, dialogue.focus)
    if resolved is None:
        return dialogue, refused(UNKNOWN)
    resolved = from_value(dialogue.focus, resolved) or resolved
    resolved, outcome = itself.rather(resolved, world) or (resolved, world.handle(resolved))
    meant = referring.settled_on(resolved, dialogue.focus, outcome.question)
    if meant is not resolved:
        resolved, outcome = meant, world.handle(meant)
    if not outcome.fine and resolved.name == referring.OF_ENTRIES.get(intent.name):
        resolved, outcome = intent, world.handle(intent)  # no such timer, but perhaps music
    among = answered.options if answered else ()
    step = remembered(dialogue, resolved, outcome, world, among), outcome
    asked = "" if outcome.fine else resolved.slots.get(WONDERED, "")
    return consulting.unanswered(dialogue, step, asked, world)


def _either(dialogue: Dialogue, intent: Intent, either: tuple[Option, ...], world: World) -> Step:
    """Of what sounds alike, that which can be done; where all can, Mynah asks."""
    meant = [replace(intent, slots={**intent.slots, **one.slots}) for one in either]
    steps = [_request(dialogue, one, world) for one in meant]
    if not all(outcome.fine for _, outcome in steps):
        return next((step for step in steps if step[1].fine), steps[0])
    text = f"{listed([one.label for one in either], 'or').capitalize()}?"
    rest = {slot: value for slot, value in intent.slots.items() if slot not in either[0].slots}
    question = Question(text, replace(intent, slots=rest), "choice", either)
    outcome = Outcome(reply=Reply(text), question=question)
    return remembered(dialogue, intent, outcome, world), outcome


def _denied(dialogue: Dialogue, world: World) -> Step:
    """No to a question leaves everything as it is; no to what was just done asks whether to take it back."""
    if dialogue.question is not None:
        return consulting.none_of_them(dialogue, dialogue.question, world)
    if dialogue.undo is None or not dialogue.undo.requests:
        return dialogue, Outcome(reply=Reply("OK"))
    question = Question("Shall I take that back?", Intent("MynahUndo", {}, 1.0), CONFIRMATION)
    outcome = Outcome(reply=Reply(question.text), question=question)
    return remembered(dialogue, question.about, outcome, world), outcome


def _again(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    if dialogue.focus is None:
        return dialogue, refused(UNKNOWN)
    return _request(dialogue, replace(dialogue.focus.intent, confidence=intent.confidence), world)


def _more(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "A bit more", "a bit less": the last step once more, or a small step from the last value."""
    found = stepped(dialogue.focus, intent) if dialogue.focus else None
    return (dialogue, refused(UNKNOWN)) if found is None else _request(dialogue, found, world)


CONTINUING: Mapping[str, Callable[[Dialogue, Intent, World], Step]] = {
    "MynahAgain": _again,
    "MynahMore": _more,
    **consulting.HANDLERS,
}
"""Requests that do what was asked for last once more, or go on with what is read out."""
