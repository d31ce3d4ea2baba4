"""The skills that ship, and who handles which intent."""

from __future__ import annotations

from device.events import Intent, Outcome, refused
from device.skills.alarms import handle as alarms
from device.skills.clock import handle as clock
from device.skills.delayed import handle as delayed
from device.skills.help import handle as help_
from device.skills.home import handle as home
from device.skills.reminders import handle as reminders
from device.skills.skill import Handlers, World
from device.skills.timers import handle as timers
from device.understanding.times import timed

OF_TIME: Handlers = {**timers.HANDLERS, **alarms.HANDLERS, **reminders.HANDLERS, **delayed.HANDLERS}
"""Those that know what a time in a sentence means to them."""
SHIPPED: Handlers = {**home.HANDLERS, **clock.HANDLERS, **help_.HANDLERS, **OF_TIME}


def handle(intent: Intent, world: World, handlers: Handlers = SHIPPED) -> Outcome:
    """What comes of `intent`; with a time in it, then or for so long."""
    handler = handlers.get(intent.name)
    if handler is None:
        return refused(f"Nothing in this home knows what to do for {intent.name}")
    if timed(intent.slots) and intent.name not in OF_TIME:
        return delayed.plan(intent, world, lambda one, now: handle(one, now, handlers))
    return handler(intent, world)
