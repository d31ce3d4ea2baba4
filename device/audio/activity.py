"""Which moments of a recording are someone speaking, judged again as more of it is heard.

A hop of 10 ms counts as speech where three things agree:

- it stands out of the noise: band by band against a floor, which is what the band's quietest tenth of the
  last seconds was; so steady noise (rain, a fan, hum) is learned from the gaps between words;
- it is close to a steady stretch of voice: periodic at a pitch that people have, so clicks, crackle and hiss
  are no speech, nor is most of what barks and crows;
- it is not far weaker than the voice heard so far, so murmur in the next room is no speech.

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
_SHRILL = slice(SAMPLE_RATE // 1_000, SAMPLE_RATE // 400)  # lags of a higher pitch than people speak with
_VOICE = (80.0, 1_500.0)  # Hz: where the first harmonics are
USUAL = 0.7
"""The part of a voice's hops that are softer than its usual level."""
LEAST_VOICE = 15
"""Hops of voice that tell how loud it is."""
AFTER, LEAST_WHISPER, VOICED_WHISPER = 20, 60, 0.02
"""Hops at the beginning that do not tell whether somebody whispers; hops that tell; and the share of them
that may be voiced: of a whisper none is, of spoken sentences a sixth and more."""
_QUIETEST = 1e-11  # energy, far below one bit of 16
_SMOOTHING = 2  # hops on either side


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """Chosen on synthetic and real speech in household noise at 10 and 15 dB."""

    history: int = 200  # hops that the noise floor is learned from
    quantile: float = 0.1  # part of them that is taken to be without speech
    above_floor: float = 3.5  # dB above the floor, mean over the bands
    ceiling: float = 20.0  # dB: no band counts for more than this
    below_strongest: float = 0.35  # part of the strongest hops' height above the floor
    periodicity: float = 0.6  # autocorrelation at the pitch; 1 is a perfect period
    shrill: float = 0.97  # of it at a higher pitch: no voice
    steady: int = 5  # periodic hops of nine in a row that make a voice
    voice_below: float = 14.0  # dB that a voice may be below the usual level of voice
    softer: float = 7.0  # dB that a command may be softer than the wake word
    enough: int = 60  # hops of voice that tell how loud it is
    near_below: float = 6.0  # dB below the speaker's usual level that hardly a second goes without
    speech_below: float = 24.0  # dB that consonants may be
    reach: int = 30  # hops from a voice within which consonants are


