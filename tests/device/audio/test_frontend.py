from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from device.audio.frontend import FrontEnd, FrontEndSettings, RunningMean, features
from device.events import Samples

ODD_SIZES = [1, 7, 159, 160, 161, 399, 1280, 5000]


@pytest.fixture(scope="module")
def noise() -> Samples:
    return np.random.default_rng(1).integers(-8000, 8000, 9_321).astype(np.int16)


def pieces(array: np.ndarray, size: int) -> list[np.ndarray]:
    return [array[at : at + size] for at in range(0, len(array), size)]


@pytest.mark.parametrize("size", ODD_SIZES)
def test_streaming_gives_what_batch_gives(noise: Samples, size: int) -> None:
    front_end = FrontEnd()
    streamed = np.concatenate([front_end.process(piece) for piece in pieces(noise, size)])
    np.testing.assert_allclose(streamed, features(noise), atol=1e-5)


@pytest.mark.parametrize("length", [0, 1, 399, 400, 559, 560, 561, 16_000])
def test_number_of_frames(length: int) -> None:
    settings = FrontEndSettings()
    expected = max(0, 1 + (length - settings.window) // settings.hop)
    assert features(np.zeros(length, np.int16)).shape == (expected, settings.mels)


def test_a_tone_is_loudest_in_the_band_around_it() -> None:
    tone = (10_000 * np.sin(2 * np.pi * 1_000 * np.arange(16_000) / 16_000)).astype(np.int16)
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (60, 7_600))
    mel = np.linspace(low, high, 42)
    centres = 700 * (10 ** (mel[1:-1] / 2595) - 1)
    assert features(tone).mean(axis=0).argmax() == np.abs(centres - 1_000).argmin()


def test_silence_is_the_floor_and_finite() -> None:
    floor = FrontEndSettings().floor
    np.testing.assert_allclose(features(np.zeros(1_600, np.int16)), np.log(floor), rtol=1e-6)


def test_reset_forgets(noise: Samples) -> None:
    front_end = FrontEnd()
    front_end.process(noise[:777])
    front_end.reset()
    np.testing.assert_allclose(front_end.process(noise), features(noise), atol=1e-5)


@pytest.mark.parametrize("size", [1, 3, 8, 50])
def test_running_mean_streams(size: int) -> None:
    frames = np.random.default_rng(2).normal(-5, 3, (57, 40)).astype(np.float32)
    prior = np.full(40, -6.0)
    streaming = RunningMean(prior, 10)
    streamed = np.concatenate([streaming.process(piece) for piece in pieces(frames, size)])
    np.testing.assert_allclose(streamed, RunningMean(prior, 10).process(frames), atol=1e-5)


def test_running_mean_is_the_mean_up_to_each_frame_and_of_the_prior() -> None:
    frames = np.array([[1.0], [3.0]], np.float32)
    np.testing.assert_allclose(RunningMean([5.0], 1).process(frames), [[1 - 6 / 2], [3 - 9 / 3]])


def test_running_mean_starts_again_after_reset() -> None:
    frames = np.ones((4, 2), np.float32)
    mean = RunningMean([0.0, 2.0], 3)
    first = mean.process(frames)
    mean.reset()
    np.testing.assert_array_equal(mean.process(frames), first)


def test_fingerprint_of_given_settings_never_changes() -> None:
    """Else the device refuses every bundle made before."""
    given = FrontEndSettings(
        sample_rate=16_000, window=400, hop=160, fft=512, mels=40, low=60.0, high=7_600.0, floor=1e-10
    )
    assert given.fingerprint == "5bd1503fa3fd"


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(FrontEndSettings)])
def test_fingerprint_tells_every_setting(field: str) -> None:
    settings = FrontEndSettings()
    other = dataclasses.replace(settings, **{field: getattr(settings, field) * 2})
    assert other.fingerprint != settings.fingerprint
