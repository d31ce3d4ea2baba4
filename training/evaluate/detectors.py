"""What waits for its phrase, to be measured side by side; a word of a wake bundle as one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from device.engine.bundle import Bundle
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import WakeWord, scores
from training.wake import measure


class Detector(Protocol):
    """Waits for its phrase. `threshold`: the probability with which it wakes."""

    name: str
    phrase: str
    threshold: float

    def events(self, samples: Samples) -> list[tuple[float, int]]: ...
    def best(self, samples: Samples) -> float: ...


class Ear:
    """A word of a wake bundle, heard as the daemon hears it; but all that could wake is told."""

    def __init__(self, own: Bundle, word: str, acoustic: Path | None) -> None:
        """With the second look of the bundle `acoustic`, if one is named and the word wants it."""
        judge = SecondLook(AcousticModel(Bundle.load(acoustic, "hearing"))) if acoustic else None
        self.name = self.phrase = word
        self.twice = judge is not None and "second_look" in own.decision["words"][word]
        shipped = {one.name: one for one in WakeWord.load([own], second_look=judge).words}
        self.threshold = shipped[word].threshold
        self._refractory = float(own.decision["refractory"])
        self._output = own.stream.stride * own.features.hop / SAMPLE_RATE
        # A second look tells the probability of each candidate; without one, the scores themselves do.
        self._wake = WakeWord.load([own], {word: 0.0} if self.twice else None, judge)

    def events(self, samples: Samples) -> list[tuple[float, int]]:
        """All that could wake in a recording, (probability, sample), the refractory time or more apart."""
        values_of, detections = scores(self._wake, samples)
        if self.twice:
            gap = round(self._refractory * SAMPLE_RATE)
            own = [(one.probability, one.at) for one in detections if one.name == self.name]
            return measure.apart(own, gap, lambda event: event[0], lambda event: event[1])
        places = peaks(values_of[self.name], round(self._refractory / self._output))
        return [(value, round(place * self._output * SAMPLE_RATE)) for value, place in places]

    def best(self, samples: Samples) -> float:
        """The probability with which a recording wakes at some time."""
        return best_of(self.events(samples))


def best_of(events: Sequence[tuple[float, int]]) -> float:
    """The highest probability; 0 without events."""
    return max((probability for probability, _ in events), default=0.0)


def peaks(values: np.ndarray, apart: int) -> list[tuple[float, int]]:
    """The highest values with their places, the highest first, none within `apart` of one that was taken."""
    left, taken = values.astype(np.float64), []
    while len(left) and left[best := int(np.argmax(left))] > 0.01:
        taken.append((float(left[best]), best))
        left[max(0, best - apart) : best + apart + 1] = 0.0
    return taken
