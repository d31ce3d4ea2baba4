"""Whether to suggest something, and what: pure decisions.

At the beginning of each half hour, a deed that could be done has the chance with which people did it in the
hour that followed, on such days, when it could be done. Answers to earlier suggestions change that chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from device.memory.habits.deeds import SLOT, Deed, Done, day, free, slot
from device.memory.habits.model import Since, possible

Answers = Mapping[Deed, tuple[int, int]]
"""How often a suggestion was taken, and how often not."""

HOUR = timedelta(hours=1)
ENOUGH = 0.8
"""The chance from which on Mynah suggests. In simulated families, at least as many of such were wanted."""
FEWEST = 8
"""Days on which a deed could be done, before its chance means anything."""
YES, NO = 1.0, 4.0
"""Days for which an answer counts."""
ALIVE = timedelta(minutes=45)
"""Without a deed for so long, nobody may be there."""
OFTEN = 2.0
"""Times a day: about what is done more often, nobody wants to be asked."""
STABLE = 3
"""Suggestions taken in a row, after which a rule is offered."""


@dataclass(frozen=True)
class Chances:
    """`could`, `did`: by deed, day off and part of the day, on how many days it could be and was done."""

    could: Mapping[tuple[Deed, bool, int], int] = field(default_factory=dict)
    did: Mapping[tuple[Deed, bool, int], int] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)

    def of(self, deed: Deed, now: datetime) -> float:
        """The chance of `deed` from `now` on; 0 where too little is known."""
        here = deed, free(now), slot(now)
        days = self.could.get(here, 0)
        if days < FEWEST:
            return 0.0
        yes, no = self.answers.get(deed, (0, 0))
        return (self.did.get(here, 0) + YES * yes + 1) / (days + YES * yes + NO * no + 2)

    @property
    def deeds(self) -> frozenset[Deed]:
        return frozenset(deed for deed, _, _ in self.could)

    def is_stable(self, deed: Deed) -> bool:
        """Whether it was suggested often enough, and never in vain."""
        yes, no = self.answers.get(deed, (0, 0))
        return yes >= STABLE and not no


def learn(done: Sequence[Done], answers: Answers | None = None) -> Chances:
    """From deeds in the order of time."""
    could: Counter[tuple[Deed, bool, int]] = Counter()
    did: Counter[tuple[Deed, bool, int]] = Counter()
    if not done:
        return Chances()
    since: dict[tuple[str, str], Done] = {}
    days = len({day(one.at) for one in done})
    counted = Counter(one.deed for one in done)
    deeds = {deed for deed, times in counted.items() if times <= OFTEN * days}
    at, index = day(done[0].at), 0
    while at <= done[-1].at - HOUR:
        while index < len(done) and done[index].at < at:
            since[done[index].deed.thing, done[index].deed.key] = done[index]
            index += 1
        soon, ahead = set(), index
        while ahead < len(done) and done[ahead].at < at + HOUR:
            soon.add(done[ahead].deed)
            ahead += 1
        for deed in deeds:
            if (deed.thing, deed.key) in since and possible(deed, since):
                could[deed, free(at), slot(at)] += 1
                did[deed, free(at), slot(at)] += deed in soon
        at += timedelta(minutes=SLOT)
    return Chances(dict(could), dict(did), answers or {})


def suggested(chances: Chances, since: Since, now: datetime, last: datetime | None) -> Deed | None:
    """What to suggest at `now`, the beginning of a part of the day; None for nothing. `last`: when something
    was suggested before: once a day is enough."""
    if last is not None and day(last) == day(now):
        return None
    newest = max((one.at for one in since.values()), default=None)
    if newest is None or now - newest > ALIVE:
        return None
    known = (one for one in chances.deeds if (one.thing, one.key) in since)
    may = [one for one in known if is_harmless(one) and possible(one, since)]
    best = max(may, key=lambda one: (chances.of(one, now), one), default=None)
    return best if best is not None and chances.of(best, now) >= ENOUGH else None


def is_harmless(deed: Deed) -> bool:
    """Nothing is unlocked because it usually is."""
    return deed.key != "locked" or deed.value
