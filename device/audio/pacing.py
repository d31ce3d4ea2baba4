"""Recordings at the pace of a microphone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from device.events import SAMPLE_RATE, AudioChunk


def paced(audio: Iterable[AudioChunk]) -> Iterator[AudioChunk]:
    """Each chunk when its last sample would have been heard, counted from the first chunk's beginning.

    Audio that comes later than that, as from a live pipe, is passed on at once.
    """
    origin: float | None = None
    for chunk in audio:
        now = time.monotonic()
        if origin is None:
            origin = now - chunk.start / SAMPLE_RATE
        time.sleep(max(0.0, origin + chunk.end / SAMPLE_RATE - now))
        yield chunk
