"""`mynah-train hearing`: from corpora to an acoustic model, in stages, resumable at any of them.

1. bootstrap: a synthesizer that tells its phones' times teaches a first model;
2. that model aligns every corpus; the model is trained on the alignments, aligns again, and so on;
3. a sequence-discriminative finish.

The shipped weights are an exponential moving average of those trained.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tqdm import tqdm

from device.audio.frontend import FrontEndSettings
from device.engine.bundle import Bundle, describe
from device.hearing.lexicon import Lexicon
from training.hearing import labels as labelling
from training.hearing import model as shape
from training.hearing.data import Labels, RowSettings, batches
from training.hearing.loss import frame_loss, sequence_loss
from training.hearing.prepare import BOOTSTRAP, REAL, SYNTHETIC, SYNTHETIC_FRESH, prepare
from training.hearing.start import renormalise, unfold
from training.hearing.store import Store, first_copies

RECORDED = tuple(name.replace("/", "-") for name in REAL)
SOURCES = (*RECORDED, SYNTHETIC, SYNTHETIC_FRESH)
WEIGHTS = "model.weights.h5"
"""The file of a run with the model that it has written last."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`updates` of `loss` at a learning rate that falls from `rate` to `rate` × 0.05 along a half cosine.

    `realigned`: on labels that the stage before has aligned, or else on that stage's own. `together`: earlier
    stages whose weights are averaged with this one's for the model that is written; training goes on from its
    own (stochastic weight averaging, Izmailov et al. 2018). `depth`: the model's blocks; those that the stage
    before has not begin as identities, on top of the model that it wrote (Chen et al. 2016, Net2Net).
    """

    name: str
    updates: int
    rate: float
    loss: str = "frame"
    sources: str = "aligned"
    realigned: bool = True
    together: tuple[str, ...] = ()
    depth: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    width: int = 192
    dropout: float = 0.1
    average: float = 0.999
    bootstrap_utterances: int = 1500
    synthetic_utterances: int = 16000
    seed: int = 1
    stages: tuple[Stage, ...] = (
        Stage("bootstrap", 1000, 2e-3, sources="bootstrap"),
        Stage("first", 2000, 2e-3),
        Stage("second", 5000, 2e-3),
        Stage("third", 4000, 2e-3),
        Stage("fourth", 22000, 2e-3),
        Stage("sequence", 4000, 3e-4, loss="sequence"),
        Stage("finish", 12000, 6e-4, loss="sequence", realigned=False),
        Stage("polish", 9000, 6e-4, loss="sequence", realigned=False, together=("finish",)),
        Stage("deeper", 20000, 1e-3, loss="sequence", realigned=False, depth=8),
        Stage("flexible", 20000, 1e-3, loss="sequence", depth=8),
        Stage("varied", 14000, 1e-3, loss="sequence", depth=8, together=("flexible",)),
    )


CONTINUED = Settings(
    bootstrap_utterances=0,
    synthetic_utterances=3000,
    stages=(Stage("wider", 12000, 1e-3, loss="sequence", depth=8),),
)
"""What is left to do for a model that begins as a bundle's."""


