"""What Mynah can do, and what it leaves alone."""

from __future__ import annotations

from device.events import Intent, Outcome, Reply
from device.skills.skill import Handlers, World

HELP = (
    "You can turn lights and switches on and off, set brightness, colour and temperature, "
    "open and close blinds, start scenes, and ask for the state of things"
)


def never_mind(intent: Intent, world: World) -> Outcome:
    return Outcome(reply=Reply("Never mind"))


def what_it_can_do(intent: Intent, world: World) -> Outcome:
    return Outcome(reply=Reply(HELP))


HANDLERS: Handlers = {"HassNevermind": never_mind, "HassRespond": what_it_can_do}
