"""What plays on the loudspeaker, without anybody waiting for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np

from device.audio.speaker import SilentSpeaker
from device.events import SAMPLE_RATE, Samples

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that a sound may take longer than it is; then the speaker takes nothing, and is not waited for."""


class Player:
    """Hands sounds to `output` on a thread of its own, which begins with the first of them.

    A context manager, as the output is.
    """

    def __init__(self, output: SilentSpeaker, clock: Callable[[], float] = time.monotonic) -> None:
        self._output, self._clock = output, clock
        self._sounds: queue.SimpleQueue[tuple[int, Samples]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._era = 0  # each `stop` begins another; sounds of earlier ones are not played
        self._handed = 0  # sounds that are on their way to the output
        self._until = 0.0  # when all is heard, if the output takes it
        self._stuck = False

    def __enter__(self) -> Self:
        self._output.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._output.__exit__(kind, error, trace)

    def play(self, samples: Samples) -> None:
        """Play `samples`, 16 kHz mono, after what is playing; returns at once."""
        now = self._clock()
        with self._lock:
            if self._stuck and self._late(now):
                return
            self._stuck = False
            self._until = max(self._until, now) + len(samples) / SAMPLE_RATE
            self._handed += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="player", daemon=True)
                self._thread.start()
        self._sounds.put((self._era, samples))

    def stop(self) -> None:
        """What is playing or waits to be played is heard no further."""
        with self._lock:
            self._era += 1
            self._until = min(self._until, self._clock())
        self._output.stop()

    @property
    def playing(self) -> bool:
        """Whether something can still be heard. A speaker that takes no sound is silent."""
        with self._lock:
            if not (self._handed or self._output.playing):
                self._stuck = False
                return False
            if not self._late(self._clock()):
                return True
            if not self._stuck:
                log.warning("the speaker takes no sound: unplug it and plug it in again")
            self._stuck = True
        self._output.stop()
        return False

    def _late(self, now: float) -> bool:
        return (self._handed > 0 or self._output.playing) and now > self._until + PATIENCE

    def _run(self) -> None:
        while True:
            era, samples = self._sounds.get()
            try:
                if era == self._era:
                    self._output.play(samples)
                if era != self._era:  # stopped meanwhile, perhaps before the output had it
                    self._output.stop()
            except Exception:
                log.exception("a fault in the speaker; going on")
            finally:
                with self._lock:
                    self._handed -= 1


class AtVolume:
    """A player whose sounds are as loud as `gain` (0…1) says when they begin."""

    def __init__(self, player: SilentSpeaker | Player, gain: Callable[[], float]) -> None:
        self._player, self._gain = player, gain

    def play(self, samples: Samples) -> None:
        gain = self._gain()
        self._player.play(samples if gain == 1 else (samples * np.float32(gain)).astype(np.int16))

    def stop(self) -> None:
        self._player.stop()

    @property
    def playing(self) -> bool:
        return self._player.playing
