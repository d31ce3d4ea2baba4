"""A room with a loudspeaker and a microphone whose clocks drift, for measuring without either.

The responses are of the image-source method. The loudspeaker distorts a little, what it plays comes out
late, and when it begins is known no better than by a few milliseconds, as with PortAudio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from scipy.signal import fftconvolve

from device.audio.pcm import CHUNK, to_int16
from device.echo.canceller import Canceller
from device.echo.kalman import Floats
from device.echo.reference import Reference
from device.events import SAMPLE_RATE, AudioChunk, Samples
from training.corpus.augment import living_room
from training.corpus.noises import active_power

LEVEL = 0.1
"""The echo at the microphone where it sounds, root mean square of full scale: -20 dB."""

NOISE = 3e-4
"""Of the microphone, as LEVEL."""

AHEAD = 0.06
"""Seconds by which the loudspeaker asks for sound too early."""

JITTER = 0.005
"""Seconds by which what is known of a run's beginning may be late."""


@dataclass(frozen=True, slots=True)
class Played:
    """A run of sound that begins at `at` seconds."""

    at: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class Room:
    """`echo` and `voice`: responses from the loudspeaker and from somebody; `drift`: by how much the
    loudspeaker's clock is faster, as a share; `delay`: seconds; `distortion`: the third harmonic of a
    full-scale tone."""

    echo: Floats
    voice: Floats
    drift: float
    delay: float
    distortion: float

    @classmethod
    def drawn(cls, rng: np.random.Generator, drift: float, distortion: float) -> Room:
        """`drift`: the most that there is."""
        echo, voice = living_room(rng), living_room(rng)
        return cls(echo, voice, rng.uniform(-drift, drift), rng.uniform(0.03, 0.35), distortion)

    def echoes(self, runs: Sequence[Played], seconds: float) -> Floats:
        """What the microphone hears of `runs`, LEVEL loud."""
        heard = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        slope = np.sqrt(12 * self.distortion)
        for run in runs:
            sound = run.samples.astype(np.float64) / 32_768
            if slope:
                sound = np.tanh(slope * sound) / slope
            if self.drift:
                sound = soxr.resample(sound, SAMPLE_RATE * (1 + self.drift), SAMPLE_RATE, quality="VHQ")
            sound = fftconvolve(sound, self.echo)
            first = round((run.at + self.delay) * SAMPLE_RATE)
            part = heard[first : first + len(sound)]
            part += sound[: len(part)].astype(np.float32)
        return heard * np.float32(LEVEL / max(np.sqrt(active_power(heard)), 1e-9))

    def says(self, samples: Samples, ratio: float) -> Floats:
        """Somebody's words, `ratio` dB louder than the echo."""
        heard = fftconvolve(samples.astype(np.float32) / 32_768, self.voice).astype(np.float32)
        return heard * np.float32(LEVEL * 10 ** (ratio / 20) / max(np.sqrt(active_power(heard)), 1e-9))


def cancelled(
    room: Room, runs: Sequence[Played], heard: Floats, rng: np.random.Generator
) -> tuple[Samples, Canceller]:
    """`heard` without the echo of `runs`, by the device's own code, and what did it."""
    reference = Reference()
    canceller = Canceller(reference)
    waiting, given = list(runs), 0
    out: list[Samples] = []
    noisy = to_int16(heard + rng.normal(0, NOISE, len(heard)).astype(np.float32))
    for first in range(0, len(noisy) - CHUNK + 1, CHUNK):
        now = (first + CHUNK) / SAMPLE_RATE
        while waiting and waiting[0].at <= now:
            run = waiting[0]
            if not given:
                reference.begins(run.at + rng.uniform(0, JITTER))
            wanted = round((now - run.at + AHEAD) * SAMPLE_RATE * (1 + room.drift))
            part = run.samples[given : max(given, wanted)]
            reference.plays(part, now)
            given += len(part)
            if given < len(run.samples):
                break
            waiting, given = waiting[1:], 0
        chunk = AudioChunk(noisy[first : first + CHUNK], first)
        out.append(canceller.process(chunk, now + rng.uniform(0.01, 0.015)).samples)
    return np.concatenate(out), canceller
