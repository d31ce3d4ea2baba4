"""How much later the microphone hears what the loudspeaker got, and how that changes as two clocks drift
apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from device.echo.kalman import Floats
from device.events import SAMPLE_RATE

EARLIEST, LATEST = -SAMPLE_RATE // 10, SAMPLE_RATE
"""Samples between which a delay is looked for. It may be below 0, as both times are estimates."""

WINDOW = 9 * SAMPLE_RATE // 10
"""Samples of the microphone that a measurement needs."""

_SIZE = 1 << (LATEST + WINDOW - EARLIEST - 1).bit_length()

_SILENT = 1e-4
"""The share of the loudest frequency's power below which a frequency was not played."""

_BROAD = 0.1
"""The share of frequencies that must have been played: tones repeat, and tell no delay."""


@dataclass(frozen=True, slots=True)
class Delay:
    """In samples. `strength`: by how much its peak stands out of all others, in standard deviations."""

    samples: float
    strength: float


def measured_delay(heard: Floats, played: Floats) -> Delay | None:
    """By the generalized cross-correlation with phase transform (Knapp and Carter, 1976).

    `heard`: WINDOW samples. `played`: LATEST + WINDOW - EARLIEST samples, which begin LATEST before
    `heard`. None where too little was played to tell.
    """
    mine, other = np.fft.rfft(heard, _SIZE), np.fft.rfft(played, _SIZE)
    loudness = np.abs(other) ** 2
    loud = loudness > _SILENT * loudness.max()
    if not loudness.any() or loud.mean() < _BROAD:
        return None
    cross = np.where(loud, mine.conj() * other, 0)
    correlation = np.fft.irfft(cross / (np.abs(cross) + 1e-12))[: LATEST - EARLIEST + 1]
    peaks = np.abs(correlation)
    best = int(np.argmax(peaks))
    return Delay(LATEST - best - _between(peaks, best), float(peaks[best] / (correlation.std() + 1e-12)))


def _between(values: np.ndarray[tuple[int], np.dtype[np.float64]], best: int) -> float:
    """Where between samples the peak near `best` is, -0.5…0.5, by a parabola."""
    if not 0 < best < len(values) - 1:
        return 0.0
    left, middle, right = values[best - 1 : best + 2]
    return float(np.clip(0.5 * (left - right) / (left - 2 * middle + right - 1e-12), -0.5, 0.5))


@dataclass(frozen=True, slots=True)
class Line:
    """The index of the reference that the sample `at` of the microphone goes with: `index` at `origin`, and
    from there on `slope` more than one for each sample."""

    origin: int
    index: float
    slope: float = 0.0

    def __call__(self, at: int) -> float:
        return self.index + (at - self.origin) * (1 + self.slope)


def fitted(points: Sequence[tuple[int, float]], slope: float, shortest: int) -> Line:
    """The line through `points`, pairs (sample, index), the last of them its origin.

    Its slope is the one given where they are fewer than five or lie within `shortest` samples.
    """
    at, index = (np.array(values, np.float64) for values in zip(*points, strict=True))
    origin = int(at[-1])
    later, excess = at - origin, index - at
    if len(points) >= 5 and later[0] <= -shortest:
        slope = float(np.polyfit(later, excess, 1)[0])
    return Line(origin, origin + float(np.median(excess - slope * later)), slope)
