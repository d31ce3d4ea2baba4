"""Commands for later and for a while: "in ten minutes", "every weekday at seven", "for half an hour".

A command is checked when it is said: whether it is possible, which thing it means, and whether the hearing is
sure enough. The parsed request is stored, and done at its time as a sure one. "For an hour" does it now, or
at its time, and the opposite an hour later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from device.events import Intent, Outcome, Reply, refused
from device.home.model import Home
from device.memory.agenda import DELAYED, Entry, instant
from device.skills import entries
from device.skills.skill import Handler, Handlers, World, asked
from device.speaking.times import span, when
from device.speaking.wording import listed, to_do
from device.understanding import times

OPPOSITES = {
    "HassTurnOn": "HassTurnOff",
    "HassTurnOff": "HassTurnOn",
    "HassOpenCover": "HassCloseCover",
    "HassCloseCover": "HassOpenCover",
    "HassToggle": "HassToggle",
    "HassMediaPause": "HassMediaUnpause",
    "HassMediaUnpause": "HassMediaPause",
    "HassMediaPlayerMute": "HassMediaPlayerUnmute",
    "HassMediaPlayerUnmute": "HassMediaPlayerMute",
    "HassVacuumStart": "HassVacuumReturnToBase",
}
"""Requests that end what another began; what has none is taken back."""
LONGEST = timedelta(days=7)
"""How long something may last."""
THINGS = ("name", "area", "domain", "device_class")
"""Slots that say what a planned command is about."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`requests` are to be done at `at`; `text` says what they do; `seconds`, where a length was said."""

    at: datetime
    requests: tuple[Intent, ...]
    text: str
    seconds: int | None
    days: tuple[str, ...]


def plan(intent: Intent, world: World, handle: Handler) -> Outcome:
    """What comes of a request with a time; `handle`: what comes of one without."""
    bare = replace(intent, slots=times.without(intent.slots, times.LENGTH, times.WHEN, (times.BEGUN,)))
    begin = times.moment(intent.slots, world.now)
    now = handle(bare, world)
    if unfit := _unfit(intent, now, world, begin):
        return unfit
    begun = begin is None and times.BEGUN in intent.slots
    if begun:
        now = replace(now, commands=(), expected=(), done=(), undo=tuple(intent.slots[times.BEGUN]))
    plans = []
    if begin is not None:
        sure = replace(bare, confidence=1.0)
        plans.append(
            Plan(begin, (sure,), to_do(now.reply.text), _seconds(intent, "in_"), times.days(intent.slots))
        )
    end = times.end(intent.slots, begin or world.now)
    if end is not None:
        back = _back(bare, now, begin is None)
        if not back:
            return refused("I do not know how it was before, so I could not put it back")
        later = [handle(replace(one, confidence=intent.confidence), world) for one in back]
        if doubt := next((one.question for one in later if one.question), None):
            return asked(replace(doubt, about=intent))  # "unlock … for an hour" also locks
        text = " and ".join(to_do(one.reply.text) for one in later)
        days = _shifted(times.days(intent.slots), (end.date() - (begin or world.now).date()).days)
        plans.append(Plan(end, back, text, _seconds(intent, "") if begin is None else None, days))
    outcome = _stored(now, plans, world, begin is None)
    return replace(outcome, reply=_told(plans, world)) if begun else outcome


def _unfit(intent: Intent, now: Outcome, world: World, begin: datetime | None) -> Outcome | None:
    """Why the request cannot be planned, or what must be asked; `now`: its outcome without the time."""
    if now.question is not None:
        about = now.question.about
        timing = {slot: value for slot, value in intent.slots.items() if slot in (*times.LENGTH, *times.WHEN)}
        whole = replace(about, slots={**about.slots, **timing})
        return asked(replace(now.question, about=whole))
    if not now.fine:
        return now
    if not now.commands and not now.done:
        return refused("I can only tell you that for now; ask me again at that time")
    if begin is not None and instant(begin) <= instant(world.now):
        return refused("That time has already passed")
    if (span := times.length(intent.slots)) is not None and not timedelta() < span <= LONGEST:
        return refused("That is not a duration; say for how long, such as “half an hour”")
    return entries.full(world.agenda, DELAYED)


