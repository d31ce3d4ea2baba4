"""Voices: text in, sound out, sentence by sentence, so that the first sound comes early."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from device.audio.pcm import to_int16
from device.events import SAMPLE_RATE, Samples
from device.speaking.sayable import sentences

LOUDNESS = 0.1
"""Root mean square of a sentence, of full scale: -20 dB, as broadcast speech."""
PEAK = 0.9
"""No sample is larger, of full scale."""
PAUSE = 0.12
"""Seconds of silence behind each piece."""


class Voice(Protocol):
    """Says any text."""

    @property
    def name(self) -> str: ...

    def speak(self, text: str) -> Iterator[Samples]:
        """The sound of `text` in pieces, 16 kHz mono, each as soon as it is made; none where nothing of it
        can be said. Raises VoiceError."""


class Engine(Protocol):
    """Makes the sound of one piece of text, which is written out in words."""

    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> int:
        """Samples a second."""

    def sound(self, piece: str) -> npt.NDArray[np.float32]:
        """Mono, ±1, at `rate`. Raises VoiceError."""


@dataclass(frozen=True, slots=True)
class SentenceVoice:
    """A voice that has `engine` make one piece after the other, all equally loud."""

    engine: Engine

    @property
    def name(self) -> str:
        return self.engine.name

    def speak(self, text: str) -> Iterator[Samples]:
        for piece in sentences(text):
            sound = self.engine.sound(piece)
            if len(sound):
                yield levelled(sound, self.engine.rate)


def levelled(sound: npt.NDArray[np.float32], rate: int) -> Samples:
    """`sound` of `rate` at 16 kHz and at LOUDNESS, or less where PEAK forbids it, with a PAUSE behind it."""
    if rate != SAMPLE_RATE:
        sound = soxr.resample(sound, rate, SAMPLE_RATE)
    loudness, peak = float(np.sqrt(np.mean(sound**2))), float(np.abs(sound).max())
    gain = min(LOUDNESS / loudness, PEAK / peak) if loudness > 0 else 0.0
    return np.concatenate(
        (to_int16(sound * np.float32(gain)), np.zeros(round(PAUSE * SAMPLE_RATE), np.int16))
    )


class KeptVoice:
    """A voice that keeps the sound of what it said last: frequent replies are made once.

    `most`: bytes that are kept; what was said longest ago makes room. A text that is longer than a quarter of
    that is not kept, and neither is one that was broken off.
    """

    def __init__(self, voice: Voice, most: int = 4_000_000) -> None:
        self._voice, self._most = voice, most
        self._kept: OrderedDict[str, tuple[Samples, ...]] = OrderedDict()
        self._bytes = 0

    @property
    def name(self) -> str:
        return self._voice.name

    def speak(self, text: str) -> Iterator[Samples]:
        if text in self._kept:
            self._kept.move_to_end(text)
            yield from self._kept[text]
            return
        pieces: list[Samples] = []
        for samples in self._voice.speak(text):
            pieces.append(samples)
            yield samples
        self._keep(text, tuple(pieces))

    def _keep(self, text: str, pieces: tuple[Samples, ...]) -> None:
        size = sum(samples.nbytes for samples in pieces)
        if 4 * size > self._most:
            return
        self._kept[text] = pieces
        self._bytes += size
        while self._bytes > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= sum(samples.nbytes for samples in oldest)
