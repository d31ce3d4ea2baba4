"""The acoustic model streams: any chunk size gives the same posteriors, and all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from device.engine.bundle import SHIPPED, Bundle
from device.events import Samples
from device.hearing.acoustic import SHIFTS, AcousticModel, Posteriors, log_softmax
from tests.recordings import command


@pytest.fixture(scope="module")
def model() -> AcousticModel:
    return AcousticModel(Bundle.load(SHIPPED / "english", "hearing"))


@pytest.fixture(scope="module")
def samples() -> Samples:
    return command()


def pieces(samples: Samples, size: int) -> Iterator[Samples]:
    return (samples[start : start + size] for start in range(0, len(samples), size))


def posteriors(model: AcousticModel, samples: Samples, size: int) -> Posteriors:
    model.reset()
    parts = [model.process(piece) for piece in pieces(samples, size)]
    return np.concatenate([*parts, model.finish()])


@pytest.mark.parametrize("size", [160, 333, 1280, 7001])
def test_streaming_equals_batch(model: AcousticModel, samples: Samples, size: int) -> None:
    whole = posteriors(model, samples, len(samples))
    # One int8 step of the features' rounding may tip over; it moves few frames, and those little.
    difference = np.abs(np.exp(posteriors(model, samples, size)) - np.exp(whole))
    assert np.mean(difference > 0.02) < 0.01


def test_there_is_a_row_for_every_whole_frame(model: AcousticModel, samples: Samples) -> None:
    rows = posteriors(model, samples, 1280)
    assert len(rows) == int(len(samples) / (16_000 * model.frame_seconds))
    np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1.0, atol=1e-4)


def test_silence_is_heard_as_silence(model: AcousticModel) -> None:
    rows = posteriors(model, np.zeros(16_000, np.int16), 1280)
    assert np.mean(rows.argmax(axis=1) == 0) > 0.9


def test_nothing_heard_gives_nothing(model: AcousticModel) -> None:
    model.reset()
    assert model.finish().shape == (0, len(model.phones))


def test_log_softmax_of_large_logits_is_finite() -> None:
    rows = log_softmax(np.array([[1000.0, 0.0], [-1000.0, -1000.0]], np.float32))
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1.0, atol=1e-6)


def test_where_the_audio_begins_matters_less_with_several_runs(samples: Samples) -> None:
    bundle = Bundle.load(SHIPPED / "english", "hearing")
    changes = []
    for shifts in ((0,), SHIFTS):
        model = AcousticModel(bundle, shifts)
        early, late = (np.exp(posteriors(model, samples[first:], 1280)) for first in (0, 160))
        count = min(len(early), len(late))
        changes.append(float(np.abs(early[:count] - late[:count]).mean()))
    assert changes[1] < 0.8 * changes[0]


def test_runs_moved_by_a_whole_output_are_the_same_run(samples: Samples) -> None:
    bundle = Bundle.load(SHIPPED / "english", "hearing")
    stride = bundle.stream.stride
    one = posteriors(AcousticModel(bundle, (0,)), samples, 1280)
    moved = posteriors(AcousticModel(bundle, (stride,)), samples, 1280)
    # The first output is left out; the state that it leaves behind is forgotten in the course of the history.
    half = len(one) // 2
    agree = one[half + 1 : len(moved)].argmax(axis=1) == moved[half : len(one) - 1].argmax(axis=1)
    assert np.mean(agree) > 0.95
