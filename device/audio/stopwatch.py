"""Audio passed on and watched: how long the loop waited for it, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from device.events import AudioChunk


class Stopwatch(Iterator[AudioChunk]):
    """Audio passed on, with a watch on it: work is told from waiting for the speaker."""

    def __init__(self, audio: Iterable[AudioChunk]) -> None:
        self._audio = iter(audio)
        self._arrived = time.perf_counter()
        self.waited = 0.0
        """Seconds spent in waiting for chunks."""

    def __next__(self) -> AudioChunk:
        asked = time.perf_counter()
        try:
            return next(self._audio)
        finally:
            self._arrived = time.perf_counter()
            self.waited += self._arrived - asked

    @property
    def since_arrival_ms(self) -> float:
        """Milliseconds since the last chunk, or the audio's end, came in."""
        return 1000 * (time.perf_counter() - self._arrived)


def until(audio: Iterable[AudioChunk], asked: Callable[[], bool]) -> Iterator[AudioChunk]:
    """The audio up to the chunk at which `asked` becomes true."""
    for chunk in audio:
        yield chunk
        if asked():
            return
