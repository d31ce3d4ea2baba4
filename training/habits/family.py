"""A simulated family: what five people switch, open and lock in 60 days, with all that goes otherwise.

Two adults and three children live by routines that differ on weekdays and days off. One adult works at home
on some days. Everything has its scatter: routines begin earlier or later, steps are left out, forgotten or
done twice, things are switched for no reason, guests stay in the evening, somebody is ill, and once the
family is away for days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from device.memory.habits.deeds import Deed, Done

BEGIN = datetime(2026, 1, 5, 4)
"""A Monday."""
DAYS = 60

LAMPS = (
    *("bedroom lamp", "bathroom light", "kitchen light", "hall lamp", "living room lamp", "desk lamp"),
    *("children's lamp", "porch light"),
)
MACHINES = ("coffee machine", "radio", "television", "washing machine", "dishwasher", "fan", "kettle")


@dataclass(frozen=True, slots=True)
class Step:
    """What is done in a routine, `minutes` after the step before it, with a chance of `share`."""

    deed: Deed
    minutes: float
    share: float = 0.95


@dataclass(frozen=True, slots=True)
class Routine:
    """Begins at `hour` with a standard deviation of `scatter` minutes, on a day of `kinds`, with a chance of
    `share`."""

    kinds: tuple[str, ...]
    hour: float
    scatter: float
    steps: tuple[Step, ...]
    share: float = 0.95


def on(thing: str, minutes: float, share: float = 0.95) -> Step:
    return Step(Deed(thing, "on", True), minutes, share)


def off(thing: str, minutes: float, share: float = 0.93) -> Step:
    return Step(Deed(thing, "on", False), minutes, share)


def move(thing: str, up: bool, minutes: float, share: float = 0.9) -> Step:
    return Step(Deed(thing, "open", up), minutes, share)


def lock(locked: bool, minutes: float, share: float = 0.93) -> Step:
    return Step(Deed("front door", "locked", locked), minutes, share)


WORK, HOME, FREE, ILL = "work", "home office", "free", "ill"
ROUTINES: Sequence[Routine] = (
    # Getting up.
    Routine(
        (WORK, HOME),
        6.4,
        8,
        (
            on("bedroom lamp", 0),
            on("bathroom light", 3),
            off("bedroom lamp", 6, 0.8),
            move("bedroom blinds", True, 3),
            on("kitchen light", 6),
            on("coffee machine", 1),
            on("radio", 2, 0.8),
            off("bathroom light", 3),
            move("living room blinds", True, 4),
            off("coffee machine", 18, 0.8),
        ),
    ),
    Routine(
        (WORK, HOME),
        6.9,
        10,
        (
            on("children's lamp", 0, 0.9),
            on("bathroom light", 6, 0.9),
            off("bathroom light", 9, 0.85),
            off("children's lamp", 5, 0.85),
        ),
    ),
    Routine(
        (FREE, ILL),
        8.5,
        35,
        (
            on("bathroom light", 0),
            move("bedroom blinds", True, 4),
            off("bathroom light", 6, 0.85),
            on("coffee machine", 7),
            on("radio", 3, 0.6),
            move("living room blinds", True, 5),
            off("coffee machine", 40, 0.8),
        ),
    ),
    # Leaving and coming home.
    Routine(
        (WORK,),
        7.6,
        7,
        (
            off("radio", 0, 0.85),
            off("kitchen light", 1),
            on("hall lamp", 3, 0.8),
            lock(False, 2),
            off("hall lamp", 1, 0.75),
            lock(True, 3),
        ),
    ),
    Routine(
        (HOME,),
        7.8,
        9,
        (lock(False, 0, 0.9), lock(True, 4, 0.7), off("radio", 15, 0.8), off("kitchen light", 3)),
    ),
    Routine(
        (HOME,),
        8.3,
        12,
        (on("desk lamp", 0), on("kettle", 70, 0.7), off("kettle", 4, 0.95), off("desk lamp", 240, 0.8)),
    ),
    Routine(
        (WORK, HOME),
        15.8,
        18,
        (
            lock(False, 0),
            lock(True, 3, 0.6),
            on("kettle", 8, 0.6),
            off("kettle", 4),
            on("television", 25, 0.5),
            off("television", 50, 0.9),
        ),
    ),
    Routine(
        (WORK,), 17.7, 15, (lock(False, 0), on("hall lamp", 1), lock(True, 3, 0.6), off("hall lamp", 6, 0.8))
    ),
    # The evening.
    Routine(
        (WORK, HOME, FREE, ILL),
        18.2,
        14,
        (
            on("kitchen light", 0),
            on("radio", 4, 0.7),
            on("living room lamp", 35),
            off("radio", 18, 0.85),
            on("dishwasher", 22, 0.6),
            off("kitchen light", 6, 0.85),
        ),
    ),
    Routine(
        (WORK, HOME, FREE), 18.6, 12, (on("porch light", 0, 0.85), move("living room blinds", False, 12))
    ),
    Routine(
        (WORK, HOME),
        19.8,
        10,
        (
            on("children's lamp", 0),
            on("bathroom light", 4),
            off("bathroom light", 13),
            off("children's lamp", 22),
        ),
    ),
    Routine(
        (FREE,),
        20.5,
        20,
        (
            on("children's lamp", 0),
            on("bathroom light", 4),
            off("bathroom light", 13),
            off("children's lamp", 28),
        ),
    ),
    Routine(
        (WORK, HOME, FREE, ILL),
        20.4,
        15,
        (on("television", 0, 0.8), off("dishwasher", 35, 0.85), off("television", 75, 0.95)),
    ),
    # To bed.
    Routine(
        (WORK, HOME, ILL),
        22.5,
        12,
        (
            off("living room lamp", 0),
            off("porch light", 1, 0.85),
            lock(True, 2, 0.85),
            on("bathroom light", 3),
            on("bedroom lamp", 5),
            move("bedroom blinds", False, 2),
            off("bathroom light", 3),
            off("bedroom lamp", 20),
        ),
    ),
    Routine(
        (FREE,),
        23.3,
        25,
        (
            off("living room lamp", 0),
            off("porch light", 1, 0.85),
            lock(True, 2, 0.85),
            on("bathroom light", 3),
            on("bedroom lamp", 5),
            move("bedroom blinds", False, 2),
            off("bathroom light", 3),
            off("bedroom lamp", 25),
        ),
    ),
    # Now and then.
    Routine((FREE,), 10.6, 40, (on("washing machine", 0), off("washing machine", 95)), 0.8),
    Routine((WORK, HOME), 19.0, 30, (on("washing machine", 0), off("washing machine", 95)), 0.25),
    Routine(
        (FREE,), 11.5, 50, (lock(False, 0), lock(True, 3, 0.8), lock(False, 110), lock(True, 3, 0.6)), 0.7
    ),
    Routine((FREE,), 15.5, 60, (on("kettle", 0), off("kettle", 4), on("fan", 20, 0.3), off("fan", 60)), 0.7),
)
FORGOTTEN = 0.3
"""Of the steps that are left out: those that somebody wanted and forgot."""
NOISE = 7.0
"""Deeds of no routine in a day."""
GUESTS, ILLNESS, OFFICE = 0.15, 0.04, 0.4
"""Of the days: with guests in the evening, with somebody ill; of Tuesdays and Thursdays: work at home."""


@dataclass(frozen=True, slots=True)
class Life:
    """`done`: in the order of time; each was not so before. `wanted`: what somebody meant to do, and when,
    whether it was done or forgotten."""

    done: tuple[Done, ...]
    wanted: tuple[Done, ...]


def live(seed: int, days: int = DAYS) -> Life:
    """The deeds of a family in so many days. The same seed gives the same life."""
    chance = np.random.default_rng(seed)
    away = int(chance.integers(15, days - 15)) if days > 40 else days
    done: list[Done] = []
    wanted: list[Done] = []
    for number in range(days):
        day = BEGIN + timedelta(days=number)
        if away <= number < away + 4:
            continue  # nobody is at home
        for one, forgotten in _day(day, _kind(day, chance), chance):
            wanted.append(one)
            if not forgotten:
                done.append(one)
        noise = list(_noise(day, chance))
        done += noise
        wanted += noise
    return Life(tuple(_changes(sorted(done, key=lambda one: one.at))), tuple(wanted))


def _kind(day: datetime, chance: np.random.Generator) -> str:
    if chance.random() < ILLNESS:
        return ILL
    if day.weekday() >= 5 or chance.random() < 0.03:  # a holiday
        return FREE
    return HOME if day.weekday() in (1, 3) and chance.random() < OFFICE * 2 else WORK


def _day(day: datetime, kind: str, chance: np.random.Generator) -> Iterator[tuple[Done, bool]]:
    midnight = day.replace(hour=0)
    late = float(chance.normal(0, 8))  # the whole family is late, or early
    guests = chance.random() < GUESTS
    for routine in ROUTINES:
        if kind not in routine.kinds or chance.random() > routine.share:
            continue
        delay = chance.normal(70, 20) if guests and routine.hour > 22 else 0.0
        at = midnight + timedelta(
            minutes=routine.hour * 60 + chance.normal(0, routine.scatter) + late + delay
        )
        for step in routine.steps:
            at += timedelta(minutes=max(0.2, step.minutes * chance.lognormal(0, 0.25)))
            left_out = chance.random() > step.share
            if not left_out or chance.random() < FORGOTTEN:
                yield Done(step.deed, at), left_out


def _noise(day: datetime, chance: np.random.Generator) -> Iterator[Done]:
    for _ in range(chance.poisson(NOISE)):
        thing = str(chance.choice([*LAMPS, *MACHINES[:3]]))
        at = day + timedelta(minutes=float(chance.uniform(2.5 * 60, 19 * 60)))
        value = bool(chance.random() < 0.5)
        yield Done(Deed(thing, "on", value), at)


def _changes(done: Sequence[Done]) -> Iterator[Done]:
    """Those that change something: what is on already is not turned on."""
    states: dict[tuple[str, str], bool] = {}
    for one in done:
        place = one.deed.thing, one.deed.key
        if states.get(place, one.deed.key == "locked" and not one.deed.value) != one.deed.value:
            states[place] = one.deed.value
            yield one
