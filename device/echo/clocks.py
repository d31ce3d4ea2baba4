"""Two clocks that count the same samples: when a sample was heard, and samples between samples."""

from __future__ import annotations

from collections import deque

import numpy as np

from device.echo.kalman import Floats
from device.echo.reference import Reference
from device.events import SAMPLE_RATE

_TAPS = 16
"""Samples on either side from which one between two is interpolated."""

_PLACES = np.arange(-_TAPS + 1, _TAPS + 1)


class Arrivals:
    """How the microphone's samples lie in time. A chunk may come late, but never early."""

    def __init__(self, chunks: int = 25) -> None:
        self._offsets: deque[float] = deque(maxlen=chunks)

    def note(self, end: int, at: float) -> None:
        """The sample `end` - 1 came by `at` seconds."""
        self._offsets.append(at * SAMPLE_RATE - end)

    @property
    def offset(self) -> int:
        """What is added to a sample's number for its index in time."""
        return round(min(self._offsets, default=0.0))


def interpolated(reference: Reference, begin: float, count: int, slope: float) -> Floats:
    """`count` samples of `reference` from the index `begin` on, 1 + `slope` apart, by windowed sinc
    functions."""
    if slope == 0 and begin == round(begin):
        return reference.read(round(begin), count)
    places = begin + np.arange(count) * (1 + slope)
    whole = np.floor(places).astype(np.int64)
    first = int(whole[0]) - _TAPS + 1
    samples = reference.read(first, int(whole[-1]) - first + _TAPS + 1)
    between = (places - whole)[:, None] - _PLACES
    weights = np.sinc(between) * np.cos(np.pi / 2 * between / (_TAPS + 1)) ** 2
    found = (samples[(whole - first)[:, None] + _PLACES] * weights).sum(1)
    return found.astype(np.float32)
