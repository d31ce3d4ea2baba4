"""How well habits are known: the next deed among the first three, and suggestions that somebody wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from device.memory.habits import model, suggesting
from device.memory.habits.deeds import SLOT, Deed, Done, day
from device.memory.habits.model import Since
from training.habits.family import Life

TRAINED = 40
"""Days from which habits are learnt; the rest are held out."""
FIRST = 3
Ranked = Callable[[Sequence[Done], Since, datetime], Sequence[Deed]]
"""What may come next, the likeliest first: after the last deeds, and how things are since when."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Of `count` deeds, so many were among the first three."""

    hits: int = 0
    count: int = 0

    @property
    def share(self) -> float:
        return self.hits / max(self.count, 1)

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.hits + other.hits, self.count + other.count)


def parted(done: Sequence[Done], days: int = TRAINED) -> tuple[tuple[Done, ...], tuple[Done, ...]]:
    """What is learnt from, and what is held out."""
    end = day(done[0].at) + timedelta(days=days)
    return tuple(one for one in done if day(one.at) < end), tuple(one for one in done if day(one.at) >= end)


def hits(learnt: Sequence[Done], held_out: Sequence[Done], ranked: Ranked) -> Hits:
    """Of the deeds that are held out. What comes next is asked right after the deed before."""
    since = {(one.deed.thing, one.deed.key): one for one in learnt}
    last, found = tuple(learnt[-2:]), 0
    for before, known, one in model.replay(held_out, since):
        recent = (*last, *before)[-2:]
        found += one.deed in ranked(recent, known, recent[-1].at)[:FIRST]
    return Hits(found, len(held_out))


def by_counts(learnt: Sequence[Done]) -> Ranked:
    """The device's own."""
    habits = model.learn(learnt)
    return lambda before, since, now: [deed for deed, _ in habits.ranked(before, since, now)]


def by_markov(learnt: Sequence[Done]) -> Ranked:
    """The baseline: what came after the last deed at this hour, then whatever came at this hour."""
    follows: dict[tuple[Deed, int], Counter[Deed]] = defaultdict(Counter)
    hours: dict[int, Counter[Deed]] = defaultdict(Counter)
    for before, one in pairwise(learnt):
        follows[before.deed, before.at.hour][one.deed] += 1
        hours[before.at.hour][one.deed] += 1

    def ranked(before: Sequence[Done], since: Since, now: datetime) -> Sequence[Deed]:
        first = [deed for deed, _ in follows[before[-1].deed, now.hour].most_common()]
        return [*first, *(deed for deed, _ in hours[now.hour].most_common() if deed not in first)]

    return ranked


@dataclass(frozen=True, slots=True)
class Suggestions:
    """In so many `days`: how many were `made`, and how many of them somebody `wanted`."""

    days: int = 0
    made: int = 0
    wanted: int = 0

    def __add__(self, other: Suggestions) -> Suggestions:
        return Suggestions(self.days + other.days, self.made + other.made, self.wanted + other.wanted)


def suggestions(life: Life, begin: datetime, end: datetime) -> Suggestions:
    """Those of the days from `begin` to `end`; the habits are learnt again every day, with the answers.

    One is wanted if somebody means to do it in the hour that follows, or forgot it in the hour before.
    """
    last: datetime | None = None
    answers: dict[Deed, tuple[int, int]] = {}
    made = wanted = days = 0
    kept = {(one.deed, one.at) for one in life.done}
    at, chances = begin, suggesting.Chances()
    while at < end:
        so_far = [one for one in life.done if one.at < at]
        if day(at) == at - timedelta(hours=4):
            chances, days = suggesting.learn(so_far, answers), days + 1
        since = {(one.deed.thing, one.deed.key): one for one in so_far}
        deed = suggesting.suggested(chances, since, at, last)
        if deed is not None:
            last = at
            yes = _is_wanted(deed, at, life.wanted, kept)
            taken, not_taken = answers.get(deed, (0, 0))
            answers[deed] = (taken + yes, not_taken + (not yes))
            made, wanted = made + 1, wanted + yes
        at += timedelta(minutes=SLOT)
    return Suggestions(days, made, wanted)


def _is_wanted(deed: Deed, at: datetime, meant: Iterable[Done], done: set[tuple[Deed, datetime]]) -> bool:
    hour = timedelta(hours=1)
    return any(
        one.deed == deed
        and (at <= one.at <= at + hour or (at - hour <= one.at < at and (deed, one.at) not in done))
        for one in meant
    )
