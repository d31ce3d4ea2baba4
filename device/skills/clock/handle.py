"""The time and the date."""

from __future__ import annotations

from device.events import Intent, Outcome, Reply
from device.skills.skill import Handlers, World
from device.understanding.times import WEEK


def time(intent: Intent, world: World) -> Outcome:
    now = world.now
    return Outcome(reply=Reply(f"It is {now.hour % 12 or 12}:{now:%M} {'AM' if now.hour < 12 else 'PM'}"))


def date(intent: Intent, world: World) -> Outcome:
    """The date; whether it is the day that is asked about."""
    asked = intent.slots.get("asked")
    said = "" if asked is None else "Yes. " if WEEK[world.now.weekday()] == asked else "No. "
    return Outcome(reply=Reply(f"{said}It is {world.now:%A}, {world.now:%B} {world.now.day}"))


HANDLERS: Handlers = {"HassGetCurrentTime": time, "HassGetCurrentDate": date}
