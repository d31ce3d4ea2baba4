"""Entries of the agenda as the skills speak of them: what they are called, and which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from device.events import Change, Intent, Option, Outcome, Question, Reply, refused
from device.memory.agenda import ALARM, DELAYED, REMINDER, TIMER, Agenda, Entry
from device.memory.finding import EARLIEST, LATEST, LONGEST, SHORTEST, chosen
from device.skills.skill import World, asked
from device.speaking import times
from device.speaking.wording import capitalized, listed, said_back
from device.understanding.numbers import spoken
from device.understanding.times import WHEN

MOST = {TIMER: 40, ALARM: 100, REMINDER: 500, DELAYED: 200}
"""Entries of a kind that there may be."""
READ_OUT = 6
"""Entries that a question reads out; of more, the first few are examples."""
NOUNS = {TIMER: "timer", ALARM: "alarm", REMINDER: "reminder", DELAYED: "planned command"}
LENGTHS = {SHORTEST: ("shorter", "shortest", "short"), LONGEST: ("longer", "longest", "long")}
MOMENTS = {EARLIEST: ("earlier", "earliest", "early"), LATEST: ("later", "latest", "late")}
"""By the order of an entry among others: how one says which it is."""
FINDERS = (
    "entry",
    "entries",
    "but_entry",
    "name",
    "start_days",
    "start_hours",
    "start_minutes",
    "start_seconds",
    "area",
    "order",
)
"""Slots that say which entry is meant, and do not belong to what is asked about it."""


def called(entry: Entry, now: datetime) -> str:
    """ "the pasta timer", "the alarm at 7 in the morning tomorrow"."""
    if entry.kind == TIMER:
        return f"the {entry.name or times.lasting(entry.seconds or 0)} timer"
    when = times.when(entry.days, entry.at, now)
    if entry.kind == ALARM:
        return f"the {entry.name} alarm" if entry.name else f"the alarm {when}"
    return f"the reminder to {said_back(entry.text)}" if entry.kind == REMINDER else f"“{entry.text}” {when}"


def which(intent: Intent, entries: Sequence[Entry], now: datetime) -> Question:
    """ "Which timer: the pasta timer or the 5 minute timer?" The answer completes `intent`."""
    labels = [called(entry, now) for entry in entries]
    options = tuple(
        Option(
            label.removeprefix("the "), (*_said(entry, now), *_extremes(entry, entries)), {"entry": entry.id}
        )
        for label, entry in zip(labels, entries, strict=True)
    )
    slots = {slot: value for slot, value in intent.slots.items() if slot not in FINDERS}
    shown = listed(labels, "or") if len(labels) <= READ_OUT else f"{', '.join(labels[:READ_OUT])} or another"
    text = f"Which {NOUNS[entries[0].kind]}: {shown}?"
    return Question(text, replace(intent, slots=slots), "choice", options)


def _said(entry: Entry, now: datetime) -> Sequence[str]:
    """All that tells `entry` from others."""
    noun = NOUNS[entry.kind]
    names = [entry.name] if entry.name else []
    if entry.kind == TIMER:
        names.append(times.lasting(entry.seconds or 0))
    else:
        names += [times.clock(entry.at).split(" ")[0], times.clock(entry.at), times.moment(entry.at, now)]
    if entry.text:
        names.append(entry.text)
    return tuple(dict.fromkeys(spoken(text) for name in names for text in (name, f"{name} {noun}")))


def _extremes(entry: Entry, entries: Sequence[Entry]) -> Sequence[str]:
    """What `entry` is among `entries`: "the shorter one", "the latest"."""
    words = LENGTHS if entry.kind == TIMER else MOMENTS
    return [
        word
        for order, said in words.items()
        if chosen(entries, {"order": order}, entry.at) == (entry,)
        for word in said
    ]


def found(intent: Intent, world: World, kind: str, entries: Sequence[Entry]) -> tuple[Entry, ...] | Outcome:
    """Those of `entries` that are meant; an Outcome says why there are none."""
    meant = chosen(entries, intent.slots, world.now)
    noun = NOUNS[kind]
    if meant:
        return meant
    if not entries:
        return refused(f"There is no {noun}" if kind != DELAYED else "Nothing is planned")
    known = listed([called(entry, world.now) for entry in entries])
    return refused(f"There is no such {noun}; there {'is' if len(entries) == 1 else 'are'} {known}")


def one(intent: Intent, world: World, kind: str, entries: Sequence[Entry]) -> Entry | Outcome:
    """The one of `entries` that is meant; an Outcome asks which, or says why there is none."""
    meant = found(intent, world, kind, entries)
    if isinstance(meant, Outcome):
        return meant
    if len(meant) == 1:
        return meant[0]
    return asked(which(intent, meant, world.now))


def full(agenda: Agenda, kind: str) -> Outcome | None:
    """Why there can be no more of `kind`; None where there can."""
    count = len(agenda.waiting(kind))
    if count < MOST[kind]:
        return None
    return refused(f"There are {count} {NOUNS[kind]}s already; cancel one of them first")


def change(verb: str, entry: Entry, now: datetime) -> Change:
    """`verb` of an entry, such as "start" or "cancel": after it `entry` is in the agenda, or no more."""
    at = entry.at.isoformat(timespec="seconds")
    match entry.kind:
        case "timer":
            values: Mapping[str, Any] = {
                "name": entry.name,
                "seconds": entry.seconds,
                "left": entry.remaining(now),
            }
        case "alarm":
            values = {"at": at, "days": list(entry.days), "name": entry.name}
        case _:
            values = {"text": entry.text, "at": at, "days": list(entry.days)}
    return Change(f"{entry.kind}.{verb}", values, entry)


def cancel(
    intent: Intent, world: World, kind: str, back: str, among: Sequence[Entry] | None = None
) -> Outcome:
    """Takes entries out of the agenda: those that ring, if nothing is named; one; or, with the slot `all`,
    all that fit. `back`: the intent that brings them back. `among`: what to choose from; default: all."""
    among = world.agenda.of(kind) if among is None else among
    ringing = tuple(entry for entry in among if entry.rings)
    if ringing and not any(slot in intent.slots for slot in (*FINDERS, "all", *WHEN)):
        return cancelled(ringing, world, f"Stopped {together(ringing, world.now)}")
    meant = found(intent, world, kind, among)
    if isinstance(meant, Outcome):
        return meant
    if len(meant) > 1 and "all" not in intent.slots and "entries" not in intent.slots:
        return asked(which(intent, meant, world.now))
    return cancelled(meant, world, f"Cancelled {together(meant, world.now)}", back)


def cancelled(entries: Sequence[Entry], world: World, reply: str, back: str | None = None) -> Outcome:
    """`entries` leave the agenda."""
    undo = (Intent(back, {"kept": entry}, 1.0) for entry in entries if back and not entry.rings)
    done = tuple(change("cancel", entry, world.now) for entry in entries)
    about = {"entry": entries[0].id} if len(entries) == 1 else {}
    return Outcome(reply=Reply(reply), done=done, undo=tuple(undo), about=about)


def restored(verb: str, entry: Entry, world: World) -> Outcome:
    """`entry` is in the agenda again, as it was."""
    reply = Reply(f"{capitalized(called(entry, world.now))} is back")
    return Outcome(reply=reply, done=(change(verb, entry, world.now),))


def together(entries: Sequence[Entry], now: datetime) -> str:
    """Several entries as they are spoken of: by name, or where there are many by number."""
    if len(entries) <= 3:
        return listed([called(entry, now) for entry in entries])
    return f"all {len(entries)} {NOUNS[entries[0].kind]}s"
