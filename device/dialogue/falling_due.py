"""What comes of something that falls due: it is told, rings, or is done. Pure."""

from __future__ import annotations

from dataclasses import replace

from device.dialogue import outcomes
from device.dialogue.questions import CONFIRMATION
from device.dialogue.remembering import World
from device.events import Act, Due, Outcome, Question, Reply, Request, refused
from device.knowledge.rules.watching import Fired
from device.speaking.times import clock, lasting, moment
from device.speaking.wording import capitalized, said_back

RULE = "rule"
"""The kind of what is due because a rule fires."""


def fallen_due(due: Due, world: World) -> tuple[tuple[Act, ...], Outcome]:
    """The requests that are done, and what comes of all."""
    if due.kind == "delayed" and not due.missed:
        return tuple(map(Request, due.requests)), _done(due, world)
    return (), Outcome(reply=Reply(_missed(due, world) if due.missed else _told(due)))


def set_off(fired: Fired, world: World) -> tuple[Due, tuple[Act, ...], Outcome]:
    """What comes of a rule that fires: it is told, asked or done."""
    rule, doing = fired.bound.rule, fired.bound.doing
    if doing is None:
        return Due(RULE, 0, world.now, rule.name, rule.text), (), Outcome(reply=Reply(rule.text))
    due = Due(RULE, 0, world.now, rule.name, doing.does, doing.requests)
    if not fired.bound.asks:
        return due, tuple(map(Request, doing.requests)), _done(due, world)
    first, *others = doing.requests
    so = f"{capitalized(' and '.join(fired.held))}. " if fired.held else ""
    question = Question(f"{so}Shall I {doing.does}?", first, CONFIRMATION, then=tuple(map(Request, others)))
    return due, (), Outcome(reply=Reply(question.text), question=question)


def _done(due: Due, world: World) -> Outcome:
    """What was planned is done as if it had been heard well; nobody is there to be asked."""
    found: list[Outcome] = []
    for request in due.requests:
        outcome = world.handle(replace(request, confidence=1.0))
        if outcome.question is not None or not outcome.fine:
            found.append(refused(f"I could not {due.text}: {outcome.reply.text}"))
        else:
            found.append(outcome)
        world = world.after(outcome.done)
    return outcomes.joined(found)


def _told(due: Due) -> str:
    match due.kind:
        case "timer":
            return f"{capitalized(_timer(due))} is done"
        case "alarm":
            return f"It is {clock(due.at)}" + (f": {due.name}" if due.name else "")
    return f"I was to remind you to {said_back(due.text)}"


def _missed(due: Due, world: World) -> str:
    when = moment(due.at, world.now)
    match due.kind:
        case "timer":
            return f"While I was off, {_timer(due)} ended {when}"
        case "alarm":
            return f"I was off when your {due.name + ' ' if due.name else ''}alarm was due {when}"
        case "reminder":
            return f"I was off {when}, when I was to remind you to {said_back(due.text)}"
    return f"I was off {when}, so I did not {due.text}"


def _timer(due: Due) -> str:
    return f"your {due.name or lasting(due.seconds or 0)} timer"
