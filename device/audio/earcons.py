"""Earcons: short tones that tell where the conversation is, made with numpy.

They are soft and, but for the ring, shorter than 0.25 s: what the microphone hears of them should not be
taken for a command.
"""

from __future__ import annotations

import functools

import numpy as np

from device.audio.pcm import to_int16
from device.events import SAMPLE_RATE, Samples

_LOUDNESS = 0.2  # of full scale
_FADE = 0.01  # seconds: no click at either end of a note


@functools.cache
def listening() -> Samples:
    """Rising: the wake word was heard, speak."""
    return _notes((659.3, 0.06), (987.8, 0.08))


@functools.cache
def done() -> Samples:
    """Falling to rest: it was understood and done."""
    return _notes((987.8, 0.06), (659.3, 0.10))


@functools.cache
def error() -> Samples:
    """Twice the same low note: not understood, or it could not be done."""
    return _notes((220.0, 0.09), (0.0, 0.03), (220.0, 0.09))


@functools.cache
def announcing() -> Samples:
    """A chime of three: somebody has something to tell."""
    return _notes((784.0, 0.07), (659.3, 0.07), (1046.5, 0.09))


@functools.cache
def ringing() -> Samples:
    """Rising twice: a timer or an alarm; the one sound that is to be heard from afar."""
    rise = ((784.0, 0.12), (987.8, 0.12), (1174.7, 0.12), (1568.0, 0.18))
    return _notes(*rise, (0.0, 0.12), *rise)


def _notes(*notes: tuple[float, float]) -> Samples:
    """Hz and seconds of each note, one after the other; 0 Hz is a rest."""
    return to_int16(np.concatenate([_note(hertz, seconds) for hertz, seconds in notes]))


def _note(hertz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    fade = np.minimum(1, np.minimum(time, time[::-1]) / _FADE)
    return (_LOUDNESS * np.sin(2 * np.pi * hertz * time) * np.sin(fade * np.pi / 2) ** 2).astype(np.float32)
