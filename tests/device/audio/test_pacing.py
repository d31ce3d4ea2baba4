from __future__ import annotations

import time
from collections.abc import Iterator

from device.audio.pacing import paced
from device.events import AudioChunk
from tests.device import fakes


def test_chunks_come_when_they_would_have_been_heard() -> None:
    began = time.monotonic()
    times = [time.monotonic() - began for _ in paced(fakes.audio(0.4))]
    for number, passed in enumerate(times, 1):
        assert 0 <= passed - 0.08 * number < 0.3


def test_what_comes_late_is_passed_on_at_once_and_the_rest_keeps_its_time() -> None:
    def stalled() -> Iterator[AudioChunk]:
        for number, chunk in enumerate(fakes.audio(0.48)):
            if number == 1:
                time.sleep(0.3)
            yield chunk

    began = time.monotonic()
    times = [time.monotonic() - began for _ in paced(stalled())]
    assert times[3] - times[1] < 0.12
    assert 0.48 <= times[5] < 0.75
