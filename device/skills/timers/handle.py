"""Timers: started, cancelled, lengthened, paused, and asked about. "Stop" ends what rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from device.events import Intent, Outcome, Question, Reply, refused
from device.memory.agenda import TIMER, Entry
from device.skills import entries
from device.skills.skill import Handlers, World, asked
from device.speaking.times import rough, span
from device.speaking.wording import capitalized, listed
from device.understanding import times

LONGEST = timedelta(days=1)
SNOOZE = timedelta(minutes=10)
"""How long what rings is put off, where nothing else is said."""


def start(intent: Intent, world: World) -> Outcome:
    kept = intent.slots.get("kept")
    if isinstance(kept, Entry):
        return entries.restored("start", kept, world)
    length = times.length(intent.slots)
    if length is None:
        return _asked("For how long?", intent)
    if unfit := _unfit(length) or entries.full(world.agenda, TIMER):
        return unfit
    name, area = intent.slots.get("name"), intent.slots.get("area", world.home.here)
    seconds = round(length.total_seconds())
    at = times.later(world.now, length)
    entry = world.agenda.new(Entry(TIMER, at, name=name, seconds=seconds, area=area))
    for_ = f" for {name}" if name else ""
    return Outcome(
        reply=Reply(f"{capitalized(span(seconds))}{for_}, starting now"),
        done=(entries.change("start", entry, world.now),),
        undo=(Intent("HassCancelTimer", {"entry": entry.id}, 1.0),),
        about={"entry": entry.id},
    )


def cancel(intent: Intent, world: World) -> Outcome:
    return entries.cancel(intent, world, TIMER, "HassStartTimer")


def cancel_all(intent: Intent, world: World) -> Outcome:
    return entries.cancel(
        replace(intent, slots={**intent.slots, "all": True}), world, TIMER, "HassStartTimer"
    )


def increase(intent: Intent, world: World) -> Outcome:
    return _changed(intent, world, 1)


def decrease(intent: Intent, world: World) -> Outcome:
    return _changed(intent, world, -1)


def _changed(intent: Intent, world: World, sign: int) -> Outcome:
    """The timer runs by the length in the slots longer, or shorter."""
    by = times.length(intent.slots)
    if by is None:
        return _asked("By how much?", intent)
    if sign > 0 and world.agenda.ringing and not any(slot in intent.slots for slot in entries.FINDERS):
        return snooze(intent, world)
    meant = entries.one(intent, world, TIMER, world.agenda.waiting(TIMER))
    if isinstance(meant, Outcome):
        return meant
    left = timedelta(seconds=meant.remaining(world.now)) + sign * by
    called = entries.called(meant, world.now)
    if left <= timedelta():
        return refused(
            f"Only {span(meant.remaining(world.now))} are left on {called}; say “cancel” to end it"
        )
    if unfit := _unfit(left):
        return unfit
    seconds = (meant.seconds or 0) + round(sign * by.total_seconds())
    if meant.left is not None:
        changed = replace(meant, seconds=seconds, left=round(left.total_seconds()))
    else:
        changed = replace(meant, seconds=seconds, at=times.later(meant.at, sign * by))
    return Outcome(
        reply=Reply(f"{capitalized(rough(left.total_seconds()))} left on {called}"),
        done=(entries.change("change", changed, world.now),),
        undo=(Intent("HassDecreaseTimer" if sign > 0 else "HassIncreaseTimer", _by(by, meant), 1.0),),
        about={"entry": meant.id},
    )


def _by(by: timedelta, entry: Entry) -> dict[str, int]:
    return {"seconds": round(by.total_seconds()), "entry": entry.id}


def pause(intent: Intent, world: World) -> Outcome:
    running = [entry for entry in world.agenda.waiting(TIMER) if entry.left is None]
    meant = entries.one(intent, world, TIMER, running or world.agenda.waiting(TIMER))
    if isinstance(meant, Outcome):
        return meant
    called = entries.called(meant, world.now)
    if meant.left is not None:
        return refused(f"{capitalized(called)} is paused already")
    paused = replace(meant, left=meant.remaining(world.now))
    return Outcome(
        reply=Reply(f"Paused {called} with {span(paused.left or 0)} left"),
        done=(entries.change("pause", paused, world.now),),
        undo=(Intent("HassUnpauseTimer", {"entry": meant.id}, 1.0),),
        about={"entry": meant.id},
    )


def resume(intent: Intent, world: World) -> Outcome:
    paused = [entry for entry in world.agenda.waiting(TIMER) if entry.left is not None]
    meant = entries.one(intent, world, TIMER, paused or world.agenda.waiting(TIMER))
    if isinstance(meant, Outcome):
        return meant
    called = entries.called(meant, world.now)
    if meant.left is None:
        return refused(f"{capitalized(called)} is running already")
    running = replace(meant, left=None, at=times.later(world.now, timedelta(seconds=meant.left)))
    return Outcome(
        reply=Reply(f"Resumed {called}, {span(meant.left)} left"),
        done=(entries.change("resume", running, world.now),),
        undo=(Intent("HassPauseTimer", {"entry": meant.id}, 1.0),),
        about={"entry": meant.id},
    )


def status(intent: Intent, world: World) -> Outcome:
    meant = entries.found(intent, world, TIMER, world.agenda.of(TIMER))
    if isinstance(meant, Outcome):
        return replace(meant, fine=True) if not intent.slots else meant
    if len(meant) > 1:
        told = [f"{_left(entry, world)} on {entries.called(entry, world.now)}" for entry in meant]
        return Outcome(reply=Reply(f"There are {len(meant)} timers: {listed(told)}"))
    entry = meant[0]
    on = (
        f" on {entries.called(entry, world.now)}"
        if entry.name or len(world.agenda.waiting(TIMER)) > 1
        else ""
    )
    return Outcome(reply=Reply(capitalized(f"{_left(entry, world)}{on}")), about={"entry": entry.id})


def _left(entry: Entry, world: World) -> str:
    if entry.rings:
        return "no time left"
    paused = ", paused," if entry.left is not None else ""
    return f"{rough(entry.remaining(world.now))} left{paused}".removesuffix(",")


def stop(intent: Intent, world: World) -> Outcome:
    """Ends what rings, timers and alarms."""
    ringing = world.agenda.ringing
    if not ringing:
        return refused("There is nothing to stop")
    return entries.cancelled(ringing, world, "Stopped")


def snooze(intent: Intent, world: World) -> Outcome:
    """What rings is silent, and rings again later."""
    ringing = world.agenda.ringing
    if not ringing:
        return refused("There is nothing to put off")
    length = times.length(intent.slots) or SNOOZE
    if unfit := _unfit(length):
        return unfit
    seconds, at = round(length.total_seconds()), times.later(world.now, length)
    again = [replace(one, at=at, seconds=seconds, given=None, days=()) for one in ringing]
    done = tuple(entries.change("start" if one.kind == TIMER else "set", one, world.now) for one in again)
    about = {"entry": again[0].id} if len(again) == 1 else {}
    return Outcome(reply=Reply(f"Again in {span(seconds)}"), done=done, about=about)


def _asked(text: str, intent: Intent) -> Outcome:
    return asked(Question(text, intent, "duration"))


def _unfit(length: timedelta) -> Outcome | None:
    """Why a timer cannot run so long; None where it can."""
    if length < timedelta(seconds=1):
        return refused("A timer needs some time to run; say for how long, such as “5 minutes”")
    if length > LONGEST:
        return refused("A timer runs for a day at most; set an alarm or a reminder instead")
    return None


HANDLERS: Handlers = {
    "HassStartTimer": start,
    "HassCancelTimer": cancel,
    "HassCancelAllTimers": cancel_all,
    "HassIncreaseTimer": increase,
    "HassDecreaseTimer": decrease,
    "HassPauseTimer": pause,
    "HassUnpauseTimer": resume,
    "HassTimerStatus": status,
    "MynahStop": stop,
    "MynahSnooze": snooze,
}