def _seconds(intent: Intent, prefix: str) -> int | None:
    span = times.length(intent.slots, prefix)
    return None if span is None or times.days(intent.slots) else round(span.total_seconds())


def _back(bare: Intent, now: Outcome, at_once: bool) -> tuple[Intent, ...]:
    """The requests that end what `bare` begins; what takes it back is known only of what is done at once.

    After "turn off the lights for an hour" those are on again that were on before.
    """
    if at_once and bare.name == "HassTurnOff" and "name" not in bare.slots:
        return now.undo
    if bare.name in OPPOSITES:
        return (replace(bare, name=OPPOSITES[bare.name], confidence=1.0),)
    return now.undo if at_once else ()


def _shifted(days: tuple[str, ...], by: int) -> tuple[str, ...]:
    """The days of the week that are `by` days after `days`."""
    moved = {times.WEEK[(times.WEEK.index(day) + by) % len(times.WEEK)] for day in days}
    return tuple(day for day in times.WEEK if day in moved)


def _stored(now: Outcome, plans: Sequence[Plan], world: World, at_once: bool) -> Outcome:
    """The plans in the agenda, and `now` where it is done at once."""
    agenda, changes, undo = world.agenda, list(now.done) if at_once else [], []
    about = dict(now.about)
    for one in plans:
        entry = agenda.new(
            Entry(DELAYED, one.at, seconds=one.seconds, text=one.text, requests=one.requests, days=one.days)
        )
        agenda = agenda.with_(entry)
        about["entries"] = (*about.get("entries", ()), entry.id)
        changes.append(entries.change("set", entry, world.now))
        undo.append(Intent("MynahCancelDelayed", {"entry": entry.id}, 1.0))
    told = _told(plans, world)
    if not at_once:
        return Outcome(reply=told, done=tuple(changes), undo=tuple(undo), about=about)
    reply = Reply(f"{now.reply.text}, and {told.text}")
    return replace(now, reply=reply, done=tuple(changes), undo=(*now.undo, *undo))


def _told(plans: Sequence[Plan], world: World) -> Reply:
    return Reply(f"I will {listed([f'{one.text} {_when(one, world.now)}' for one in plans])}")


def _when(one: Plan | Entry, now: datetime) -> str:
    if isinstance(one, Plan) and one.seconds is not None and not one.days:
        return f"in {span(one.seconds)}"
    return when(one.days, one.at, now)


def cancel(intent: Intent, world: World) -> Outcome:
    waiting = world.agenda.waiting(DELAYED)
    among = tuple(one for one in waiting if _concerns(one, intent, world.home))
    if waiting and not among:
        return refused("Nothing like that is planned; ask “what is planned”")
    other = {slot: value for slot, value in intent.slots.items() if slot not in THINGS}
    return entries.cancel(replace(intent, slots=other), world, DELAYED, "MynahKeepDelayed", among)


def keep(intent: Intent, world: World) -> Outcome:
    """Takes back that a command was cancelled."""
    return entries.restored("set", intent.slots["kept"], world)


def _concerns(entry: Entry, intent: Intent, home: Home) -> bool:
    """Whether one of the entry's requests is about the thing, the place or the kind that is named."""
    return all(
        any(_is_about(request, slot, intent.slots[slot], home) for request in entry.requests)
        for slot in THINGS
        if slot in intent.slots
    )


def _is_about(request: Intent, slot: str, value: Any, home: Home) -> bool:
    if request.slots.get(slot) == value:
        return True
    devices = home.named(str(request.slots.get("name", "")))
    traits = {"name": lambda d: d.name, "area": lambda d: d.room, "domain": lambda d: d.kind}
    return slot in traits and any(traits[slot](device) == value for device in devices)


def planned(intent: Intent, world: World) -> Outcome:
    waiting = sorted(world.agenda.waiting(DELAYED), key=lambda entry: instant(entry.at))
    if not waiting:
        return Outcome(reply=Reply("Nothing is planned"))
    told = [f"{entry.text} {_when(entry, world.now)}" for entry in waiting]
    return Outcome(reply=Reply(f"I will {listed(told)}"))


HANDLERS: Handlers = {"MynahDelayed": planned, "MynahCancelDelayed": cancel, "MynahKeepDelayed": keep}
