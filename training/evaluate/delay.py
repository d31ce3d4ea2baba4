"""What the second look costs: how much later a wake word wakes for it, and the work of a look.

The device's own code hears each saying twice, in the pieces in which its models step: with the second look
and, at its own threshold, as the small model alone. The daemon gathers three such pieces before it listens,
either way.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.audio.frontend import Features
from device.engine.bundle import Bundle
from device.events import SAMPLE_RATE, AudioChunk, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import PIECE, WakeWord


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds, each as median and 95 % quantile.

    `later`: of audio, from where the small model alone wakes to where the word wakes with its second look, in
    the `both` sayings that wake either way; `work`: CPU time of a look, of which there were `looks`.
    """

    later: tuple[float, float]
    both: int
    work: tuple[float, float]
    looks: int

    def __str__(self) -> str:
        return (
            f"the second look: {self.later[0]:.0f} ms later (95 %: {self.later[1]:.0f}; {self.both} sayings"
            f" that wake either way), {self.work[0]:.1f} ms of CPU time a look (95 %: {self.work[1]:.1f};"
            f" {self.looks} looks)"
        )


class Timed(SecondLook):
    """A second look that keeps how long each took."""

    def __init__(self, acoustic: AcousticModel) -> None:
        super().__init__(acoustic)
        self.seconds: list[float] = []

    def llr(self, frames: Features, pronunciations: Sequence[Sequence[str]]) -> float:
        began = time.thread_time()
        found = super().llr(frames, pronunciations)
        self.seconds.append(time.thread_time() - began)
        return found


def measured(bundle: Bundle, word: str, acoustic: Path, sayings: Iterable[Samples]) -> Cost:
    """Of the wake `bundle`'s `word`, which has a second look by the bundle `acoustic`."""
    judge = Timed(AcousticModel(Bundle.load(acoustic, "hearing")))
    alone, looked = WakeWord.load([bundle]), WakeWord.load([bundle], second_look=judge)
    later = []
    for samples in sayings:
        at, then = woken(alone, word, samples), woken(looked, word, samples)
        if at is not None and then is not None:
            later.append(1000 * (then - at) / SAMPLE_RATE)
    work = [1000 * seconds for seconds in judge.seconds]
    return Cost(_quantiles(later), len(later), _quantiles(work), len(work))


def woken(wake: WakeWord, word: str, samples: Samples) -> int | None:
    """How many samples of a recording were heard when `word` first wakes; None if it does not."""
    wake.reset()
    for first in range(0, len(samples), PIECE):
        piece = samples[first : first + PIECE]
        _, detections = wake.process(AudioChunk(piece, first))
        if any(one.name == word for one in detections):
            return first + len(piece)
    return len(samples) if any(one.name == word for one in wake.finish()) else None


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    median, late = np.quantile(values, (0.5, 0.95))
    return float(median), float(late)
