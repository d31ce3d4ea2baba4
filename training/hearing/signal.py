"""What rows, labels, the model and export share: the labels, the frames, and what comes before the model.

Nothing here needs TensorFlow, so that the processes which make rows do not load it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features
from device.hearing.lexicon import PHONES
from training.corpus.synthesis import SILENCE

LABELS = (SILENCE, *PHONES)
INDEX = {phone: number for number, phone in enumerate(LABELS)}
MELS = 40
STRIDE = 3
"""Feature frames to an output: 30 ms."""
LOOKAHEAD = 8
"""Outputs by which labels are delayed: 240 ms, in which the model hears what follows a sound."""
STEP_FRAMES = 12
"""Feature frames a step on the device: 120 ms, four outputs."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A running mean that starts from `weight` frames of `prior`, then a scale and a clip."""

    prior: tuple[float, ...]
    weight: float = 30.0
    scale: float = 3.0
    clip: float = 3.0

    def batch(self, frames: Features) -> npt.NDArray[np.float32]:
        """`device.hearing.acoustic.Normaliser` over whole rows: (rows, frames, mels)."""
        sums = np.cumsum(frames, axis=1, dtype=np.float64) + np.asarray(self.prior) * self.weight
        counts = self.weight + np.arange(1, frames.shape[1] + 1)[:, None]
        return np.clip((frames - sums / counts) / self.scale, -self.clip, self.clip).astype(np.float32)
