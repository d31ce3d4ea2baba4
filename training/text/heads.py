"""`mynah-train text --head …`: an encoder and a head learn a corpus's intents, and its slots with them.

What it gives is calibrated on the validation part: a temperature for its probabilities, and the probability
below which it refuses.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from device.errors import MynahError
from device.understanding.encoder import softmax
from device.understanding.pieces import Pieces
from training.json_files import write_json
from training.text import vocabulary
from training.text.corpora import OUT_OF_SCOPE, Example
from training.text.encoder import NEW, Classifier, EncoderSettings, load, save
from training.text.pretrain import ENCODER, PIECES
from training.text.rows import Floats, Ints, batches, drop, spliced, updates_a_round
from training.text.scores import fit_temperature, threshold
from training.text.task import NO_TAG, Numbered, Task
from training.trainer import Stretch, Trainer, TrainerSettings

KIND = "text"
WEIGHTS = "model.weights.h5"
HELD_OUT = "held_out.npz"
"""The file of a run with the validation part, on which its bundle is compared with it."""
REPRESENTATIVE = 512
"""Sentences of the training part by which int8 is calibrated."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a head is fine-tuned with its encoder.

    It sees the corpus for `rounds`, in `least` to `most` updates; or in `updates`, if given.
    `dropped`: share of pieces that it does not get to read.
    `spliced`: where some sentences are out of scope, share of the others that are spliced from two of
    different intents and become so (after Zhan et al. 2021).
    """

    rounds: float = 10.0
    least: int = 1000
    most: int = 3000
    updates: int | None = None
    rate: float = 5e-4
    budget: int = 768  # pieces in a batch
    dropout: float = 0.3
    dropped: float = 0.05
    spliced: float = 0.15
    smoothing: float = 0.05
    seed: int = 1
    shape: EncoderSettings = NEW  # of a new encoder
    trainer: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(
            floor=0.02,
            average=0.995,
            average_ramp=10,
            warmup=100,
            weight_decay=0.01,
            compiled=False,
        )
    )


def train(
    task: Task, held_out: Sequence[Example], run: Path, settings: Settings, encoder: Path | None = None
) -> Mapping[str, float]:
    """Trains what is left of the run and writes it; what was measured on `held_out`.

    `encoder`: the folder of a run whose encoder it begins with.
    """
    run.mkdir(parents=True, exist_ok=True)
    pieces, shape = beginning(run, encoder, task.examples, settings)
    keras.utils.set_random_seed(settings.seed)
    make = partial(build, shape, len(task.labels), len(task.tags), settings.dropout)
    trainer = Trainer(run, make, {"labels": partial(objective, settings.smoothing)}, settings.trainer)
    if encoder and not trainer.done:
        load(trainer.model.encoder, encoder / ENCODER)
        trainer.average_anew()
    rows = task.numbered(task.examples, pieces, shape.length)
    updates = settings.updates or updates_for(rows, settings)
    stretch = Stretch(f"{task.head} {task.corpus}", "labels", updates, settings.rate)
    unknown = task.labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in task.labels else None
    trainer.train(training_rows(rows, unknown, settings, trainer.done), stretch, updates)
    model, others = trainer.averaged(), task.numbered(held_out, pieces, shape.length)
    decision, measured = calibrated(model, task.labels, others)
    begun = json.loads((encoder / "config.json").read_text(encoding="utf-8")) if encoder else None
    config = {
        "kind": KIND,
        "name": task.corpus,
        "head": task.head,
        "labels": list(task.labels),
        "tags": list(task.tags),
        "fingerprint": pieces.fingerprint,
        "model": asdict(shape),
        "decision": decision,
        **({"familiar": list(task.familiar)} if task.familiar else {}),
        "measured": measured,
        "training": {
            "recipe": task.recipe,
            "settings": asdict(settings),
            "shots": task.shots,
            "examples": len(task.examples),
            "updates": updates,
            "encoder": begun and begun["training"],
        },
    }
    write(model, run, config, rows, others)
    return measured


def updates_for(rows: Numbered, settings: Settings) -> int:
    once = updates_a_round(rows.mask.sum(axis=1).astype(int), rows.ids.shape[1], settings.budget)
    return min(max(settings.least, int(settings.rounds * once)), settings.most)


def build(shape: EncoderSettings, labels: int, tags: int, dropout: float) -> Classifier:
    model = Classifier(shape, labels, tags, dropout)
    model.build()
    return model


def beginning(
    run: Path, encoder: Path | None, examples: Sequence[Example], settings: Settings
) -> tuple[Pieces, EncoderSettings]:
    """The vocabulary, kept in `run`, and the encoder's shape: those of `encoder`, or new ones."""
    if encoder:
        for name in (PIECES, ENCODER, "config.json"):
            if not (encoder / name).is_file():
                raise MynahError(f"{encoder}: no {name} here; --encoder names a run of --pretrain")
        shutil.copyfile(encoder / PIECES, run / PIECES)
        shape = json.loads((encoder / "config.json").read_text(encoding="utf-8"))["model"]
        return Pieces.load(run / PIECES), EncoderSettings(**shape)
    if not (run / PIECES).exists():
        vocabulary.find([one.text for one in examples], settings.shape.vocabulary).save(run / PIECES)
    pieces = Pieces.load(run / PIECES)
    return pieces, replace(settings.shape, vocabulary=len(pieces))


