"""Alarms: set for a time of the clock, once or on days of the week; cancelled; asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.events import Intent, Outcome, Question, Reply, refused
from device.memory.agenda import ALARM, Entry, instant
from device.skills import entries
from device.skills.skill import Handlers, World, asked
from device.speaking.times import when
from device.speaking.wording import listed
from device.understanding import times

MORNING = range(4, 12)
"""Hours at which people get up."""


def set_alarm(intent: Intent, world: World) -> Outcome:
    slots = in_the_morning(intent.slots)
    if isinstance(kept := slots.get("kept"), Entry):
        return entries.restored("set", kept, world)
    if not times.has_clock(slots):
        return asked(Question("For what time?", intent, "time"))
    at = times.moment(slots, world.now, waking=True)
    if at is None or instant(at) <= instant(world.now):
        return refused("That time has already passed")
    if full := entries.full(world.agenda, ALARM):
        return full
    entry = world.agenda.new(Entry(ALARM, at, name=slots.get("name"), days=times.days(slots)))
    return Outcome(
        reply=Reply(f"Alarm set {when(entry.days, at, world.now)}"),
        done=(entries.change("set", entry, world.now),),
        undo=(Intent("MynahCancelAlarm", {"entry": entry.id}, 1.0),),
        about={"entry": entry.id},
    )


def in_the_morning(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    """`slots` in which somebody who wants to be woken at an hour of the morning means the morning."""
    rest = {slot: value for slot, value in slots.items() if slot != "waking"}
    morning = "waking" in slots and "part" not in slots and slots.get("hour") in MORNING
    return {**rest, "part": "morning"} if morning else rest


def cancel(intent: Intent, world: World) -> Outcome:
    return entries.cancel(intent, world, ALARM, "MynahSetAlarm")


def alarms(intent: Intent, world: World) -> Outcome:
    meant = entries.found(intent, world, ALARM, world.agenda.waiting(ALARM))
    if isinstance(meant, Outcome):
        return meant if world.agenda.waiting(ALARM) else Outcome(reply=Reply("There is no alarm"))
    if len(meant) == 1:
        entry = meant[0]
        return Outcome(reply=Reply(f"There is {_told(entry, world)}"), about={"entry": entry.id})
    ordered = sorted(meant, key=lambda entry: instant(entry.at))
    told = [when(entry.days, entry.at, world.now) for entry in ordered]
    return Outcome(reply=Reply(f"There are {len(meant)} alarms: {listed(told)}"))


def _told(entry: Entry, world: World) -> str:
    name = f" called {entry.name}" if entry.name else ""
    return f"an alarm{name} {when(entry.days, entry.at, world.now)}"


HANDLERS: Handlers = {"MynahSetAlarm": set_alarm, "MynahCancelAlarm": cancel, "MynahAlarms": alarms}