class Trainer:
    """One model, its optimizer and its average; `checkpoint` writes all three."""

    def __init__(self, run: Path, settings: Settings, depth: int) -> None:
        self.run, self.settings, self.depth = run, settings, depth
        keras.utils.set_random_seed(settings.seed)
        self.model = shape.build(shape.settings(settings.width, settings.dropout, depth))
        self.transitions = tf.Variable(tf.zeros((len(shape.LABELS),) * 2), name="transitions")
        self.variables = [*self.model.trainable_variables, self.transitions]
        self.optimizer = keras.optimizers.AdamW(2e-3, weight_decay=1e-4, clipnorm=1.0)
        self.optimizer.build(self.variables)
        self.average = [tf.Variable(variable) for variable in self.model.weights]
        self.stage, self.done = tf.Variable(0), tf.Variable(0)
        kept = [variable.value for variable in (*self.model.variables, *self.optimizer.variables)]
        everything = [*kept, self.transitions, *self.average]
        self._saved = tf.train.Checkpoint(variables=everything, stage=self.stage, done=self.done)
        folder = checkpoints(run, depth)
        self._manager = tf.train.CheckpointManager(self._saved, str(folder), max_to_keep=2)
        self._saved.restore(self._manager.latest_checkpoint)
        self._steps = {
            loss: tf.function(self._step(loss), jit_compile=True) for loss in ("frame", "sequence")
        }
        self._forward = tf.function(lambda x: self.model(x), jit_compile=True)

    def deeper(self, depth: int) -> Trainer:
        """One that goes on, with more blocks, from the model written last."""
        written = shape.build(self.model.settings)
        written.load_weights(self.run / WEIGHTS)
        grown = Trainer(self.run, self.settings, depth)
        grown.model.grow_from(written)
        grown._average_anew()
        for own, other in ((grown.transitions, self.transitions), (grown.stage, self.stage)):
            own.assign(other)
        return grown

    def begin_as(self, bundle: Bundle) -> None:
        """Takes over the weights of a bundle's model."""
        unfold(self.model, bundle.model)
        self._average_anew()

    def normalise(self, rows: npt.NDArray[np.float32]) -> None:
        """Parts the normalisations from the weights of a bundle's model, by `rows` of training."""
        renormalise(self.model, rows)
        self._average_anew()

    def _average_anew(self) -> None:
        for mean, variable in zip(self.average, self.model.weights, strict=True):
            mean.assign(variable)

    def _step(self, loss: str) -> Any:
        def step(x: Any, y: Any, keep: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                logits = self.model(x, training=True)
                value = frame_loss(logits, y)
                if loss == "sequence":
                    value = sequence_loss(logits, y, self.transitions) + 0.1 * value
                else:  # the transitions rest, but the optimizer wants a gradient for them
                    value += 0.0 * tf.reduce_sum(self.transitions)
            gradients = tape.gradient(value, self._trained())
            self.optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
            for mean, variable in zip(self.average, self.model.weights, strict=True):
                mean.assign(keep * mean + (1 - keep) * variable)
            hits = tf.equal(tf.argmax(logits, axis=2, output_type=tf.int32), y)
            return value, tf.reduce_mean(tf.cast(hits, tf.float32))

        return step

    def _trained(self) -> list[Any]:
        """The TensorFlow variables behind Keras's."""
        return [*(variable.value for variable in self.model.trainable_variables), self.transitions]

    def checkpoint(self) -> None:
        self._manager.save()

    def averaged(self, together: Iterable[str] = ()) -> keras.Model:
        """A copy of the model with the averaged weights, averaged with those kept after earlier stages."""
        copy = shape.build(self.model.settings)
        sets = [[mean.numpy() for mean in self.average]]
        for stage in together:
            copy.load_weights(self.run / f"{stage}.weights.h5")
            sets.append(copy.get_weights())
        copy.set_weights([np.mean(each, axis=0) for each in zip(*sets, strict=True)])
        return copy

    def keep(self, stage: Stage) -> None:
        """The averaged weights after `stage`, for later ones."""
        self.averaged().save_weights(self.run / f"{stage.name}.weights.h5")

    def train(self, stage: Stage, data: Any, board: Any, base: int) -> None:
        """The rest of `stage`, with a checkpoint every 500 updates."""
        begun = time.monotonic()
        progress = tqdm(
            total=stage.updates, initial=int(self.done), desc=stage.name, unit="upd", mininterval=10
        )
        for update in range(int(self.done), stage.updates):
            share = update / stage.updates
            warm = min(1.0, (update + 1) / 200)
            self.optimizer.learning_rate.assign(
                stage.rate * warm * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * share)))
            )
            x, y = next(data)
            # The average begins anew in each stage, and over few updates it is short.
            keep = tf.constant(min(self.settings.average, (1 + update) / (10 + update)), tf.float32)
            loss, accuracy = self._steps[stage.loss](tf.constant(x), tf.constant(y), keep)
            progress.update()
            if update % 50 == 49:
                progress.set_postfix(loss=f"{float(loss):.3f}", accuracy=f"{float(accuracy):.3f}")
                with board.as_default():
                    tf.summary.scalar(f"{stage.loss}_loss", loss, base + update)
                    tf.summary.scalar("frame_accuracy", accuracy, base + update)
            if update % 500 == 499:
                self.done.assign(update + 1)
                self.checkpoint()
        progress.close()
        print(f"{stage.name}: {stage.updates} updates, {(time.monotonic() - begun) / 60:.1f} min", flush=True)


