"""Which moments of a recording are someone speaking, judged again as more of it is heard.

A hop of 10 ms counts as speech where three things agree:

- it stands out of the noise: band by band against a floor, which is what the band's quietest tenth of the
  last seconds was; so steady noise (rain, a fan, hum) is learned from the gaps between words;
- it is near something voiced: periodic at the pitch of a voice, so clicks, crackle and hiss are no speech;
- it is not far weaker than the voiced sound heard so far, so murmur in the next room is no speech.

Everything is relative: the gain of the microphone does not matter. Because floor and level are learned
while listening, all hops are judged anew each time; an utterance has some thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.audio.frontend import FrontEndSettings, mel_filters
from device.audio.pcm import HOP
from device.events import SAMPLE_RATE, Samples

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float32]

BANDS = FrontEndSettings(window=640, fft=1024, mels=20, low=100.0, high=7_000.0)
"""40 ms: long enough for two periods of a deep voice."""

_PITCH = slice(SAMPLE_RATE // 400, SAMPLE_RATE // 70)  # lags, of 400 down to 70 Hz
_VOICE = (80.0, 1_500.0)  # Hz: where the first harmonics are
_QUIETEST = 1e-11  # energy, far below one bit of 16


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """All but `history` and `reach` are levels; none depends on the microphone's gain."""

    history: int = 200  # hops that the noise floor is learned from
    quantile: float = 0.1  # part of them that is taken to be without speech
    above_floor: float = 6.0  # dB above the floor, mean over the bands
    ceiling: float = 20.0  # dB: no band counts for more than this
    below_speech: float = 0.35  # part of the strongest hops' height above the floor
    below_level: float = 20.0  # dB below the level of voiced hops
    periodicity: float = 0.6  # autocorrelation at the pitch, 1 is a perfect period
    reach: int = 25  # hops around a voiced one that may be speech: consonants


class Activity:
    """Takes samples in pieces of any length; `active()` says which hops so far are speech."""

    def __init__(self, settings: ActivitySettings | None = None) -> None:
        self.settings = settings or ActivitySettings()
        self._window = np.hanning(BANDS.window + 1)[:-1].astype(np.float32) / np.float32(32768.0)
        self._filters = mel_filters(BANDS)
        hertz = np.fft.rfftfreq(BANDS.fft, 1 / SAMPLE_RATE)
        self._voice = ((hertz >= _VOICE[0]) & (hertz <= _VOICE[1])).astype(np.float32)
        own = np.fft.irfft(np.abs(np.fft.rfft(self._window, BANDS.fft)) ** 2)
        self._own_period = (own[_PITCH] / own[0]).astype(np.float32)
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._pending: Samples = np.zeros(0, np.int16)
        self._levels: Reals = np.zeros((0, BANDS.mels), np.float32)
        self._periodic: Reals = np.zeros(0, np.float32)

    def __len__(self) -> int:
        """Hops heard so far."""
        return len(self._levels)

    def process(self, samples: Samples) -> None:
        """Hear `samples`, int16 mono 16 kHz, any length."""
        pending = np.concatenate((self._pending, samples))
        count = max(0, 1 + (len(pending) - BANDS.window) // HOP)
        self._pending = pending[count * HOP :]
        if not count:
            return
        frames = np.lib.stride_tricks.sliding_window_view(pending, BANDS.window)[: count * HOP : HOP]
        spectrum = np.fft.rfft(frames * self._window, BANDS.fft, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        levels = 10 * np.log10(power @ self._filters * np.float32((2 / BANDS.window) ** 2) + _QUIETEST)
        self._levels = np.concatenate((self._levels, levels.astype(np.float32)))
        self._periodic = np.concatenate((self._periodic, self._periodicity(power)))

    def voiced(self) -> Flags:
        """(hops,) whether a hop is periodic as a voice is, whatever its level."""
        periodic = self._periodic > self.settings.periodicity
        return periodic & (_around(periodic, 2) >= 3)

    def active(self) -> Flags:
        """(hops,) whether a hop is speech, by all that was heard so far."""
        settings = self.settings
        if not len(self):
            return np.zeros(0, np.bool_)
        smooth = _around(self._levels, 2) / _around(np.ones((len(self), 1), np.float32), 2)
        floor = np.quantile(smooth[-settings.history :], settings.quantile, axis=0)
        height = np.clip(smooth - floor, 0, settings.ceiling).mean(axis=1)
        active: Flags = height > settings.above_floor
        if not active.any():
            return active
        active &= height > settings.below_speech * np.quantile(height[active], 0.8)
        voiced = active & self.voiced()
        if not voiced.any():
            return voiced
        level = 10 * np.log10((10 ** (self._levels / 10)).sum(axis=1))
        active &= level > np.quantile(level[voiced], 0.7) - settings.below_level
        return active & (_around(voiced & active, settings.reach) > 0)

    def _periodicity(self, power: Reals) -> Reals:
        """(frames,) 0…1: the highest peak of the autocorrelation among the lags of a voice's pitch."""
        correlation = np.fft.irfft(power * self._voice, axis=1).astype(np.float32)
        peaks = correlation[:, _PITCH] / (correlation[:, :1] + _QUIETEST) / self._own_period
        best = peaks.argmax(axis=1)
        inside = (best > 0) & (best < peaks.shape[1] - 1)  # at the edge it is no peak but a slope
        return np.where(inside, peaks.max(axis=1), 0).astype(np.float32)


def _around(values: npt.NDArray[np.generic], reach: int) -> Reals:
    """The sum, along the first axis, of each value and `reach` neighbours on either side."""
    sums = np.cumsum(values, axis=0, dtype=np.float64)
    sums = np.concatenate((np.zeros((1, *sums.shape[1:])), sums))
    hops = np.arange(len(values))
    around = sums[np.minimum(hops + reach + 1, len(values))] - sums[np.maximum(hops - reach, 0)]
    return around.astype(np.float32)
