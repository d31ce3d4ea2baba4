"""What the loudspeaker got, for as long as the microphone may still hear it."""

from __future__ import annotations

import threading

import numpy as np

from device.echo.kalman import Floats
from device.events import SAMPLE_RATE, Samples

KEPT = 6 * SAMPLE_RATE
"""Samples that are kept."""

LINGERS = 1.5
"""Seconds after which what went out is no longer heard: the longest delay and a room."""


class Reference:
    """A timeline of samples at 16 kHz, silent where nothing played. Its index counts from the monotonic
    clock's zero.

    A run of sound goes on without a gap, at the pace of the loudspeaker's own clock. PortAudio's thread
    writes, the voice loop's thread reads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Samples | None = None  # until something plays: most devices are silent for hours
        self._end = 0
        self._last = float("-inf")
        self.runs = 0
        """How many runs have begun."""

    def begins(self, at: float) -> None:
        """A run of sound begins to go out, at `at` seconds of the monotonic clock."""
        with self._lock:
            begin = max(self._end, round(at * SAMPLE_RATE))
            silence = min(KEPT, begin - self._end)
            self._end = begin - silence
            self._append(np.zeros(silence, np.int16))
            self._last = at
            self.runs += 1

    def plays(self, samples: Samples, at: float) -> None:
        """`samples` go out next, in the run; `at` is now."""
        with self._lock:
            self._append(samples)
            self._last = at

    def audible(self, at: float) -> bool:
        """Whether what was played may still be heard."""
        return at - self._last < LINGERS

    def read(self, begin: int, count: int) -> Floats:
        """(count,) samples ±1 from the index `begin` on; what is not kept is silent."""
        found = np.zeros(count, np.float32)
        with self._lock:
            first, last = max(begin, self._end - KEPT), min(begin + count, self._end)
            if self._kept is not None and last > first:
                places = np.arange(first, last) % KEPT
                found[first - begin : last - begin] = self._kept[places] / np.float32(32_768)
        return found

    def _append(self, samples: Samples) -> None:
        if self._kept is None:
            self._kept = np.zeros(KEPT, np.int16)
        samples = samples[-KEPT:]
        self._kept[np.arange(self._end, self._end + len(samples)) % KEPT] = samples
        self._end += len(samples)