def checkpoints(run: Path, depth: int) -> Path:
    """The checkpoints of the stages with models of `depth` blocks."""
    return run / f"checkpoints-{depth}"


def resumed(run: Path, settings: Settings) -> Trainer:
    """The trainer of an unfinished run, or that of a new one."""
    depths = sorted({stage.depth for stage in settings.stages})
    deepest = [depth for depth in depths if tf.train.latest_checkpoint(str(checkpoints(run, depth)))]
    return Trainer(run, settings, deepest[-1] if deepest else settings.stages[0].depth)


def predictor(model: keras.Model) -> labelling.Predict:
    """Logits of a batch of normalised features."""
    forward = tf.function(lambda x: model(x), jit_compile=True)
    return lambda x: np.asarray(forward(tf.constant(x)))


def prior_of(labels: Mapping[labelling.Key, Labels]) -> npt.NDArray[np.float32]:
    """Log of each label's share of the frames, with one frame for each added."""
    counts = np.bincount(np.concatenate(list(labels.values())), minlength=len(shape.LABELS)) + 1.0
    return np.log(counts / counts.sum()).astype(np.float32)


def global_mean(store: Store, sources: tuple[str, ...]) -> tuple[float, ...]:
    """Mean log-mel of some utterances of each source: where the running mean starts."""
    means = []
    for source in sources:
        items = list(first_copies(store.items(source)))
        features = store.mapped(source)
        for item in items[:: max(1, len(items) // 50)]:
            means.append(features[item.start : item.start + item.frames].astype(np.float32).mean(axis=0))
    return tuple(float(value) for value in np.stack(means).mean(axis=0).round(3).tolist())


def accuracy(
    store: Store, labels: Mapping[labelling.Key, Labels], predict: labelling.Predict, normalisation: Any
) -> float:
    """Share of frames of held-out speakers whose most probable phone is the aligned one."""
    trained_on = labelling.training_part(store, labels)
    hits = total = 0
    for source in sorted({source for source, _ in labels}):
        items = [
            item
            for item in first_copies(store.items(source))
            if (source, item.number) in labels and (source, item.number) not in trained_on
        ][:200]
        for item, posteriors in labelling.posteriors_of(items, store.mapped(source), predict, normalisation):
            truth = labels[source, item.number]
            hits += int((posteriors.argmax(axis=1) == truth).sum())
            total += len(truth)
    return hits / max(total, 1)


def write_run(
    model: keras.Model,
    run: Path,
    settings: Settings,
    normalisation: shape.Normalisation,
    labels: Any,
    measured: Any,
) -> None:
    """What `mynah-export` needs: weights, settings and calibration rows; config.json last."""
    model.save_weights(run / WEIGHTS)
    net = model.settings
    config = {
        "kind": "hearing",
        "name": "english",
        "labels": list(shape.LABELS),
        **describe(FrontEndSettings()),
        "model": asdict(net),
        "stream": {"frames": shape.STEP_FRAMES, "stride": shape.STRIDE, "lookahead": shape.LOOKAHEAD},
        "normalisation": asdict(normalisation),
        "decision": {"log_prior": [round(float(value), 4) for value in prior_of(labels)]},
        "measured": measured,
        "training": {
            "recipe": "mynah-train hearing",
            "settings": asdict(settings),
            "sources": list(SOURCES),
            "utterances": len(labels),
        },
    }
    temporary = run / "config.json.part"
    temporary.write_text(json.dumps(config, indent=1))
    temporary.rename(run / "config.json")


def run_stages(data: Path, run: Path, settings: Settings, start: Bundle | None = None) -> None:
    """Trains what is left of `settings.stages` in `run`, from the model of the bundle `start` on, if any."""
    store = Store(run / "features")
    prepare(store, data, settings.bootstrap_utterances, settings.synthetic_utterances, settings.seed)
    trainer = resumed(run, settings)
    fresh = not int(trainer.stage) and not int(trainer.done)
    if start is None:
        normalisation = shape.Normalisation(prior=global_mean(store, RECORDED))
    else:
        normalisation = shape.Normalisation(
            **{**start.normalisation, "prior": tuple(start.normalisation["prior"])}
        )
        if fresh:
            trainer.begin_as(start)
    lexicon = Lexicon()
    board = tf.summary.create_file_writer(str(run / "tensorboard"))
    labels: dict[labelling.Key, Labels] = {}
    for number, stage in enumerate(settings.stages):
        if number < int(trainer.stage):
            continue
        if stage.depth > trainer.depth:
            trainer = trainer.deeper(stage.depth)
        file = run / f"labels-{stage.name}.npz"
        if file.exists():
            labels = labelling.load(file)
        elif not stage.realigned:
            labels = labels or labelling.load(previous(run, settings, number))
        elif stage.sources == "bootstrap":
            labels = labelling.bootstrap_labels(store, BOOTSTRAP)
        else:
            if start is not None and not number:
                prior = np.asarray(start.decision["log_prior"], np.float32)
            else:
                prior = prior_of(labels or labelling.load(previous(run, settings, number)))
            predict = predictor(trainer.averaged())
            labels, score = labelling.aligned_labels(store, SOURCES, lexicon, predict, normalisation, prior)
            print(f"aligned {len(labels)} utterances, {score:.3f} a frame", flush=True)
        labelling.save(labels, file)
        train_on = labelling.training_part(store, labels)
        weights = {BOOTSTRAP: 1.0} if stage.sources == "bootstrap" else RowSettings().weights
        if stage.loss == "sequence" and stage.realigned and not int(trainer.done):
            trainer.transitions.assign(transition_scores(train_on))
        rows = batches(
            store,
            train_on,
            normalisation,
            RowSettings(weights=weights),
            settings.seed + 100 * number + int(trainer.done),
        )
        if start is not None and fresh and not number:
            trainer.normalise(np.concatenate([next(rows)[0] for _ in range(4)]))
        trainer.train(stage, rows, board, sum(s.updates for s in settings.stages[:number]))
        rows.close()
        trainer.stage.assign(number + 1)
        trainer.done.assign(0)
        trainer.checkpoint()
        trainer.keep(stage)
        model = trainer.averaged(stage.together)
        share = accuracy(store, labels, predictor(model), normalisation)
        print(f"{stage.name}: {share:.4f} of held-out frames", flush=True)
        write_representative(store, normalisation, train_on, run)
        write_run(model, run, settings, normalisation, train_on, {"held_out_frame_accuracy": round(share, 4)})


def previous(run: Path, settings: Settings, number: int) -> Path:
    """The labels of the stage before stage `number`."""
    return run / f"labels-{settings.stages[number - 1].name}.npz"


def transition_scores(labels: Mapping[labelling.Key, Labels]) -> npt.NDArray[np.float32]:
    """Log probabilities of each phone after each, frame by frame, from the alignments."""
    counts = np.full((len(shape.LABELS),) * 2, 0.5)
    for path in labels.values():
        np.add.at(counts, (path[:-1], path[1:]), 1)
    return np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)


def write_representative(store: Store, normalisation: Any, labels: Any, run: Path, count: int = 64) -> None:
    """Normalised rows for the int8 calibration, as training sees them."""
    weights = {
        source: weight
        for source, weight in RowSettings().weights.items()
        if any(s == source for s, _ in labels)
    }
    rows = batches(
        store, labels, normalisation, RowSettings(rows=count, weights=weights or {BOOTSTRAP: 1.0}), 7
    )
    x, _ = next(rows)
    rows.close()
    np.savez_compressed(run / "representative.npz", x=x)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with speech/, noise/, rir/ and text/"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="run folder; an unfinished run there is resumed"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the updates of every stage")
    parser.add_argument("--start", type=Path, help="bundle whose model is trained on; the last stage alone")
    parser.add_argument("--width", type=int, default=Settings().width, help="channels of every layer")


def run(arguments: argparse.Namespace) -> None:
    start = Bundle.load(arguments.start, "hearing") if arguments.start else None
    recipe = CONTINUED if start else Settings()
    stages = tuple(
        replace(stage, updates=max(1, int(stage.updates * arguments.scale))) for stage in recipe.stages
    )
    run_stages(arguments.data, arguments.out, replace(recipe, width=arguments.width, stages=stages), start)
