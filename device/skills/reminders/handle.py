"""Reminders: a text that is spoken at its time, once or again and again; cancelled; asked about."""

from __future__ import annotations

from device.events import Intent, Outcome, Question, Reply, refused
from device.memory.agenda import REMINDER, Entry, instant
from device.skills import entries
from device.skills.skill import Handlers, World, asked
from device.speaking.times import span as in_words
from device.speaking.times import when
from device.speaking.wording import listed, said_back
from device.understanding import times

LONGEST = 200
"""Characters of a text."""


def set_reminder(intent: Intent, world: World) -> Outcome:
    slots = intent.slots
    if isinstance(kept := slots.get("kept"), Entry):
        return entries.restored("set", kept, world)
    text = str(slots.get("text", "")).strip()
    if not text:
        return asked(Question("What shall I remind you of?", intent, "task"))
    if len(text) > LONGEST:
        return refused("That is too long for a reminder; say it in fewer words")
    at = times.moment(slots, world.now)
    if at is None:
        return asked(Question("When shall I remind you?", intent, "time"))
    if instant(at) <= instant(world.now):
        return refused("That time has already passed")
    if full := entries.full(world.agenda, REMINDER):
        return full
    span = times.length(slots, "in_")
    seconds = round(span.total_seconds()) if span and not times.days(slots) else None
    entry = world.agenda.new(Entry(REMINDER, at, text=text, seconds=seconds, days=times.days(slots)))
    told = f"in {in_words(seconds)}" if seconds else when(entry.days, at, world.now)
    return Outcome(
        reply=Reply(f"I will remind you {told} to {said_back(text)}"),
        done=(entries.change("set", entry, world.now),),
        undo=(Intent("MynahCancelReminder", {"entry": entry.id}, 1.0),),
        about={"entry": entry.id},
    )


def cancel(intent: Intent, world: World) -> Outcome:
    return entries.cancel(intent, world, REMINDER, "MynahSetReminder")


def reminders(intent: Intent, world: World) -> Outcome:
    waiting = world.agenda.waiting(REMINDER)
    meant = entries.found(intent, world, REMINDER, waiting)
    if isinstance(meant, Outcome):
        return Outcome(reply=Reply("There is no such reminder" if waiting else "There is no reminder"))
    ordered = sorted(meant, key=lambda entry: instant(entry.at))
    told = [f"{said_back(entry.text)} {when(entry.days, entry.at, world.now)}" for entry in ordered]
    about = {"entry": meant[0].id} if len(meant) == 1 else {}
    return Outcome(reply=Reply(f"You wanted to be reminded to {listed(told)}"), about=about)


HANDLERS: Handlers = {
    "MynahSetReminder": set_reminder,
    "MynahCancelReminder": cancel,
    "MynahReminders": reminders,
}
