"""What Mynah plays, taken out of what it hears: between the microphone and the voice loop.

While nothing is played, each chunk passes as it is, and costs nothing. While something is, the reference is
aligned with the microphone, the filter takes its echo out, and what the filter leaves of it is suppressed.
"""

from __future__ import annotations

import logging
from collections import deque

import numpy as np

from device.audio.pcm import to_int16
from device.echo.alignment import EVERY, SOON, Alignment
from device.echo.clocks import Arrivals, interpolated
from device.echo.delay import WINDOW
from device.echo.emphasis import emphasized, restored
from device.echo.kalman import BLOCK, PARTITIONS, Floats, KalmanFilter
from device.echo.reference import Reference
from device.echo.suppressor import Suppressor
from device.events import SAMPLE_RATE, AudioChunk, Samples

_LOG = logging.getLogger(__name__)

CANCELS = 6.0
"""dB that must be taken out of the echo to hear somebody speak through it."""

INAUDIBLE = 6.0
"""dB above the quiet before it that an echo may have, for nobody to care."""

_FORGET = 0.5 ** (BLOCK / SAMPLE_RATE)
"""Half of what was measured is forgotten in a second."""

_KNOWN, _BETTER = 10.0, 6.0
"""dB of enhancement with which an echo path is known, and more of them with which it is known better."""

_PATIENCE = 10 * SAMPLE_RATE
"""Samples of sound after which the echo should have been taken out."""

_WORSE = 1.5
"""Times the power that came in: what is louder than that is not given out."""


class Canceller:
    """`process` takes each chunk of the microphone, in order, and gives it back without the echo."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._arrivals = Arrivals()
        self._alignment = Alignment(reference.read)
        self._filter, self._suppressor = KalmanFilter(), Suppressor()
        self._run = 0
        self._quiet: deque[AudioChunk] = deque(maxlen=12)  # heard while nothing played
        self._heard = np.zeros(WINDOW, np.float32)
        self._since = self._sounded = 0  # samples since the last measurement; of this run
        self._known = 0.0  # the enhancement with which the echo path was learnt in this run
        self._last = (0.0, 0.0, 0.0)  # samples before the next: heard, played, given
        self._floor = self._in = self._out = 0.0
        self._played = 0  # samples of sound

    @property
    def alignment(self) -> Alignment:
        """How the loudspeaker and the microphone lie in time."""
        return self._alignment

    @property
    def enhancement(self) -> float:
        """The echo return loss enhancement of the last second or so that was played, in dB."""
        return 10 * float(np.log10((self._in + 1e-12) / (self._out + 1e-12)))

    @property
    def cancels(self) -> bool:
        """Whether somebody who speaks now can be heard: the echo is taken out, or there is none."""
        audible = self._in > self._floor * 10 ** (INAUDIBLE / 10)
        return not audible or self.enhancement >= CANCELS

    def process(self, chunk: AudioChunk, at: float) -> AudioChunk:
        """`chunk` without what was played; `at`: seconds of the monotonic clock at which its end came in.

        While nothing that was played can be heard, it is `chunk` itself.
        """
        self._arrivals.note(chunk.end, at)
        if not self._reference.audible(at):
            self._quiet.append(chunk)
            return chunk
        if self._run != self._reference.runs:
            self._begin(chunk)
        self._quiet.clear()
        heard = scaled(chunk.samples)
        blocks = [
            self._block(heard[first : first + BLOCK], chunk.start + first)
            for first in range(0, len(heard), BLOCK)
        ]
        return AudioChunk(to_int16(np.concatenate(blocks)), chunk.start)

    def _begin(self, chunk: AudioChunk) -> None:
        """A run of sound begins to be heard in `chunk`."""
        self._run = self._reference.runs
        if self._quiet:
            before = scaled(np.concatenate([one.samples for one in self._quiet]))
            self._floor = float(np.mean(before**2))
            self._heard = np.concatenate((self._heard, before))[-WINDOW:]
            self._last = (float(before[-1]), 0.0, float(before[-1]))
            self._suppressor.reset()
        self._since, self._sounded, self._known = 0, 0, 0.0
        if self._alignment.measured:
            self._learn()
        self._alignment.begin(chunk.start, self._arrivals.offset)
        self._realign(chunk.start)

    def _realign(self, at: int) -> None:
        """The filter is shown what went out before the sample `at`, as it is aligned now."""
        count = (PARTITIONS + 1) * BLOCK
        begin, slope = self._alignment.place(at)
        played = interpolated(self._reference, begin - (count + 1) * (1 + slope), count + 1, slope)
        self._filter.recall(emphasized(played[1:], float(played[0])))
        self._last = (self._last[0], float(played[-1]), self._last[2])

    def _block(self, heard: Floats, start: int) -> Floats:
        begin, slope = self._alignment.place(start)
        played = interpolated(self._reference, begin, len(heard), slope)
        before, before_played, given = self._last
        filtered = self._filter.process(emphasized(heard, before), emphasized(played, before_played))
        left = restored(self._suppressor.process(filtered), given)
        if float(left @ left) > _WORSE * float(heard @ heard):
            left = heard
        self._last = (float(heard[-1]), float(played[-1]), float(left[-1]))
        self._weigh(heard, left, played)
        self._follow(heard, start + len(heard))
        return left

    def _weigh(self, heard: Floats, left: Floats, played: Floats) -> None:
        if np.abs(played).max() < 1e-3:
            return
        self._in += (1 - _FORGET) * (float(np.mean(heard**2)) - self._in)
        self._out += (1 - _FORGET) * (float(np.mean(left**2)) - self._out)
        self._played += len(heard)
        if self._played == _PATIENCE and not self.cancels:
            _LOG.warning(
                "the echo of the loudspeaker cannot be taken out; while Mynah speaks, it hears only its wake"
                " words: turn the loudspeaker down, or use one device for both"
            )

    def _follow(self, heard: Floats, end: int) -> None:
        self._heard = np.concatenate((self._heard[len(heard) :], heard))
        self._since += len(heard)
        self._sounded += len(heard)
        if self._since < (EVERY if self._sounded > SAMPLE_RATE else SOON):
            return
        self._since = 0
        if self._alignment.measure(self._heard, end):
            self._realign(end)
        elif self._alignment.measured and self.enhancement > self._known + _BETTER:
            self._learn()

    def _learn(self) -> None:
        """The alignment is to know the echo path, where it is known well."""
        if self.enhancement >= _KNOWN:
            self._alignment.know(self._filter.response)
            self._known = self.enhancement


def scaled(samples: Samples) -> Floats:
    """int16 as ±1."""
    return samples.astype(np.float32) / np.float32(32_768)
