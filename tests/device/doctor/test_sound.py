"""What the doctor makes of a sweep that comes back, in simulated rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from device.audio.pcm import CHUNK, to_int16
from device.doctor.finding import Health
from device.doctor.sound import BEFORE, LENGTHS, Listener, Loop, judged, measured, sweeps
from device.echo.canceller import Canceller, scaled
from device.echo.reference import Reference
from device.events import SAMPLE_RATE, AudioChunk, Samples

LOOP = Loop(quiet=-70, echo=-35, left=-62, delay=0.12, drift=0.0)


class Room:
    """A loudspeaker and a microphone, `delay` seconds apart; `gain` of what is played comes back."""

    def __init__(self, delay: float, gain: float) -> None:
        self._delay, self._gain = delay, gain
        self._reference = Reference()
        self.listener = Listener(Canceller(self._reference))
        self._played: Samples | None = None
        self._begun, self._told = 0, 0

    def play(self, samples: Samples) -> None:
        self._played, self._begun = samples, self._now
        self._reference.begins(self._now / SAMPLE_RATE)

    def audio(self) -> Iterator[AudioChunk]:
        rng = np.random.default_rng(1)
        self._now = 0
        echo = np.zeros(0, np.float32)
        for start in range(0, round((BEFORE + sum(LENGTHS) + 1) * SAMPLE_RATE), CHUNK):
            self._now = start + CHUNK
            heard = rng.normal(0, 1e-4, CHUNK).astype(np.float32)
            if self._played is not None:
                if not len(echo):
                    late = np.zeros(self._begun + round(self._delay * SAMPLE_RATE), np.float32)
                    echo = np.concatenate(
                        (late, self._gain * scaled(self._played), np.zeros(CHUNK, np.float32))
                    )
                part = echo[start : self._now]
                heard[: len(part)] += part
                due = min(self._now - self._begun + 2 * CHUNK, len(self._played))
                self._reference.plays(self._played[self._told : due], self._now / SAMPLE_RATE)
                self._told = due
            yield self.listener.process(AudioChunk(to_int16(heard), start), self._now / SAMPLE_RATE)


@pytest.mark.parametrize("delay", [0.05, 0.3])
def test_delay_level_and_what_is_left_are_measured(delay: float) -> None:
    room = Room(delay, 0.2)
    loop = measured(room.audio(), room.play, room.listener)
    assert loop.delay == pytest.approx(delay, abs=0.03)
    assert loop.quiet == pytest.approx(-80, abs=2)
    assert loop.echo == pytest.approx(-29, abs=2)
    assert loop.echo - loop.left > 15
    assert judged(loop).health is Health.OK


def test_a_microphone_that_hears_nothing_of_it() -> None:
    room = Room(0.1, 0.0)
    finding = judged(measured(room.audio(), room.play, room.listener))
    assert (finding.health, "hears nothing" in finding.text) == (Health.WARNING, True)


@pytest.mark.parametrize(
    ("loop", "health", "words"),
    [
        (LOOP, Health.OK, "taken out by 27 dB"),
        (replace(LOOP, echo=-3), Health.PROBLEM, "overdriven"),
        (replace(LOOP, left=-37), Health.WARNING, "cannot be taken out"),
        (replace(LOOP, delay=None), Health.WARNING, "delay unknown"),
        (replace(LOOP, delay=0.7), Health.WARNING, "as over Bluetooth"),
    ],
)
def test_each_finding_says_what_to_do(loop: Loop, health: Health, words: str) -> None:
    finding = judged(loop)
    assert finding.health is health
    assert words in finding.text


def test_the_sweeps_are_short_and_no_louder_than_speech() -> None:
    sound = sweeps()
    assert len(sound) < 6 * SAMPLE_RATE
    assert np.abs(sound).max() <= 0.26 * 32_767
