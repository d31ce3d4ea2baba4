"""Rooms, noise, loudness and colour: what happens to speech before it reaches a microphone.

Rooms, speed, codecs and clipping work on samples. The rest works on log-mel features, where it is a
hundred times cheaper: the mel energies of a sum are the sum of the mel energies (their cross terms are zero
in the mean), a gain is an offset and a microphone's response is an offset for each band.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy.signal import fftconvolve, lfilter

from device.audio.frontend import Features, FrontEndSettings
from device.events import SAMPLE_RATE, Samples

FLOOR = np.float32(np.log(FrontEndSettings().floor))  # what the front end gives for digital silence
Floats = npt.NDArray[np.float32]


CODECS = (
    ("OGG", "OPUS", 0.9),
    ("OGG", "OPUS", 0.99),
    ("MP3", "MPEG_LAYER_III", 0.95),
    ("WAV", "GSM610", None),
)
"""Format, subtype and compression level of libsndfile; 9 to 30 kbit/s."""


def living_room(rng: np.random.Generator) -> Floats:
    """The response between two places in a room of 2.5–8 m by the image-source method.

    Allen and Berkley (1979). Reverberation time 0.15–0.7 s; at most 15 reflections in a row.
    """
    import pyroomacoustics  # here, because it opens the sound system, where there is a sounddevice package

    size = rng.uniform((2.5, 2.5, 2.3), (8.0, 6.0, 3.2))
    # Sabine's absorption of a large room cannot be above 1: then it is as dead as it can be.
    volume, surface = float(np.prod(size)), 2 * float(size @ np.roll(size, 1))
    absorption = min(0.95, 0.161 * volume / (surface * rng.uniform(0.15, 0.7)))
    room = pyroomacoustics.ShoeBox(
        size,
        fs=SAMPLE_RATE,
        materials=pyroomacoustics.Material(absorption),
        max_order=15,
        air_absorption=True,
    )
    room.add_source(rng.uniform((0.5, 0.5, 1.0), size - (0.5, 0.5, 0.6)))
    room.add_microphone(rng.uniform((0.2, 0.2, 0.3), size - (0.2, 0.2, 0.5)))
    room.compute_rir()
    return trimmed_room(room.rir[0][0])


def simulated_room(rng: np.random.Generator) -> Floats:
    """The response of a furnished room: a direct sound, six early reflections and a decaying tail.

    Polack's statistical model: Gaussian noise under an exponential, reverberation time 0.15–0.7 s,
    direct-to-reverberant ratio 0–15 dB.
    """
    decay = rng.uniform(0.15, 0.7)
    length = int(decay * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = rng.normal(size=length) * np.exp(-6.908 * time / decay)
    tail[: int(rng.uniform(0.002, 0.02) * SAMPLE_RATE)] = 0
    for _ in range(6):
        tail[int(rng.uniform(0.001, 0.04) * SAMPLE_RATE)] += rng.normal() * 4
    tail *= 10 ** (-rng.uniform(0, 15) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return tail.astype(np.float32)


def trimmed_room(response: Samples) -> Floats:
    """A measured response from its direct sound on, at most 1 s, the direct sound scaled to 1."""
    start = int(np.argmax(np.abs(response)))
    part = response[start : start + SAMPLE_RATE].astype(np.float32)
    return part / part[0]


def reverberate(samples: Samples, room: Floats) -> Samples:
    """`samples` as heard in `room`, at their own loudness; same length."""
    wet = fftconvolve(samples.astype(np.float32), room)[: len(samples)]
    power = float(np.mean(samples.astype(np.float32) ** 2))
    wet *= np.sqrt(power / max(float(np.mean(wet**2)), 1e-3))
    return np.clip(np.round(wet), -32768, 32767).astype(np.int16)


def faster(samples: Samples, factor: float) -> Samples:
    """`samples` played `factor` times as fast, pitch and all."""
    return np.asarray(soxr.resample(samples, SAMPLE_RATE * factor, SAMPLE_RATE, quality="MQ"))


def played(frames: Features, speed: float, begin: float = 0.0) -> Features:
    """`frames` (n, mels), n > 1, `speed` times as fast at the same pitch, from frame `begin` on."""
    where = begin + np.arange(int((len(frames) - 1 - begin) / speed)) * speed
    below = where.astype(int)
    share = (where - below).astype(np.float32)[:, None]
    return np.asarray(frames[below] * (1 - share) + frames[below + 1] * share)


def echoed(features: Features, rng: np.random.Generator) -> Features:
    """`features` as heard in a room: every band's energy decays as in `simulated_room`, frame by frame."""
    decay = 10 ** (-6 * 0.01 / rng.uniform(0.15, 0.7))
    ratio = 10 ** (-rng.uniform(0, 15) / 10)
    energy = np.exp(features)
    tail = lfilter([0.0, (1 - decay) * ratio], [1.0, -decay], energy, axis=0)
    return np.log(energy + tail).astype(np.float32)


