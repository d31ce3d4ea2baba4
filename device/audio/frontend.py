"""Log-mel features: the one front end of training, evaluation and serving.

A hop of 10 ms gives one frame of `mels` natural-log mel energies. Frame i covers the samples
[i·hop, i·hop + window), so N samples give 1 + (N − window) // hop frames. Streaming gives what one
call over the whole signal gives, for any chunk sizes, but for the order in which BLAS sums (1e-5).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.events import Samples

Features = npt.NDArray[np.float32]
"""(frames, mels) float32."""


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """What the features are; equal settings have equal fingerprints."""

    sample_rate: int = 16_000  # Hz
    window: int = 400  # samples, 25 ms, Hann
    hop: int = 160  # samples, 10 ms
    fft: int = 512  # points
    mels: int = 40  # triangular bands, HTK scale
    low: float = 60.0  # Hz, lower edge of the first band
    high: float = 7_600.0  # Hz, upper edge of the last band
    floor: float = 1e-10  # energy added before the logarithm; a full-scale sine is about 0.25

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over the settings and the version of the arithmetic."""
        text = json.dumps({"version": 1, **dataclasses.asdict(self)}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def mel_filters(settings: FrontEndSettings) -> npt.NDArray[np.float32]:
    """(fft/2 + 1, mels) triangular weights on the HTK mel scale, m = 2595 log10(1 + f/700)."""

    def mel(hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return 2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0)

    edges = np.linspace(mel(settings.low), mel(settings.high), settings.mels + 2)
    bins = mel(np.arange(settings.fft // 2 + 1) * settings.sample_rate / settings.fft)
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


class FrontEnd:
    """Samples in, frames out. Holds the samples that the next window still needs."""

    def __init__(self, settings: FrontEndSettings | None = None) -> None:
        self.settings = settings or FrontEndSettings()
        self._window = np.hanning(self.settings.window + 1)[:-1].astype(np.float32) / np.float32(32768.0)
        self._mels = mel_filters(self.settings)
        self._scale = np.float32(2.0 / self.settings.window)
        self.reset()

    def reset(self) -> None:
        self._pending: Samples = np.zeros(0, np.int16)

    def process(self, samples: Samples) -> Features:
        """The frames that `samples` complete: (0…n, mels). `samples`: int16, any length."""
        pending = np.concatenate((self._pending, samples)) if len(self._pending) else samples
        hop, window = self.settings.hop, self.settings.window
        count = 1 + (len(pending) - window) // hop if len(pending) >= window else 0
        self._pending = pending[count * hop :].copy()
        if not count:
            return np.zeros((0, self.settings.mels), np.float32)
        # As sliding_window_view(pending, window)[::hop], which takes a third of a chunk's time by itself.
        pending = np.ascontiguousarray(pending)
        step = pending.itemsize
        frames = np.ndarray((count, window), pending.dtype, pending, 0, (hop * step, step))
        spectrum = np.fft.rfft(frames * self._window, self.settings.fft, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32) * self._scale**2
        return np.log(power @ self._mels + np.float32(self.settings.floor))


def features(samples: Samples, settings: FrontEndSettings | None = None) -> Features:
    """The frames of a whole signal."""
    return FrontEnd(settings).process(samples)


class RunningMean:
    """Subtracts from each frame the mean of all frames of the utterance up to it, itself included.

    The mean starts as if `weight` frames of `prior` (mels,) had been heard, so that the first frames are
    not subtracted from themselves. A cumulative mean, after the online cepstral mean normalisation of
    Kaldi; an utterance is at most some fifteen seconds, so nothing is forgotten.
    """

    def __init__(self, prior: npt.ArrayLike, weight: float) -> None:
        self._prior = np.asarray(prior, np.float64)
        self._weight = float(weight)
        self.reset()

    def reset(self) -> None:
        self._sum = self._prior * self._weight
        self._count = self._weight

    def process(self, frames: Features) -> Features:
        """(n, mels) → (n, mels), both log energies."""
        if not len(frames):
            return frames
        sums = self._sum + np.cumsum(frames, axis=0, dtype=np.float64)
        counts = self._count + np.arange(1, len(frames) + 1)[:, None]
        self._sum, self._count = sums[-1], float(counts[-1, 0])
        return (frames - sums / counts).astype(np.float32)
