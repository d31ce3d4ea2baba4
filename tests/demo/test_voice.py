"""The voice at the daemon's standard input: exact samples, in real time, and never silence."""

from __future__ import annotations

import os
import time

import numpy as np

from demo.voice import Voice
from device.events import Samples


def read(descriptor: int, samples: int) -> Samples:
    """Exactly so many samples, waited for."""
    data = b""
    while len(data) < 2 * samples:
        data += os.read(descriptor, 2 * samples - len(data))
    return np.frombuffer(data, "<i2")


def test_speech_arrives_exactly_in_real_time_with_a_room_around_it() -> None:
    reader, writer = os.pipe()
    speech = np.arange(1000, 1000 + 6000, dtype=np.int16)
    with open(writer, "wb") as pipe, Voice(pipe) as voice:
        before = read(reader, 1280)
        began = time.monotonic()
        assert voice.say(speech) == 6000 / 16_000
        heard = read(reader, 10 * 1280)
        took = time.monotonic() - began
    os.close(reader)
    assert 0.6 < took < 1.6  # ten chunks of 80 ms, the first perhaps written already
    assert 0 < np.abs(before).max() < 20
    start = int(np.flatnonzero(heard == 1000)[0])
    assert start % 1280 == 0
    assert np.array_equal(heard[start : start + 6000], speech)
    assert 0 < np.abs(heard[start + 6000 :]).max() < 20


def test_it_ends_when_nobody_reads() -> None:
    reader, writer = os.pipe()
    pipe = open(writer, "wb", buffering=0)  # noqa: SIM115 - closing it is part of the test
    with Voice(pipe) as voice:
        read(reader, 1280)
        os.close(reader)
        voice.say(np.zeros(16_000, np.int16))
        deadline = time.monotonic() + 5
        while voice.speaking and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not voice.speaking
    pipe.close()
