"""The echo path as an adaptive filter: what was played in, its echo out.

The partitioned-block frequency-domain Kalman filter of Kuech, Mabande and Enzner (2014,
doi:10.1109/ICASSP.2014.6853806). Each weight has an uncertainty. Together with the power of all that is no
echo it determines how fast the weight adapts, so the filter needs no detector of double talk: while
somebody speaks, it holds still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.audio.pcm import HOP

Floats = npt.NDArray[np.float32]
Spectra = npt.NDArray[np.complex64]

BLOCK = HOP
"""Samples that are filtered at a time, 10 ms."""

PARTITIONS = 32
"""Blocks of the echo path that are modelled: 320 ms."""

_MEMORY = np.float32(0.9998) ** 2
"""The share of the echo path's power that stays as it is from one block to the next."""

_SMOOTHING = np.float32(0.15)
"""Of the power of what is no echo."""

_GAIN, _DECAY = 0.1, 0.84
"""What the power of the weights may be before anything was heard, and how it falls from block to block."""

_TINY = np.float32(1e-6)

_LEARNT = 300
"""Blocks of sound in which it is found out how loud the echo is."""

_AUDIBLE = np.float32(1e-4)
"""Of |FFT|² over all frequencies and blocks, what was played: less tells nothing."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """One block: what is left of the microphone's, and two powers by frequency, (BLOCK + 1,): that of the
    echo that was taken out and that of the echo which is likely still in `left`, as |FFT|² of BLOCK
    samples."""

    left: Floats
    echo: Floats
    residual: Floats


class KalmanFilter:
    """Models an echo path of PARTITIONS blocks; streaming, BLOCK samples ±1 at a time."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Know nothing of the echo path."""
        shape = (PARTITIONS, BLOCK + 1)
        self._played: Spectra = np.zeros(shape, np.complex64)
        self._before: Floats = np.zeros(BLOCK, np.float32)
        self._weights: Spectra = np.zeros(shape, np.complex64)
        decay = _GAIN * _DECAY ** np.arange(PARTITIONS)[:, None]
        self._uncertainty: Floats = np.broadcast_to(decay, shape).astype(np.float32)
        self._others: Floats = np.full(BLOCK + 1, 1e-4, np.float32)
        self._loudness = np.float32(1)  # of the echo, as a share of what was played
        self._louder = np.float32(0)
        self._blocks = 0

    @property
    def response(self) -> Floats:
        """The echo path as it is modelled, (PARTITIONS · BLOCK,)."""
        return waves(self._weights)[:, :BLOCK].reshape(-1)

    def recall(self, played: Floats) -> None:
        """`played`, (PARTITIONS + 1) · BLOCK samples, is what went out before the next block."""
        blocks = played.reshape(-1, BLOCK)
        self._played = spectra(np.hstack((blocks[:-1], blocks[1:])))[::-1].copy()
        self._before = blocks[-1]

    def process(self, heard: Floats, played: Floats) -> Filtered:
        """Both are BLOCK samples of the same time."""
        self._played[1:] = self._played[:-1]
        self._played[0] = spectra(np.concatenate((self._before, played)))
        self._before = played
        echo = waves((self._played * self._weights).sum(0))[BLOCK:]
        left = heard - echo
        if self._blocks < _LEARNT:
            self._scale(heard)
        return Filtered(left, power(spectra(_behind_zeros(echo))), self._adapt(left))

    def _scale(self, heard: Floats) -> None:
        """Microphones differ by 40 dB: expect weights as large as the echo is loud."""
        played = power(self._played).mean()
        if played < _AUDIBLE:
            return
        self._blocks += 1
        loudness = 2 * power(spectra(_behind_zeros(heard))).mean() / played
        self._louder += _SMOOTHING * (loudness - self._louder)
        if self._louder > self._loudness:
            self._uncertainty *= self._louder / self._loudness
            self._loudness = self._louder

    def _adapt(self, left: Floats) -> Floats:
        error = spectra(_behind_zeros(left))
        played = power(self._played)
        residual = np.float32(0.5) * (played * self._uncertainty).sum(0)
        self._others += _SMOOTHING * (power(error) - self._others)
        gain = self._uncertainty / (residual + self._others + _TINY)
        step = waves(gain * self._played.conj() * error)
        step[:, BLOCK:] = 0  # a linear convolution, not a circular one
        self._weights += spectra(step)
        kept = self._uncertainty * (1 - np.float32(0.5) * gain * played)
        self._uncertainty = _MEMORY * kept + (1 - _MEMORY) * power(self._weights)
        return residual


def spectra(frames: Floats) -> Spectra:
    """The FFT of each of `frames`, (…, 2 · BLOCK)."""
    return np.fft.rfft(frames).astype(np.complex64)


def waves(spectrum: Spectra) -> Floats:
    """The inverse of `spectra`."""
    return np.fft.irfft(spectrum).astype(np.float32)


def power(spectrum: Spectra) -> Floats:
    return spectrum.real**2 + spectrum.imag**2


def _behind_zeros(block: Floats) -> Floats:
    return np.concatenate((np.zeros(BLOCK, np.float32), block))
