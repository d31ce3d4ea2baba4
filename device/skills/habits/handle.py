"""Whether Mynah may suggest what people usually do."""

from __future__ import annotations

from device.events import Change, Intent, Outcome, Reply
from device.memory.consent import START, STOP
from device.skills.skill import Handlers, World


def stop(intent: Intent, world: World) -> Outcome:
    back = Intent("MynahStartSuggesting", {}, 1.0)
    return Outcome(reply=Reply("I will suggest nothing any more"), done=(Change(STOP),), undo=(back,))


def start(intent: Intent, world: World) -> Outcome:
    text = (
        "I may suggest something once a day"
        if world.habits
        else "I only suggest something if [habits] says so"
    )
    back = Intent("MynahStopSuggesting", {}, 1.0)
    return Outcome(reply=Reply(text), done=(Change(START),), undo=(back,))


HANDLERS: Handlers = {"MynahStopSuggesting": stop, "MynahStartSuggesting": start}
