from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
import pytest
import soxr

from device.audio.pcm import CHUNK, to_int16
from device.echo.canceller import Canceller
from device.echo.clocks import interpolated
from device.echo.delay import EARLIEST, LATEST, WINDOW, Line, fitted, measured_delay
from device.echo.emphasis import emphasized, restored
from device.echo.kalman import BLOCK, PARTITIONS, KalmanFilter
from device.echo.reference import KEPT, LINGERS, Reference
from device.echo.suppressor import minimum_phase
from device.events import SAMPLE_RATE, AudioChunk, Samples

RNG = np.random.default_rng(3)
SOUND = RNG.normal(0, 0.1, 20 * SAMPLE_RATE).astype(np.float32)
ROOM = (RNG.normal(0, 0.05, 800) * np.exp(-np.arange(800) / 150)).astype(np.float32)
ROOM[0] = 0.5
QUIET = 1.0
"""Seconds before something plays."""


def echo_of(sound: np.ndarray, delay: float, drift: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    """What the microphone hears when `sound` begins after QUIET."""
    heard = np.convolve(sound, ROOM)[: len(sound)]
    if drift:
        heard = soxr.resample(heard, SAMPLE_RATE * (1 + drift), SAMPLE_RATE, quality="VHQ")
    heard = np.concatenate((np.zeros(round((QUIET + delay) * SAMPLE_RATE)), heard))
    noise = np.random.default_rng(1).normal(0, 1e-4, len(heard))
    return (heard + noise)[: len(heard) // (2 * CHUNK) * 2 * CHUNK]


def chunks(heard: Samples, size: int) -> Iterator[AudioChunk]:
    for first in range(0, len(heard), size):
        yield AudioChunk(heard[first : first + size], first)


def cancelled(
    heard: np.ndarray,  # type: ignore[type-arg]
    size: int = CHUNK,
    drift: float = 0.0,
    sound: np.ndarray = SOUND,  # type: ignore[type-arg]
) -> tuple[Samples, Canceller]:
    """`heard` while `sound` plays on a clock that is faster by `drift`."""
    reference, given = Reference(), 0
    canceller = Canceller(reference)
    out = []
    for chunk in chunks(to_int16(heard.astype(np.float32)), size):
        now = chunk.end / SAMPLE_RATE
        wanted = min(len(sound), round((now - QUIET) * SAMPLE_RATE * (1 + drift)) + 1_000)
        if now > QUIET and wanted > given:
            if not given:
                reference.begins(QUIET)
            reference.plays(to_int16(sound[given:wanted]), now)
            given = wanted
        out.append(canceller.process(chunk, now).samples)
    return np.concatenate(out), canceller


def level(samples: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(10 * np.log10(np.mean(np.asarray(samples, np.float64) ** 2) + 1e-12))


def enhancement(heard: np.ndarray, out: Samples, seconds: float = 2.0) -> float:  # type: ignore[type-arg]
    last = slice(-round(seconds * SAMPLE_RATE), None)
    return level(heard[last] * 32_768) - level(out[last])


@pytest.mark.parametrize("delay", [0.02, 0.2, 0.7])
def test_the_echo_is_taken_out_and_its_delay_measured(delay: float) -> None:
    heard = echo_of(SOUND[: 12 * SAMPLE_RATE], delay)
    out, canceller = cancelled(heard)
    assert enhancement(heard, out) > 25
    assert canceller.alignment.delay == pytest.approx(delay, abs=0.01)
    assert canceller.cancels


@pytest.mark.parametrize("drift", [1e-4, -1e-4])
def test_clocks_may_drift_apart(drift: float) -> None:
    heard = echo_of(SOUND, 0.1, drift)
    out, canceller = cancelled(heard, drift=drift)
    assert enhancement(heard, out) > 15
    assert canceller.alignment.drift == pytest.approx(drift, abs=1e-5)


def test_clocks_that_differ_by_a_hundredth_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    heard = echo_of(SOUND, 0.1, 0.01)
    with caplog.at_level(logging.WARNING):
        out, canceller = cancelled(heard, drift=0.01)
    assert not canceller.cancels
    assert enhancement(heard, out) > -1
    (line,) = caplog.messages
    assert "cannot be taken out" in line


def test_what_is_heard_passes_bit_for_bit_while_nothing_plays() -> None:
    noise = RNG.integers(-32_768, 32_768, 8 * CHUNK).astype(np.int16)
    canceller = Canceller(Reference())
    for chunk in chunks(noise, CHUNK):
        assert canceller.process(chunk, chunk.end / SAMPLE_RATE) is chunk


def test_it_passes_again_when_the_sound_has_died_away() -> None:
    heard = echo_of(np.concatenate((SOUND[: 2 * SAMPLE_RATE], np.zeros(4 * SAMPLE_RATE))), 0.1)
    out, _ = cancelled(heard, sound=SOUND[: 2 * SAMPLE_RATE])
    silent = round((QUIET + 2 + LINGERS + 0.2) * SAMPLE_RATE)
    np.testing.assert_array_equal(out[silent:], to_int16(heard.astype(np.float32))[silent:])


def test_streaming_equals_batch() -> None:
    sound = SOUND[: 5 * SAMPLE_RATE]
    heard = to_int16(echo_of(sound, 0.1).astype(np.float32))

    def given_out(size: int) -> Samples:
        reference = Reference()
        reference.begins(QUIET)
        reference.plays(to_int16(sound), 100.0)  # all of it is there at once
        canceller = Canceller(reference)
        return np.concatenate(
            [canceller.process(one, one.end / SAMPLE_RATE).samples for one in chunks(heard, size)]
        )

    small, usual, large = (given_out(size) for size in (BLOCK, CHUNK, 2 * CHUNK))
    np.testing.assert_array_equal(small, large)
    np.testing.assert_array_equal(usual, large)


def test_somebody_who_speaks_is_heard_through_the_echo() -> None:
    echo = echo_of(SOUND, 0.1)
    voice = np.zeros(len(echo))
    at = slice(9 * SAMPLE_RATE, 10 * SAMPLE_RATE)
    voice[at] = 0.02 * np.sin(np.arange(SAMPLE_RATE) * 2 * np.pi * 500 / SAMPLE_RATE)
    out, _ = cancelled(echo + voice)
    error = out[at] / 32_768 - voice[at]
    assert level(voice[at]) - level(error) > 10


def test_a_loudspeaker_that_nobody_hears_leaves_everything_as_it_is() -> None:
    heard = RNG.normal(0, 1e-3, 8 * SAMPLE_RATE // CHUNK * CHUNK)
    out, canceller = cancelled(heard)
    assert canceller.cancels
    assert abs(enhancement(heard, out)) < 3


def test_a_delay_is_told_by_speech_and_not_by_tones() -> None:
    played = RNG.normal(0, 0.1, LATEST + WINDOW - EARLIEST).astype(np.float32)
    heard = played[LATEST - 1_234 :][:WINDOW]
    found = measured_delay(heard, played)
    assert found is not None
    assert found.samples == pytest.approx(1_234, abs=0.1)
    tone = np.sin(np.arange(len(played)) * 0.3).astype(np.float32)
    assert measured_delay(tone[:WINDOW], tone) is None
    assert measured_delay(np.zeros(WINDOW, np.float32), np.zeros(len(played), np.float32)) is None


def test_the_line_through_measurements_has_their_slope() -> None:
    points = [(at, at * (1 + 5e-5) + 77) for at in range(0, 80_000, 8_000)]
    line = fitted(points, 0.0, 48_000)
    assert line.slope == pytest.approx(5e-5)
    assert line(100_000) == pytest.approx(100_077 + 5)
    assert fitted(points[:3], 1e-5, 48_000).slope == 1e-5
    assert Line(0, 5.0)(10) == 15.0


def test_the_reference_is_a_timeline_with_silence_between_the_runs() -> None:
    reference = Reference()
    assert not reference.audible(100.0)
    assert not reference.read(0, 10).any()
    reference.begins(100.0)
    reference.plays(np.full(10, 16_384, np.int16), 100.0)
    reference.begins(100.001)
    reference.plays(np.full(10, -16_384, np.int16), 100.001)
    found = reference.read(100 * SAMPLE_RATE - 2, 32)
    assert found.tolist() == [0] * 2 + [0.5] * 10 + [0] * 6 + [-0.5] * 10 + [0] * 4
    assert reference.audible(101.0)
    assert not reference.audible(100.001 + LINGERS)
    assert reference.runs == 2
    reference.plays(np.ones(2 * KEPT, np.int16), 200.0)
    assert reference.read(100 * SAMPLE_RATE, 5).tolist() == [0] * 5


def test_samples_between_samples() -> None:
    reference = Reference()
    reference.begins(1.0)
    wave = 10_000 * np.sin(np.arange(SAMPLE_RATE) * 0.5)
    reference.plays(wave.astype(np.int16), 1.0)
    found = interpolated(reference, SAMPLE_RATE + 1_000.25, 500, 1e-4)
    wanted = 10_000 * np.sin((1_000.25 + np.arange(500) * 1.0001) * 0.5) / 32_768
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_emphasis_can_be_undone() -> None:
    block = SOUND[100 : 100 + BLOCK]
    before = float(SOUND[99])
    np.testing.assert_allclose(restored(emphasized(block, before), before), block, atol=1e-5)


def test_a_minimum_phase_filter_has_its_gain_and_delays_nothing() -> None:
    gain = np.linspace(1.0, 0.3, BLOCK + 1).astype(np.float32)
    spectrum = minimum_phase(gain)
    np.testing.assert_allclose(np.abs(spectrum), gain, rtol=1e-3)
    assert int(np.argmax(np.abs(np.fft.irfft(spectrum)))) == 0


def test_a_filter_is_shown_what_went_out_before() -> None:
    shown, followed = KalmanFilter(), KalmanFilter()
    count = (PARTITIONS + 1) * BLOCK
    for first in range(0, count, BLOCK):
        followed.process(np.zeros(BLOCK, np.float32), SOUND[first : first + BLOCK])
    shown.recall(SOUND[:count])
    np.testing.assert_allclose(shown._played, followed._played, atol=1e-4)
