"""What stands before and after the wake-word model: all that is not Keras."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features

MELS = 40
STRIDE = 2
"""Feature frames to an output: 20 ms."""
STEP_FRAMES = 8
"""Feature frames a step on the device: 80 ms, four outputs."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Log-mel energies as they are, nothing adaptive: (x − offset) / scale."""

    offset: float = -11.0  # nats
    scale: float = 4.0  # nats

    def batch(self, frames: Features) -> npt.NDArray[np.float32]:
        return ((frames - np.float32(self.offset)) / np.float32(self.scale)).astype(np.float32)


def smoothed(probabilities: npt.NDArray[np.float32], outputs: int) -> npt.NDArray[np.float32]:
    """At each output the mean of the last `outputs`; before the first there is nothing but zeros."""
    sums = np.cumsum(np.concatenate((np.zeros(outputs), probabilities)), dtype=np.float64)
    return ((sums[outputs:] - sums[:-outputs]) / outputs).astype(np.float32)
