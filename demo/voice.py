"""Recordings as a microphone would give them: raw 16 kHz mono PCM, in real time, without a pause."""

from __future__ import annotations

import queue
import threading
import time
from types import TracebackType
from typing import IO

import numpy as np

from device.audio.pcm import CHUNK
from device.events import SAMPLE_RATE, Samples


class Voice:
    """Writes a chunk of 80 ms to `pipe` every 80 ms: what `say` was given, else the noise of a quiet room.

    A context manager. It stops by itself when the reader at the pipe's other end is gone.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._waiting: queue.SimpleQueue[Samples] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        # A microphone is never silent: noise of about one step of its converter, -87 dB of full scale.
        self._room = np.random.default_rng(0).normal(0, 1.5, SAMPLE_RATE).round().astype("<i2")

    def __enter__(self) -> Voice:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    @property
    def speaking(self) -> bool:
        """Whether there is still somebody to speak to."""
        return self._thread.is_alive()

    def say(self, samples: Samples) -> float:
        """Speak after what is being said now; the duration in seconds."""
        for start in range(0, len(samples), CHUNK):
            chunk = samples[start : start + CHUNK].astype("<i2")
            self._waiting.put(np.concatenate([chunk, self._room[: CHUNK - len(chunk)]]))
        return len(samples) / SAMPLE_RATE

    def _write(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            try:
                chunk = self._waiting.get_nowait()
            except queue.Empty:
                self._room = np.roll(self._room, -CHUNK)
                chunk = self._room[:CHUNK]
            try:
                self._pipe.write(chunk.tobytes())
                self._pipe.flush()
            except OSError:  # the daemon ended; whoever started it will notice
                return
            due = max(due + CHUNK / SAMPLE_RATE, time.monotonic() - 1.0)
            time.sleep(max(0.0, due - time.monotonic()))
