"""When a rule fires: what is remembered of it from one look to the next. Pure.

A rule fires when its conditions have become true and have been so for long enough. Then they must become
false before it fires again. What is found true at the beginning does not fire, unless it is to last: that
begins to count when it is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

CLOSE = 0.001
"""Seconds that make no difference: what is due at a time is due at it, however that is rounded."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: from when on each condition, and at its end all together, has been true; None where it is not.

    `armed`: it was seen not to be true since it fired last. `fired`: when that was. Times are passed seconds.
    """

    since: tuple[float | None, ...] = ()
    armed: bool = False
    fired: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What comes of a look: `next` is when to look again, if nothing changes before."""

    standing: Standing
    fires: bool = False
    next: float | None = None


def looked(
    before: Standing,
    truths: Sequence[bool | None],
    lengths: Sequence[float],
    every: float,
    now: float,
) -> Look:
    """`truths`: of each condition; `lengths`: how long each must last, and at the end how long all together.

    `every`: seconds in which it fires at most once.
    """
    had = before.since or (None,) * len(lengths)
    since = [
        had_ if truth and had_ is not None else now if truth else None
        for truth, had_ in zip(truths, had, strict=False)
    ]
    due = [begun + length for begun, length in zip(since, lengths, strict=False) if begun is not None]
    whole = len(due) == len(truths)
    all_since = None
    if whole and max(due, default=now) <= now + CLOSE:
        all_since = had[-1] if had[-1] is not None else now
    armed = before.armed or False in truths or (not before.since and any(lengths))
    standing = replace(before, since=(*since, all_since), armed=armed)
    if not whole or not armed:
        return Look(standing)
    if all_since is None:
        return Look(standing, next=max(due))
    ripe = max(all_since + lengths[-1], before.fired + every if before.fired is not None else now)
    if ripe > now + CLOSE:
        return Look(standing, next=ripe)
    return Look(replace(standing, armed=False, fired=now), fires=True)


def held_back(before: Standing) -> Standing:
    """As if it had fired, without having done anything."""
    return replace(before, armed=False)
