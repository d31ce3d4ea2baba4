"""A clock that is set, told from time that passes."""

from __future__ import annotations

import time
from collections.abc import Callable

TOLERANCE = 2.0
"""Seconds by which the clock may differ from passed time from one look to the next."""


def passed() -> float:
    """Seconds since the machine started, also while it slept; nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockWatch:
    """Notices when the clock is set: a board without a clock of its own starts in the past, and the network
    sets it by hours or years a few seconds later."""

    def __init__(self, elapsed: Callable[[], float] = passed) -> None:
        self._elapsed = elapsed
        self._offset: float | None = None

    def jumped(self, now: float) -> float:
        """Seconds by which the clock was set forward since the last look; 0 where it just went on."""
        offset = now - self._elapsed()
        before, self._offset = self._offset, offset
        jump = 0.0 if before is None else offset - before
        return jump if abs(jump) > TOLERANCE else 0.0
