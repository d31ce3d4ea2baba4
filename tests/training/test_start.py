"""A bundle's model as the beginning of a training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import tensorflow as tf

from device.engine.bundle import SHIPPED, Bundle
from device.engine.interpreter import StreamingModel
from device.errors import BundleError
from training.hearing import model as shape
from training.hearing.loss import sequence_loss
from training.hearing.signal import MELS
from training.hearing.start import COLUMN, fit_transitions, renormalise, unfold
from training.layers import StreamingNet

ENGLISH = Bundle.load(SHIPPED / "english", "hearing")
WIDTH = 192


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """Something like normalised features: smooth in time, (rows, frames, mels)."""
    noise = np.random.default_rng(0).normal(size=(4, 252, MELS))
    smooth = np.apply_along_axis(lambda x: np.convolve(x, np.ones(12) / 4, "valid"), 1, noise)
    return np.clip(smooth[:, :240], -3, 3).astype(np.float32)


@pytest.fixture(scope="module")
def net() -> StreamingNet:
    model = shape.build(shape.settings(WIDTH, 0.0))
    unfold(model, ENGLISH.model)
    return model


def test_it_begins_with_the_outputs_of_the_bundle(net: StreamingNet, rows: np.ndarray) -> None:
    engine = StreamingModel(ENGLISH)
    steps = [engine.step(rows[0, first : first + engine.frames]) for first in range(0, 240, engine.frames)]
    mine, own = np.asarray(net(rows[:1]))[0], np.concatenate(steps)
    assert np.mean(mine.argmax(axis=1) == own.argmax(axis=1)) > 0.9
    assert np.mean((mine - own) ** 2) < 0.01 * np.var(own)


def test_normalisations_change_nothing_but_normalise_in_training(net: StreamingNet, rows: np.ndarray) -> None:
    before = np.asarray(net(rows))
    assert np.abs(np.asarray(net(rows, training=True)) - before).max() > 1.0
    renormalise(net, rows)
    np.testing.assert_allclose(np.asarray(net(rows)), before, atol=1e-3)
    np.testing.assert_allclose(np.asarray(net(rows, training=True)), before, atol=0.05)


def test_the_columns_of_all_kernels_have_one_size(net: StreamingNet, rows: np.ndarray) -> None:
    renormalise(net, rows)
    for conv in net.convolutions:
        sizes = np.sqrt(np.square(np.asarray(conv.kernel)).mean(axis=0))
        np.testing.assert_allclose(sizes, COLUMN, rtol=1e-3)


def test_transitions_fit_the_labels_better_than_none() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.integers(0, 4, (8, 6)), 5, axis=1).astype(np.int32)
    logits = rng.normal(size=(8, 30, 4)).astype(np.float32) + 2 * np.eye(4, dtype=np.float32)[labels]
    transitions = tf.Variable(tf.zeros((4, 4)))
    before = float(sequence_loss(tf.constant(logits), tf.constant(labels), transitions))
    fit_transitions(transitions, itertools.repeat((logits, labels)), lambda x: x)
    assert float(sequence_loss(tf.constant(logits), tf.constant(labels), transitions)) < 0.8 * before


def test_a_model_of_another_shape_is_refused() -> None:
    with pytest.raises(BundleError, match="another shape than the one to be trained"):
        unfold(shape.build(shape.settings(64, 0.0)), ENGLISH.model)
