"""The skills that ship, and who handles which intent."""

from __future__ import annotations

from device.events import Intent, Outcome, refused
from device.skills.clock import handle as clock
from device.skills.help import handle as help_
from device.skills.home import handle as home
from device.skills.skill import Handlers, World

SHIPPED: Handlers = {**home.HANDLERS, **clock.HANDLERS, **help_.HANDLERS}


def handle(intent: Intent, world: World, handlers: Handlers = SHIPPED) -> Outcome:
    """What comes of `intent`."""
    handler = handlers.get(intent.name)
    if handler is None:
        return refused(f"Nothing in this home knows what to do for {intent.name}")
    return handler(intent, world)
