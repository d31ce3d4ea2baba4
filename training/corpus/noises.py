"""Household noise, and recordings put into it at a stated signal-to-noise ratio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from device.audio.wav import read
from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from training.corpus.manifest import NOISE_HELD_OUT, held_out, read_manifest

CLEAN = float("inf")
"""The signal-to-noise ratio of a recording as it is."""


class Noises:
    """The noise recordings of a folder in a fixed order: those that no training used, or the others."""

    def __init__(self, folder: Path, *, trained_on: bool = False) -> None:
        kept = [
            item for item in read_manifest(folder) if held_out(item.speaker, NOISE_HELD_OUT) != trained_on
        ]
        if not kept:
            raise MynahError(f"{folder}: too few noise recordings; name a folder with more of them")
        self.recordings: Sequence[Samples] = [read(item.path) for item in kept]

    def behind(self, speech: Samples, ratio: float, number: int) -> Samples:
        """`speech` with a noise at `ratio` dB below it; the same `number` gives the same noise.

        The ratio is of the mean power of the speech's active 20 ms frames (those at most 30 dB below the
        loudest) to the mean power of the noise's active frames; the noise is repeated to the speech's length.
        """
        if ratio == CLEAN:
            return speech
        rng = np.random.default_rng(number)
        noise = self.recordings[int(rng.integers(len(self.recordings)))]
        first = int(rng.integers(len(noise)))
        noise = np.take(noise, np.arange(first, first + len(speech)), mode="wrap").astype(np.float64)
        gain = np.sqrt(active_power(speech) / max(active_power(noise), 1e-9) / 10 ** (ratio / 10))
        return np.clip(np.rint(speech + gain * noise), -32768, 32767).astype(np.int16)


def active_power(samples: np.ndarray) -> float:
    """Mean power of the 20 ms frames that are at most 30 dB below the loudest one."""
    hop = SAMPLE_RATE // 50
    frames = samples[: len(samples) // hop * hop].astype(np.float64).reshape(-1, hop)
    powers = np.mean(frames**2, axis=1) if len(frames) else np.zeros(1)
    return float(np.mean(powers[powers >= powers.max() / 1000])) if powers.max() > 0 else 0.0


def ratio_name(ratio: float) -> str:
    return "clean" if ratio == CLEAN else f"{ratio:g} dB"
