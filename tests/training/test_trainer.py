"""The training loop: its rates, where it goes on, and what becomes of it on a full disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from device.errors import MynahError
from training.evaluate.page import training_curves
from training.trainer import Stretch, Trainer, TrainerSettings, average_kept, learning_rate

SETTINGS = TrainerSettings(
    0.1, 0.9, average_ramp=10, warmup=4, compiled=False, checkpoint_every=5, log_every=2
)
FIRST = Stretch("first", "squares", updates=8, rate=0.05)
SECOND = Stretch("second", "scale", updates=6, rate=0.01, first=8)


def build() -> keras.Model:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.2), keras.layers.Dense(1)])


def rows(first: int) -> Iterator[tuple[Any, Any]]:
    """The same batch for an update, wherever it is asked for."""
    while True:
        x = np.random.default_rng(first).normal(size=(16, 3)).astype(np.float32)
        yield x, x.sum(axis=1, keepdims=True)
        first += 1


def trainer(run: Path, scale: tf.Variable | None = None) -> Trainer:
    """By two objectives, the second with an extra variable `scale`."""
    keras.utils.set_random_seed(1)
    scale = tf.Variable(1.0) if scale is None else scale

    def squares(outputs: Any, truth: Any) -> dict[str, Any]:
        return {"loss": tf.reduce_mean((outputs - truth) ** 2), "bias": tf.reduce_mean(outputs - truth)}

    def with_scale(outputs: Any, truth: Any) -> dict[str, Any]:
        return {"loss": tf.reduce_mean((outputs - truth) ** 2) + (scale - 3.0) ** 2}

    return Trainer(run, build, {"squares": squares, "scale": with_scale}, SETTINGS, [scale])


def weights(of: Trainer) -> np.ndarray:
    parts = [*of.model.trainable_variables, *of.average]
    return np.concatenate([np.ravel(np.asarray(part)) for part in parts])


def whole(of: Trainer) -> Trainer:
    for stretch in (FIRST, SECOND):
        of.train(rows(of.done), stretch, stretch.end)
    return of


def test_the_rate_rises_and_falls_anew_in_each_stretch() -> None:
    rates = [learning_rate(SETTINGS, FIRST, update) for update in range(FIRST.end)]
    assert rates[0] == pytest.approx(0.05 / 4)
    assert max(rates) == rates[3] < 0.05
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert learning_rate(SETTINGS, FIRST, FIRST.end) == pytest.approx(0.1 * 0.05)
    assert learning_rate(SETTINGS, SECOND, SECOND.first) == pytest.approx(0.01 / 4)


def test_the_average_begins_short_or_is_as_long_from_the_first_update_on() -> None:
    kept = [average_kept(SETTINGS, SECOND, update) for update in (8, 9, 1000)]
    assert kept == [pytest.approx(1 / 10), pytest.approx(2 / 11), 0.9]
    assert average_kept(replace(SETTINGS, average_ramp=1), SECOND, 8) == 0.9


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path) -> None:
    straight = whole(trainer(tmp_path / "straight"))
    stopped = trainer(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        stopped.train(interrupted(rows(0), after=6), FIRST, FIRST.end)
    resumed = trainer(tmp_path / "stopped")
    assert resumed.done == 5  # the last checkpoint
    whole(resumed)
    assert resumed.done == straight.done == SECOND.end
    np.testing.assert_allclose(weights(resumed), weights(straight), rtol=1e-6)
    averaged = resumed.averaged().get_weights()
    np.testing.assert_array_equal(averaged[0], resumed.average[0].numpy())
    assert np.abs(averaged[0] - resumed.model.get_weights()[0]).max() > 0


def interrupted(batches: Iterator[Any], after: int) -> Iterator[Any]:
    for _ in range(after):
        yield next(batches)
    raise KeyboardInterrupt


def test_all_figures_are_logged_at_their_update(tmp_path: Path) -> None:
    whole(trainer(tmp_path))
    curves = training_curves(tmp_path)
    assert [update for update, _ in curves["loss"]] == [1, 3, 5, 7, 9, 11, 13]
    assert [update for update, _ in curves["bias"]] == [1, 3, 5, 7]


def test_an_extra_variable_is_trained_where_its_objective_uses_it(tmp_path: Path) -> None:
    scale = tf.Variable(1.0)
    one = trainer(tmp_path, scale)
    one.train(rows(0), FIRST, FIRST.end)
    assert float(scale) == pytest.approx(1.0, abs=1e-4)  # only its weight decays
    one.train(rows(8), SECOND, SECOND.end)
    assert float(scale) > 1.01


def test_what_another_recipe_trained_is_refused(tmp_path: Path) -> None:
    one = trainer(tmp_path)
    with pytest.raises(MynahError, match=r"kept after update 0, but second begins at 8: .* another folder"):
        one.train(rows(0), SECOND, SECOND.end)


@pytest.mark.parametrize("folder", ["checkpoints", "tensorboard"])
def test_what_cannot_be_written_is_named_and_what_was_kept_is_there(tmp_path: Path, folder: str) -> None:
    one = trainer(tmp_path)
    one.train(rows(0), FIRST, 6)
    shutil.rmtree(tmp_path / folder)
    (tmp_path / folder).write_text("in the way")
    with pytest.raises(MynahError, match=rf"{folder}.* cannot be kept .* again: it goes on"):
        one.train(rows(6), FIRST, 7)