class Activity:
    """Takes samples in pieces of any length; `active()` says which hops so far are speech.

    Hop i is judged by the 40 ms that begin with it.
    """

    def __init__(
        self,
        settings: ActivitySettings | None = None,
        speaker: float | None = None,
        whispers: bool = False,
    ) -> None:
        """`speaker`: how loud the speaker is (see `voice_level`), where that is known: others are softer.
        `whispers`: what has no voice may be a whisper, and is speech, too."""
        self.settings, self._whispers = settings or ActivitySettings(), whispers
        self._speaker = None if speaker is None else speaker - self.settings.softer
        self._window = np.hanning(BANDS.window + 1)[:-1].astype(np.float32) / np.float32(32768.0)
        self._filters = mel_filters(BANDS) * np.float32((2 / BANDS.window) ** 2)
        hertz = np.fft.rfftfreq(BANDS.fft, 1 / SAMPLE_RATE)
        self._voice = ((hertz >= _VOICE[0]) & (hertz <= _VOICE[1])).astype(np.float32)
        window = np.fft.irfft(np.abs(np.fft.rfft(self._window, BANDS.fft)) ** 2)
        self._taper = (window / window[0]).astype(np.float32)  # what the window does to its autocorrelation
        self._pending: Samples = np.zeros(0, np.int16)
        self._bands: Reals = np.zeros((0, BANDS.mels), np.float32)  # dB
        self._level: Reals = np.zeros(0, np.float32)  # dB
        self._periodic: Flags = np.zeros(0, np.bool_)

    @property
    def knows_speaker(self) -> bool:
        """Whether it was told how loud the speaker is."""
        return self._speaker is not None

    def __len__(self) -> int:
        """Hops heard so far."""
        return len(self._level)

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
        energy = power @ self._filters + np.float32(_QUIETEST)
        self._bands = np.concatenate((self._bands, 10 * np.log10(energy)))
        self._level = np.concatenate((self._level, 10 * np.log10(energy.sum(axis=1))))
        self._periodic = np.concatenate((self._periodic, self._has_pitch(power)))

    def voiced(self) -> Flags:
        """(hops,) whether a hop is in a steady stretch that is periodic as a voice is, at whatever level."""
        return self._periodic & (_around(self._periodic, 4) >= self.settings.steady)

    def levels_of_voice(self) -> Reals:
        """dB of the hops that are voiced."""
        return self._level[self.voiced()]

    def audible(self) -> Flags:
        """(hops,) whether a hop stands out of the noise at all."""
        flags: Flags = self._height() > self.settings.above_floor
        return flags

    def is_whispered(self) -> bool:
        """Whether what was heard may be a whisper: enough stands out of the noise, and hardly any of it is
        voiced. The beginning may be the end of a wake word."""
        audible, voiced = self.audible()[AFTER:], self.voiced()[AFTER:]
        count = int(audible.sum())
        return count >= LEAST_WHISPER and int((audible & voiced).sum()) <= VOICED_WHISPER * count

    def active(self) -> Flags:
        """(hops,) whether a hop is speech, by all that was heard so far."""
        settings, height = self.settings, self._height()
        active: Flags = height > settings.above_floor
        if active.any():
            active &= height > settings.below_strongest * np.quantile(height[active], 0.8)
        if self._whispers and self.is_whispered():
            return active
        voiced = active & self.voiced()
        if not voiced.any():
            return voiced
        usual = float(np.quantile(self._level[voiced], USUAL))
        if self._speaker is not None:
            if voiced.sum() >= settings.enough:
                self._speaker = max(self._speaker, usual)  # others, who go on, shall not lower it
            usual = max(self._speaker, usual)
        voiced &= self._level > usual - settings.voice_below
        active &= self._level > usual - settings.speech_below
        return active & (_around(voiced, settings.reach) > 0)

    def near(self) -> Flags:
        """(hops,) whether a hop is a voice as loud as the speaker's; any voice where that is not known."""
        if self._speaker is None or (self._whispers and self.is_whispered()):
            return self.active()
        loud: Flags = self.voiced() & (self._level > self._speaker - self.settings.near_below)
        return loud & (_around(loud, 4) >= self.settings.steady)

    def _height(self) -> Reals:
        """(hops,) dB above the noise floor, mean over the bands."""
        settings = self.settings
        if not len(self):
            return np.zeros(0, np.float32)
        bands = _around(self._bands, _SMOOTHING) / _around(np.ones((len(self), 1), np.float32), _SMOOTHING)
        floor = np.quantile(bands[-settings.history :], settings.quantile, axis=0)
        return np.clip(bands - floor, 0, settings.ceiling).mean(axis=1).astype(np.float32)

    def _has_pitch(self, power: Reals) -> Flags:
        """(frames,) whether the autocorrelation peaks at a lag of a voice's pitch, and at no shorter one."""
        correlation = np.fft.irfft(power * self._voice, axis=1) + _QUIETEST
        relative = correlation / correlation[:, :1] / self._taper
        pitch, shrill = _peak(relative[:, _PITCH]), _peak(relative[:, _SHRILL])
        return (pitch > self.settings.periodicity) & (shrill <= self.settings.shrill * pitch)


def voice_level(samples: Samples) -> float | None:
    """How loud the voice in `samples` is, in dB; None where there is hardly any."""
    heard = Activity()
    heard.process(samples)
    levels = heard.levels_of_voice()
    return float(np.quantile(levels, USUAL)) if len(levels) >= LEAST_VOICE else None


def _peak(correlation: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The highest value of each row, or 0 where it is at an edge: then it is a slope and no peak."""
    best = correlation.argmax(axis=1)
    inside = (best > 0) & (best < correlation.shape[1] - 1)
    return np.where(inside, correlation.max(axis=1), 0)


def _around(values: npt.NDArray[np.generic], reach: int) -> Reals:
    """The sum, along the first axis, of each value and `reach` neighbours on either side."""
    sums = np.cumsum(values, axis=0, dtype=np.float64)
    sums = np.concatenate((np.zeros((1, *sums.shape[1:])), sums))
    hops = np.arange(len(values))
    around = sums[np.minimum(hops + reach + 1, len(values))] - sums[np.maximum(hops - reach, 0)]
    return around.astype(np.float32)
