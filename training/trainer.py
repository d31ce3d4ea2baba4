"""One training loop for every model: a warm-up and a half cosine, averaged weights, checkpoints, a log.

What a run gives is an exponential moving average of the weights that it trains. A checkpoint holds all that
an update changes, so a run that was stopped goes on where it was kept last.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tqdm import tqdm

from device.errors import MynahError

Tensor = Any
Objective = Callable[[Tensor, Tensor], Mapping[str, Tensor]]
"""From logits and labels to figures by name. The first is minimised; all are shown and logged."""


@dataclass(frozen=True, slots=True)
class TrainerSettings:
    """How a model is trained, whatever it is."""

    floor: float  # learning rate at the end of a stretch, as a share of the stretch's rate
    average: float  # share of the averaged weights that an update leaves
    average_ramp: int = 1  # updates over which that share rises from 1 / average_ramp; 1: it is constant
    warmup: int = 200  # updates over which the learning rate rises
    weight_decay: float = 1e-4
    clipnorm: float = 1.0  # of each variable's gradient
    compiled: bool = True  # by XLA: a minute once, and then three times as fast
    checkpoint_every: int = 500  # updates
    log_every: int = 50  # updates


@dataclass(frozen=True, slots=True)
class Stretch:
    """Updates `first` … `end` − 1 of a run, by one objective, with `rate` as the highest learning rate."""

    name: str
    objective: str
    updates: int
    rate: float
    first: int = 0

    @property
    def end(self) -> int:
        return self.first + self.updates


def learning_rate(settings: TrainerSettings, stretch: Stretch, update: int) -> float:
    """That of the run's `update`: up along a line, down along a half cosine (Loshchilov and Hutter 2017)."""
    done = update - stretch.first
    rising = min(1.0, (done + 1) / settings.warmup)
    cosine = 0.5 * (1 + math.cos(math.pi * done / stretch.updates))
    return stretch.rate * rising * (settings.floor + (1 - settings.floor) * cosine)


def average_kept(settings: TrainerSettings, stretch: Stretch, update: int) -> float:
    """The share of the averaged weights that the run's `update` leaves; the average begins short."""
    done = update - stretch.first
    return min(settings.average, (1 + done) / (settings.average_ramp + done))


class Trainer:
    """A model with its optimizer, the average of its weights and the updates that it has had."""

    def __init__(
        self,
        run: Path,
        build: Callable[[], keras.Model],
        objectives: Mapping[str, Objective],
        settings: TrainerSettings,
        extra: Sequence[tf.Variable] = (),
        checkpoints: str = "checkpoints",
    ) -> None:
        """A new model, or the state that was kept last in the folder `checkpoints` of `run`.

        `build` makes a model; `extra` variables, of the objectives, are trained with it.
        """
        self.model, self._build, self._settings = build(), build, settings
        self.average = [tf.Variable(weight) for weight in self.model.weights]
        self._variables = [*self.model.trainable_variables, *extra]
        self._optimizer = keras.optimizers.AdamW(
            weight_decay=settings.weight_decay, clipnorm=settings.clipnorm
        )
        self._optimizer.build(self._variables)
        self._done = tf.Variable(0)
        own = [variable.value for variable in (*self.model.variables, *self._optimizer.variables)]
        state = tf.train.Checkpoint(variables=[*own, *extra, *self.average], done=self._done)
        self._manager = tf.train.CheckpointManager(state, str(run / checkpoints), max_to_keep=2)
        state.restore(self._manager.latest_checkpoint)
        self._log = run / "tensorboard"
        # TensorFlow differentiates by the variables behind Keras's own.
        self._trained = [*(variable.value for variable in self.model.trainable_variables), *extra]
        self._updates = {
            name: tf.function(partial(self._update, objective), jit_compile=settings.compiled)
            for name, objective in objectives.items()
        }

    @property
    def done(self) -> int:
        """The updates that the model has had."""
        return int(self._done)

    @done.setter
    def done(self, updates: int) -> None:
        self._done.assign(updates)

    def train(self, rows: Iterator[tuple[Any, Any]], stretch: Stretch, until: int) -> None:
        """On to the run's update `until`, which lies in `stretch`. `rows` gives a batch (x, y) for each: an
        array, or a tuple of arrays where the model or the objective takes several.

        MynahError where a checkpoint or the log cannot be written (what was kept before is there), and where
        the run was kept before `stretch` begins.
        """
        if self.done >= until:
            return
        if self.done < stretch.first:
            raise MynahError(
                f"{self._manager.directory}: kept after update {self.done}, but {stretch.name} begins at"
                f" {stretch.first}: trained by another recipe; name another folder for the run"
            )
        settings, update_by = self._settings, self._updates[stretch.objective]
        with self._progress(stretch) as progress, closing(self._open_log()) as log:
            for update in range(self.done, until):
                self._optimizer.learning_rate.assign(learning_rate(settings, stretch, update))
                kept = tf.constant(average_kept(settings, stretch, update), tf.float32)
                x, y = tf.nest.map_structure(tf.constant, next(rows))
                figures = update_by(x, y, kept)
                progress.update()
                if (update + 1) % settings.log_every == 0:
                    progress.set_postfix({name: f"{float(value):.4f}" for name, value in figures.items()})
                    self._write_log(log, update, figures)
                if (update + 1) % settings.checkpoint_every == 0 or update + 1 == until:
                    self.save(update + 1)

    def _update(self, objective: Objective, x: Tensor, y: Tensor, kept: Tensor) -> Mapping[str, Tensor]:
        with tf.GradientTape() as tape:
            figures = objective(self.model(x, training=True), y)
            loss = next(iter(figures.values()))
        # An objective need not use every extra variable.
        gradients = tape.gradient(loss, self._trained, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        self._optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
        for mean, weight in zip(self.average, self.model.weights, strict=True):
            mean.assign(kept * mean + (1 - kept) * weight)
        return figures

    def save(self, done: int) -> None:
        """Keeps a checkpoint after `done` updates. MynahError where it cannot be written."""
        self.done = done
        with _one_line(f"{self._manager.directory}: update {done}"):
            self._manager.save()

    def average_anew(self) -> None:
        """Lets the average begin with the weights as they are."""
        for mean, weight in zip(self.average, self.model.weights, strict=True):
            mean.assign(weight)

    def averaged(self) -> keras.Model:
        """A copy of the model with the averaged weights."""
        copy = self._build()
        for weight, mean in zip(copy.weights, self.average, strict=True):
            weight.assign(mean)
        return copy

    def _progress(self, stretch: Stretch) -> tqdm:
        done = self.done - stretch.first
        return tqdm(total=stretch.updates, initial=done, desc=stretch.name, unit="upd", mininterval=10)

    def _open_log(self) -> Any:
        with _one_line(str(self._log)):
            return tf.summary.create_file_writer(str(self._log))

    def _write_log(self, log: Any, update: int, figures: Mapping[str, Tensor]) -> None:
        with _one_line(str(self._log)), log.as_default(update):
            for name, value in figures.items():
                tf.summary.scalar(name, value)


@contextmanager
def _one_line(what: str) -> Iterator[None]:
    """A full disk ends in one line, not in TensorFlow's many."""
    try:
        yield
    except tf.errors.OpError as error:
        reason = re.sub(r"\{\{.*?\}\} | \[Op:\w+\]", "", str(error.message).splitlines()[0])
        raise MynahError(
            f"{what} cannot be kept ({reason}); make room and run the same command again: it goes on where it"
            " was kept last"
        ) from None