def objective(smoothing: float, outputs: tuple[Any, Any], truth: tuple[Any, Any]) -> dict[str, Any]:
    """`truth`: a number for the text and one for each piece, NO_TAG where none is asked for."""
    labels, found = outputs
    label, tag = truth
    count = labels.shape[-1]
    soft = tf.one_hot(label, count) * (1 - smoothing) + smoothing / count
    nats = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(soft, labels))
    right = tf.reduce_mean(tf.cast(tf.argmax(labels, -1, tf.int32) == label, tf.float32))
    if found is None:
        return {"loss": nats, "right": right}
    asked = tf.cast(tag != NO_TAG, tf.float32)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(tag, 0), found)
    slots = tf.reduce_sum(each * asked) / tf.maximum(tf.reduce_sum(asked), 1.0)
    return {"loss": nats + 2 * slots, "labels": nats, "slots": slots, "right": right}


def training_rows(
    rows: Numbered, unknown: int | None, settings: Settings, first: int
) -> Iterator[tuple[Any, Any]]:
    """`unknown`: the number of the label for what is out of scope, if there is one."""
    rng = np.random.default_rng((settings.seed, first))
    lengths = rows.mask.sum(axis=1).astype(int)
    for batch in batches(lengths, rows.ids.shape[1], settings.budget, rng):
        some = rows.chosen(batch.chosen, batch.length)
        if unknown is not None:
            some = with_spliced(some, unknown, settings.spliced, rng)
        yield (drop(some.ids, some.mask, settings.dropped, rng), some.mask), (some.labels, some.tags)


def with_spliced(rows: Numbered, unknown: int, share: float, rng: np.random.Generator) -> Numbered:
    """`share` of the rows become spliced ones, out of scope."""
    ids = spliced(rows.ids, rows.mask, rows.labels, rng)
    taken = (rng.random(len(ids)) < share) & (ids[:, 0] > 0)
    ids, labels = np.where(taken[:, None], ids, rows.ids), np.where(taken, unknown, rows.labels)
    return Numbered(ids, (ids > 0).astype(np.float32), labels.astype(np.int32), rows.tags)


def calibrated(
    model: keras.Model, labels: Sequence[str], held_out: Numbered
) -> tuple[dict[str, float], dict[str, float]]:
    """The decision (temperature, reject_below) and what was measured, on the validation part."""
    if not len(held_out.labels):
        return {"temperature": 1.0, "reject_below": 0.0}, {}
    logits, _ = predict(model, held_out.ids, held_out.mask)
    temperature = fit_temperature(logits, held_out.labels)
    inside = [number for number, label in enumerate(labels) if label != OUT_OF_SCOPE]
    sure, scoped = softmax(logits, temperature)[:, inside].max(axis=1), np.isin(held_out.labels, inside)
    right = float(np.mean((logits.argmax(axis=1) == held_out.labels)[scoped]))
    decision = {"temperature": temperature, "reject_below": round(threshold(sure[scoped]), 6)}
    return decision, {"validation_accuracy": round(right, 4)}


def predict(model: keras.Model, ids: Ints, mask: Floats, batch: int = 128) -> tuple[Floats, Floats | None]:
    """Logits of every text: (texts, labels) and (texts, length, tags) or None."""
    forward = tf.function(lambda ids, mask: model((ids, mask)))
    starts = range(0, len(ids), batch)
    found = [forward(tf.constant(ids[at : at + batch]), tf.constant(mask[at : at + batch])) for at in starts]
    labels = np.concatenate([np.asarray(one) for one, _ in found])
    return labels, None if found[0][1] is None else np.concatenate([np.asarray(one) for _, one in found])


def write(model: keras.Model, run: Path, config: Any, rows: Numbered, held_out: Numbered) -> None:
    """What `mynah-export` and another head's training need; config.json last."""
    model.save_weights(run / f"part.{WEIGHTS}")
    (run / f"part.{WEIGHTS}").replace(run / WEIGHTS)
    save(model.encoder, run / ENCODER)
    chosen = np.random.default_rng(1).permutation(len(rows.ids))[:REPRESENTATIVE]
    np.savez_compressed(run / "representative.npz", ids=rows.ids[chosen], mask=rows.mask[chosen])
    np.savez_compressed(run / HELD_OUT, **asdict(held_out))
    write_json(run / "config.json", config)
