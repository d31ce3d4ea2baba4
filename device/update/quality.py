"""Whether a version understands less than the one before it: counts of turns, nothing of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from device.update.versions import Counts, State

LEAST_OWN, LEAST_USUAL = 40, 60
"""Turns with a new version, and with the one before, from which they are compared."""
MOST = 400
"""Turns after which a version has proved itself; older ones count half from then on."""
SURE = 2.6
"""Standard deviations: by chance, as many more failures come once in two hundred comparisons."""
MATTERS = 0.05
"""By how much the share of failures must have risen, however sure it is."""


def counted(counts: Counts, failed: Sequence[bool]) -> Counts:
    """`counts` and the turns of `failed`; what is long ago counts less."""
    turns, bad = counts
    if turns >= MOST:
        turns, bad = turns // 2, bad // 2
    return turns + len(failed), bad + sum(failed)


def worse(own: Counts, usual: Counts) -> bool:
    """Whether more turns fail than usual, by a test of two proportions, one-sided."""
    if not LEAST_OWN <= own[0] < MOST or usual[0] < LEAST_USUAL:
        return False
    rate, before = own[1] / own[0], usual[1] / usual[0]
    pooled = (own[1] + usual[1]) / (own[0] + usual[0])
    deviation = sqrt(pooled * (1 - pooled) * (1 / own[0] + 1 / usual[0]))
    return rate - before >= MATTERS and rate - before > SURE * deviation


def turned(state: State, failed: Sequence[bool]) -> State:
    """Turns went by with what runs. A version with which more fail than before is taken back, and not offered
    again."""
    state = replace(state, own=counted(state.own, failed))
    if state.pending or not state.current or not worse(state.own, state.usual):
        return state
    (turns, bad), (turns_before, bad_before) = state.own, state.usual
    why = f"{bad} of {turns} turns failed, and {bad_before} of {turns_before} before"
    before = replace(state, refused={**state.refused, state.current: why}).back()
    failure = f"{state.current} was taken back: {why}; {before.running} runs"
    return replace(before, failure=failure)