def coded(samples: Samples, rng: np.random.Generator) -> Samples:
    """`samples` after one of CODECS, as headsets and networked microphones send them; same length."""
    container, subtype, level = CODECS[rng.integers(len(CODECS))]
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format=container, subtype=subtype, compression_level=level)
    file.seek(0)
    decoded: Samples = soundfile.read(file, dtype="int16")[0]
    return np.resize(decoded, len(samples))


def clipped(samples: Samples, rng: np.random.Generator) -> Samples:
    """`samples` with the loudest 0.1 to 5 % cut off, as by a microphone that is turned up too far."""
    limit = float(
        np.quantile(np.abs(samples.astype(np.int32)), 1 - np.exp(rng.uniform(np.log(1e-3), np.log(0.05))))
    )
    return np.clip(samples, -max(limit, 1.0), max(limit, 1.0)).astype(np.int16)


def equaliser(rng: np.random.Generator, mels: int, depth: float = 0.7) -> Floats:
    """(mels,) offsets in nats: a random smooth microphone response, a tilt and two bumps."""
    bands = np.linspace(-1, 1, mels)
    curve = rng.normal() * depth * bands
    for _ in range(2):
        curve += (
            rng.normal() * depth * np.exp(-(((bands - rng.uniform(-1, 1)) / rng.uniform(0.15, 0.6)) ** 2))
        )
    return curve.astype(np.float32)


def bent(features: Features, rng: np.random.Generator, common: float, single: float) -> Features:
    """`features` (frames, mels) by another voice: the spectrum moved along the mel axis.

    By `common` bands all of it and by `single` bands each of five formants in its own way, as standard
    deviations. After the vocal tract length perturbation of Jaitly and Hinton (2013).
    """
    mels = features.shape[1]
    shift = rng.normal() * common + rng.normal(size=5) * single
    moved = np.interp(np.arange(mels), np.linspace(0, mels - 1, 5), shift) + np.arange(mels)
    moved = np.clip(moved, 0, mels - 1.001)
    below = moved.astype(int)
    share = (moved - below).astype(np.float32)
    return np.asarray(features[:, below] * (1 - share) + features[:, below + 1] * share)


def loudness(features: Features) -> float:
    """Log of the mean energy of a frame over its loudest third: the level of the speech in `features`."""
    energy = np.exp(features).sum(axis=1)
    return float(np.log(np.mean(np.sort(energy)[-max(1, len(energy) // 3) :]) + 1e-9))


def gated(features: Features, depth: float) -> Features:
    """`features` with digital silence where they are `depth` nats or more below the loudness of their speech.

    As microphones with noise suppression, and codecs that send nothing while nobody speaks, leave them.
    """
    energy = np.log(np.exp(features).sum(axis=1) + 1e-9)
    quiet = energy < loudness(features) - depth
    return np.where(quiet[:, None], FLOOR, features)


def mixed(speech: Features, noise: Features, offset: float) -> Features:
    """Both at once, the noise raised by `offset` nats of energy. (frames, mels) each."""
    return np.logaddexp(speech, noise + np.float32(offset))


def masked(features: Features, rng: np.random.Generator, fill: float = 0.0) -> Features:
    """SpecAugment (Park et al. 2019) in place: up to two bands of ≤ 6 mels and two gaps of ≤ 120 ms."""
    frames, mels = features.shape
    for _ in range(rng.integers(0, 3)):
        width = int(rng.integers(1, 7))
        start = int(rng.integers(0, mels - width))
        features[:, start : start + width] = fill
    for _ in range(rng.integers(0, 3)):
        width = int(rng.integers(1, 13))
        start = int(rng.integers(0, max(1, frames - width)))
        features[start : start + width] = fill
    return features
