"""Which sample of the reference goes with which of the microphone's: by two clocks first, by measurement
then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from device.echo.delay import EARLIEST, LATEST, WINDOW, Line, fitted, measured_delay
from device.echo.kalman import BLOCK, Floats
from device.events import SAMPLE_RATE

LEAD = BLOCK
"""Samples that the reference is early: a measured delay may be a little too long."""

EVERY, SOON = SAMPLE_RATE // 2, 3 * SAMPLE_RATE // 20
"""Samples between two measurements, and between those in the first second of a run."""

_CERTAIN = 8.0
"""The strength of a delay that is one."""

_NEAR = 32.0
"""Samples within which delays are the same but for the clocks' drift."""

_STRAY = 0.7
"""Samples by which a run may begin elsewhere than expected: each time it is moved, the filter must adapt."""

_STEADY = 3e-6
"""The drift that the filter follows by itself."""

_SHORTEST = 2 * SAMPLE_RATE
"""Samples that measurements must span to tell the drift."""

_MOST_DRIFT = 5e-4
"""Clocks that differ by more cannot be followed."""


class Alignment:
    """Follows one microphone and one loudspeaker. `read(begin, count)` gives the reference."""

    def __init__(self, read: Callable[[int, int], Floats]) -> None:
        self._read = read
        self._delay = 0.0  # of the last run, in samples
        self._line = Line(0, 0.0)
        self._points: deque[tuple[int, float]] = deque(maxlen=24)
        self._other: float | None = None
        self._model: Floats | None = None
        self.measured = False
        """Whether a delay could be measured, now or in an earlier run."""

    @property
    def delay(self) -> float:
        """Seconds from what the loudspeaker got to what the microphone gave."""
        return self._delay / SAMPLE_RATE

    @property
    def drift(self) -> float:
        """By how much the loudspeaker's clock is faster, as a share."""
        return self._line.slope

    def begin(self, at: int, offset: int) -> None:
        """A run begins to be heard near the sample `at`; `offset`: what clocks add to it for its index."""
        self._offset = offset
        self._points.clear()
        self._other = None
        self._begun = at
        self._line = Line(at, at + offset - self._delay, self._line.slope)

    def place(self, at: int) -> tuple[float, float]:
        """The index of the reference that the sample `at` goes with, LEAD included, and the drift."""
        place = self._line(at) + LEAD
        return (place, self._line.slope) if self._line.slope else (round(place), 0.0)

    def know(self, response: Floats) -> None:
        """`response` is the echo path from `place` on: with it, delays are told from early sound and in
        rooms that ring. The delays that were told without it may be those of another reflection."""
        self._model = response
        self._points.clear()

    def measure(self, heard: Floats, end: int) -> bool:
        """`heard`: WINDOW samples before `end`. Whether the alignment has changed."""
        begin = end - WINDOW
        expected = self._line(begin)
        around = round(begin + self._offset)
        first, count = around - LATEST, LATEST + WINDOW - EARLIEST
        found, lead = None, 0
        if self._model is not None:
            taps = len(self._model)
            played, lead = convolved(self._read(first - taps, count + taps), self._model)[taps:], LEAD
            found = measured_delay(heard, played)
        if found is None or found.strength < _CERTAIN:
            found, lead = measured_delay(heard, self._read(first, count)), 0
        if found is None or found.strength < _CERTAIN:
            return False
        return self._take(begin, around - found.samples - lead, expected)

    def _take(self, at: int, index: float, expected: float) -> bool:
        """A measurement: the sample `at` goes with `index`."""
        moves = abs(index - expected) > _NEAR
        if moves:
            moved, other = index - at, self._other
            if other is None or abs(moved - other) > _NEAR:
                self._other = moved  # it may be chance: wait for the next one
                return False
            self._points.clear()
        self._other = None
        self._points.append((at, index))
        line = fitted(self._points, self._line.slope, _SHORTEST)
        settling = not self.measured or moves or at + WINDOW - self._begun < SAMPLE_RATE + EVERY
        self.measured, self._delay = True, at + self._offset - line(at)
        if settling and abs(line(at) - expected) >= _STRAY:
            self._line = Line(self._begun, line(self._begun), self._line.slope)
            return True
        if abs(line.slope - self._line.slope) > _STEADY and abs(line.slope) <= _MOST_DRIFT:
            # The filter has followed the drift so far: only from now on shall it have no more to follow.
            self._line = Line(at + WINDOW, self._line(at + WINDOW), line.slope)
            return True
        return False


def convolved(samples: Floats, response: Floats) -> Floats:
    """The first len(samples) of their convolution."""
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product)[: len(samples)].astype(np.float32)
