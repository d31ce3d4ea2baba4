"""What usually comes next, by counts with back-off. Pure.

Three views of each deed that can be done are multiplied:

    what follows what   its share among those that came after the last two deeds, backing off to the last one,
                        then to all (Witten and Bell 1991)
    the time            its share among what came next at this part of the day, on a working day or a day off
    the state           how often it was next when the thing had been as it is for about as long
"""

from __future__ import annotations

import bisect
import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from device.memory.habits.deeds import SLOTS, Deed, Done, free, slot

Context = tuple[Deed, ...]
Place = tuple[str, str]
Since = Mapping[Place, Done]
"""By thing and key: the last deed, which made it what it is."""

TIME_WEIGHT, STATE_WEIGHT = 0.9, 0.9
"""How much the time and the state count beside what came before: set on families 0 to 4."""
PRIOR = 2.0
"""Deeds with which a share backs off to that of any time, or of any state."""
OTHER_DAYS = 0.1
"""How much days off tell of working days, and the other way round."""
OLD = 90.0
"""Minutes after which a deed is no longer what came before."""
AGES = (1, 2, 4, 8, 15, 25, 40, 60, 90, 150, 240, 480, 720)
"""Minutes that part how long a thing has been as it is."""


def age(since: Since, deed: Deed, now: datetime) -> int:
    """For how long it could have been done: a part between AGES; -1 where that is not known."""
    last = since.get((deed.thing, deed.key))
    return -1 if last is None else bisect.bisect(AGES, (now - last.at).total_seconds() / 60)


@dataclass(frozen=True)
class Habits:
    """`follows`: how often each deed came after the last ones, two, one or none. `at`: how often each was
    next in a part of a day, on days off and others. `could`, `did`: how often each could have been next, by
    how long, and how often it was. `deeds`: all that were ever done."""

    follows: Mapping[Context, Counter[Deed]]
    at: Mapping[tuple[bool, int], Counter[Deed]]
    could: Counter[tuple[Deed, int]]
    did: Counter[tuple[Deed, int]]
    deeds: frozenset[Deed]

    def ranked(self, before: Sequence[Done], since: Since, now: datetime) -> list[tuple[Deed, float]]:
        """What may be done next, the likeliest first, with its share."""
        recent = tuple(one.deed for one in before if (now - one.at).total_seconds() <= OLD * 60)[-2:]
        scores = {
            one: math.log(self.after(one, recent))
            + TIME_WEIGHT * math.log(self.at_time(one, now))
            + STATE_WEIGHT * math.log(self.in_state(one, since, now))
            for one in self.deeds
            if possible(one, since)
        }
        top = max(scores.values(), default=0.0)
        shares = {one: math.exp(score - top) for one, score in scores.items()}
        whole = sum(shares.values())
        return [(one, shares[one] / whole) for one in sorted(shares, key=lambda one: (-shares[one], one))]

    def after(self, deed: Deed, context: Context) -> float:
        """The share of `deed` after `context`."""
        found = self.follows.get(context, Counter())
        if not context:
            return (found[deed] + 1) / (sum(found.values()) + len(self.deeds) + 1)
        less, kinds = self.after(deed, context[1:]), len(found)
        return (found[deed] + kinds * less) / (sum(found.values()) + kinds) if found else less

    def at_time(self, deed: Deed, now: datetime) -> float:
        """The share of `deed` among those that come next about this time of such a day."""
        off, here = free(now), slot(now)
        near, whole = 0.0, 0.0
        for by, weight in ((-1, 0.5), (0, 1.0), (1, 0.5)):
            for kind, share in ((off, 1.0), (not off, OTHER_DAYS)):
                found = self.at.get((kind, (here + by) % SLOTS), Counter())
                near += weight * share * found[deed]
                whole += weight * share * sum(found.values())
        return (near + PRIOR * self.after(deed, ())) / (whole + PRIOR)

    def in_state(self, deed: Deed, since: Since, now: datetime) -> float:
        """How often `deed` is next when it could be done for so long."""
        here = deed, age(since, deed, now)
        return (self.did[here] + PRIOR * self.after(deed, ())) / (self.could[here] + PRIOR)


def possible(deed: Deed, since: Since) -> bool:
    """Whether it is not so already."""
    last = since.get((deed.thing, deed.key))
    return last is None or last.deed != deed


def learn(done: Sequence[Done]) -> Habits:
    """The habits in `done`, which is in the order of time."""
    follows: dict[Context, Counter[Deed]] = defaultdict(Counter)
    at: dict[tuple[bool, int], Counter[Deed]] = defaultdict(Counter)
    could: Counter[tuple[Deed, int]] = Counter()
    did: Counter[tuple[Deed, int]] = Counter()
    deeds = frozenset(one.deed for one in done)
    for before, since, one in replay(done):
        now = before[-1].at if before else one.at
        context = tuple(other.deed for other in before if (now - other.at).total_seconds() <= OLD * 60)
        for length in range(len(context) + 1):
            follows[context[len(context) - length :]][one.deed] += 1
        at[free(now), slot(now)][one.deed] += 1
        did[one.deed, age(since, one.deed, now)] += 1
        could.update((each, age(since, each, now)) for each in deeds if possible(each, since))
    return Habits(dict(follows), dict(at), could, did, deeds)


def replay(
    done: Iterable[Done], known: Since | None = None
) -> Iterator[tuple[tuple[Done, ...], Since, Done]]:
    """Each of `done` with the two before it, and what made things what they were. The mapping lives on."""
    recent: deque[Done] = deque(maxlen=2)
    since: dict[Place, Done] = dict(known or {})
    for one in done:
        yield tuple(recent), since, one
        recent.append(one)
        since[one.deed.thing, one.deed.key] = one
