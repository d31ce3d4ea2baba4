"""Questions about what was, answered from the journal; and forgetting it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from device.errors import JournalError
from device.events import Change, Intent, Outcome, Question, Reply, refused
from device.memory.journal.entries import Forget
from device.memory.journal.journal import FORGET
from device.skills.history import conditions, doings, values
from device.skills.history.asked import REPLIES, SOURCE, Asked
from device.skills.skill import Handlers, World, asked

log = logging.getLogger(__name__)

ANSWERS: Mapping[str, Callable[[Asked], Outcome]] = {
    "last": conditions.last,
    "how_long": conditions.how_long,
    "was": conditions.was,
    "which": conditions.was,
    "was_done": conditions.was_done,
    "how_often": conditions.was_done,
    "still": conditions.still,
    "value": values.value,
    "who": doings.who,
    "did": doings.did,
    "said": doings.said,
    "happened": doings.happened,
}
"""By the slot `ask`."""
SURE = "sure"
"""Slot: whoever asked was asked back."""


def history(intent: Intent, world: World) -> Outcome:
    return _read(world, lambda found: ANSWERS[str(intent.slots["ask"])](found), intent)


def forget(intent: Intent, world: World) -> Outcome:
    """ "Forget what I said today": asked back, and then forgotten for good."""
    return _read(world, lambda found: _forgotten(found, intent), intent)


def _read(world: World, answer: Callable[[Asked], Outcome], intent: Intent) -> Outcome:
    if world.journal is None:
        return replace(refused(REPLIES.say("off", world.said).text), source=SOURCE)
    try:
        with world.journal.past() as past:
            return answer(Asked(intent.slots, world, past))
    except JournalError as error:
        log.error(error)
        return replace(refused(REPLIES.say("unreadable", world.said).text), source=SOURCE)


def _forgotten(found: Asked, intent: Intent) -> Outcome:
    period = found.period_or("today")
    since, until = period.since.timestamp(), period.until.timestamp()
    turns = bool(intent.slots.get("turns", True))
    if intent.slots.get("everything"):
        what = Forget(turns=turns, states=not turns)
    else:
        what = Forget(since, until, turns, not turns)
    when = "" if intent.slots.get("everything") else period.called
    if turns and not any(turn.text is not None for turn in found.past.turns(what.since, what.until)):
        return found.say("nothing_said", when=when)
    if not intent.slots.get(SURE):
        question = "shall_i_forget" if turns else "shall_i_forget_states"
        text = found.say(question, when=when).reply.text
        return asked(Question(text, replace(intent, slots={**intent.slots, SURE: True}), "confirmation"))
    told = {"since": period.since.isoformat(timespec="seconds"), "turns": turns, "states": not turns}
    reply = found.say("forgotten", when=when).reply
    return Outcome(reply=Reply(reply.text), done=(Change(FORGET, told, what),), source=SOURCE)


HANDLERS: Handlers = {"MynahHistory": history, "MynahForget": forget}
