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
from device.understanding.pieces import Pieces, words
from device.understanding.tagging import OUTSIDE
from training.json_files import write_json
from training.text import vocabulary
from training.text.corpora import OUT_OF_SCOPE, SLOTTED, Example, read, tags
from training.text.encoder import NEW, Classifier, EncoderSettings
from training.text.pretrain import ENCODER, PIECES
from training.text.rows import Encoded, batches, drop, encode, padded
from training.text.scores import fit_temperature, softmax, threshold
from training.trainer import Stretch, Trainer, TrainerSettings

KIND = "text"
WEIGHTS = "model.weights.h5"
NO_TAG = -1
HEADS = {
    "intents": ("snips", "clinc150", "hwu64", "slurp", "banking77"),
    "sentiment": ("goemotions",),
}
"""What a head says, and the corpora that it is learned from."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a head is fine-tuned with its encoder. `rounds`: how often it sees the corpus.

    `least`: updates where a corpus is small. `dropped`: share of pieces that it does not get to read.
    """

    rounds: float = 20.0
    least: int = 600
    rate: float = 5e-4
    budget: int = 768  # pieces in a batch
    dropout: float = 0.3
    dropped: float = 0.05
    smoothing: float = 0.05
    seed: int = 1
    shape: EncoderSettings = NEW  # of a new encoder
    trainer: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(
            floor=0.02, average=0.995, average_ramp=10, warmup=100, weight_decay=0.01
        )
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What a head learns: `labels` of texts and `tags` of their words (none: it does not learn slots)."""

    head: str
    corpus: str
    examples: Sequence[Example]
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    shots: int | None

    @classmethod
    def of(cls, head: str, corpus: str, data: Path, shots: int | None, seed: int) -> Task:
        """Of a corpus's training part; `shots`: examples of each intent, no more. MynahError without it."""
        examples = read(corpus, data, "train")
        if shots:
            examples = few(examples, shots, seed)
        labels = tuple(sorted({one.intent for one in examples}))
        return cls(head, corpus, examples, labels, known_tags(examples) if corpus in SLOTTED else (), shots)


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
        trainer.model.encoder.load_weights(encoder / ENCODER)
        trainer.average_anew()
    encoded = encode([one.text for one in task.examples], pieces, shape.length)
    count = sum(len(one.numbers) for one in encoded)
    updates = max(settings.least, int(settings.rounds * count / settings.budget))
    rows = training_rows(task, encoded, shape.length, settings, trainer.done)
    trainer.train(rows, Stretch(f"{task.head} {task.corpus}", "labels", updates, settings.rate), updates)
    model = trainer.averaged()
    decision, measured = calibrated(model, pieces, task.labels, held_out, shape.length)
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
        "measured": measured,
        "training": {
            "recipe": f"mynah-train text --head {task.head} --corpus {task.corpus}",
            "settings": asdict(settings),
            "shots": task.shots,
            "examples": len(task.examples),
            "updates": updates,
            "encoder": begun and begun["training"],
        },
    }
    write(model, run, config, encoded, shape.length, settings.seed)
    return measured


def build(shape: EncoderSettings, labels: int, names: int, dropout: float) -> Classifier:
    model = Classifier(shape, labels, names, dropout)
    model.build()
    return model


def few(examples: Sequence[Example], shots: int, seed: int) -> list[Example]:
    """`shots` examples of each intent, or all of one that has fewer."""
    kept = list[Example]()
    order = np.random.default_rng(seed).permutation(len(examples))
    for intent in sorted({one.intent for one in examples}):
        kept += [examples[one] for one in order if examples[one].intent == intent][:shots]
    return kept


def known_tags(examples: Sequence[Example]) -> tuple[str, ...]:
    names = sorted({slot.name for one in examples for slot in one.slots})
    return (OUTSIDE, *(f"{begins}-{name}" for name in names for begins in "BI"))


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
    task: Task, encoded: Sequence[Encoded], length: int, settings: Settings, first: int
) -> Iterator[tuple[Any, Any]]:
    rng = np.random.default_rng((settings.seed, first))
    numbers = np.array([task.labels.index(one.intent) for one in task.examples], np.int32)
    tagged = [piece_tags(*pair, task.tags) for pair in zip(task.examples, encoded, strict=True)]
    for batch in batches([len(one.numbers) for one in encoded], length, settings.budget, rng):
        ids, mask = padded([encoded[one].numbers for one in batch.chosen], batch.length)
        tag = np.full(ids.shape, NO_TAG, np.int32)
        for row, one in zip(tag, batch.chosen, strict=True):
            row[list(tagged[one])] = list(tagged[one].values())
        yield (drop(ids, mask, settings.dropped, rng), mask), (numbers[batch.chosen], tag)


def piece_tags(example: Example, encoded: Encoded, names: Sequence[str]) -> dict[int, int]:
    """The number of its word's tag, by the place of a word's first piece."""
    found = tags(example, words(example.text)) if names else []
    return {place: names.index(tag) for place, tag in zip(encoded.begins, found, strict=False)}


def calibrated(
    model: keras.Model, pieces: Pieces, labels: Sequence[str], held_out: Sequence[Example], length: int
) -> tuple[dict[str, float], dict[str, float]]:
    """The decision (temperature, reject_below) and what was measured, on the validation part."""
    known = [one for one in held_out if one.intent in labels]
    if not known:
        return {"temperature": 1.0, "reject_below": 0.0}, {}
    logits, _ = predict(model, encode([one.text for one in known], pieces, length), length)
    truth = np.array([labels.index(one.intent) for one in known])
    temperature = fit_temperature(logits, truth)
    inside = [number for number, label in enumerate(labels) if label != OUT_OF_SCOPE]
    sure = softmax(logits, temperature)[:, inside].max(axis=1)
    scoped = np.array([one.intent != OUT_OF_SCOPE for one in known])
    right = float(np.mean((logits.argmax(axis=1) == truth)[scoped]))
    decision = {"temperature": temperature, "reject_below": round(threshold(sure[scoped]), 6)}
    return decision, {"validation_accuracy": round(right, 4)}


def predict(model: keras.Model, encoded: Sequence[Encoded], length: int, batch: int = 128) -> tuple[Any, Any]:
    """Logits of every text: (texts, labels) and (texts, length, tags) or None."""
    forward = tf.function(lambda ids, mask: model((ids, mask)))
    found = []
    for start in range(0, len(encoded), batch):
        rows = [one.numbers for one in encoded[start : start + batch]]
        found.append(forward(*map(tf.constant, padded(rows, length))))
    labels = np.concatenate([np.asarray(one) for one, _ in found])
    return labels, None if found[0][1] is None else np.concatenate([np.asarray(one) for _, one in found])


def write(
    model: keras.Model, run: Path, config: Any, encoded: Sequence[Encoded], length: int, seed: int
) -> None:
    """What `mynah-export` and another head's training need; config.json last."""
    for kept, file in ((model, WEIGHTS), (model.encoder, ENCODER)):
        kept.save_weights(run / f"part.{file}")
        (run / f"part.{file}").replace(run / file)
    rng = np.random.default_rng(seed)
    chosen = [encoded[one].numbers for one in rng.permutation(len(encoded))[:512]]
    ids, mask = padded(chosen, length)
    np.savez_compressed(run / "representative.npz", ids=ids, mask=mask)
    write_json(run / "config.json", config)
