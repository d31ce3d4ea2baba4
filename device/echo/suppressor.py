"""What the filter leaves of the echo is turned down where it is louder than everything else.

A Wiener gain for each frequency, from the power of the echo that is likely still there. It is applied as a
minimum-phase filter, which delays nothing.
"""

from __future__ import annotations

import numpy as np

from device.echo.kalman import BLOCK, Filtered, Floats, power, spectra, waves

LEAST = np.float32(0.1)
"""The gain is never lower, 20 dB: what is left keeps sounding like speech."""

LEAKAGE = np.float32(1e-3)
"""The share of the echo, -30 dB, that a linear filter cannot take out: loudspeakers distort, rooms ring
longer."""

_SMOOTHING = np.float32(0.3)
"""The share of the last block's gain in the next one's."""

_WINDOW = np.hanning(2 * BLOCK + 1)[:-1].astype(np.float32)
_FOLD = np.concatenate(([1], np.full(BLOCK - 1, 2), [1], np.zeros(BLOCK - 1))).astype(np.float32)


class Suppressor:
    """Streaming, a block of the filter's at a time."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Silence came before."""
        self._before = np.zeros(BLOCK, np.float32)
        self._gain = np.ones(BLOCK + 1, np.float32)
        self._residual = np.zeros(BLOCK + 1, np.float32)

    def process(self, filtered: Filtered) -> Floats:
        """`filtered.left` with less of its residual echo."""
        frame = np.concatenate((self._before, filtered.left))
        likely = filtered.residual + LEAKAGE * filtered.echo
        residual = np.float32(0.5) * (likely + self._residual)
        heard = power(spectra(frame * _WINDOW)) + np.float32(1e-9)
        self._gain += (1 - _SMOOTHING) * (np.maximum(LEAST, 1 - residual / heard) - self._gain)
        self._before, self._residual = filtered.left, likely
        return waves(spectra(frame) * minimum_phase(self._gain))[BLOCK:]


def minimum_phase(gain: Floats) -> np.ndarray[tuple[int], np.dtype[np.complex64]]:
    """The spectrum of the minimum-phase filter with this `gain`, by its cepstrum (Oppenheim and Schafer)."""
    cepstrum = np.fft.irfft(np.log(gain))
    return np.exp(np.fft.rfft(cepstrum * _FOLD)).astype(np.complex64)
