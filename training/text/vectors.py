"""`mynah-train vectors`: a second head for requests, over the vectors of the sentence encoder.

It learns the sentences that `mynah-train text --head requests` learns, in a minute: the encoder stays as it
is. On the corpora's validation parts it is weighed against the head that reads pieces of words.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from device.engine.bundle import sha256
from device.engine.sentence_encoder import Encoder, checksum
from device.settings import bundle_folder
from device.understanding.encoder import TextBundle, TextModel, softmax
from device.understanding.inferring import NONE
from device.understanding.vector_head import KIND, VERSION, Floats, VectorHead, together
from training.json_files import annotate, write_json
from training.text import requests
from training.text.corpora import Example
from training.text.scores import calibration_error
from training.trainer import Stretch, Trainer, TrainerSettings

HIDDEN, DROPOUT = 256, 0.3
BATCH, ROUNDS, RATE = 128, 12, 3e-3
SCALE = 10.0
"""By which the vectors, of length 1, are longer for the network that learns."""
WEIGHTS = tuple(number / 10 for number in range(1, 13))
"""Those that are tried for each of both readings."""
SEED = 1
Labels = np.ndarray[Any, np.dtype[np.int32]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="a folder with a folder for each corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument(
        "--encoder", type=Path, default=bundle_folder("sentences"), help="bundle of the sentence encoder"
    )
    parser.add_argument(
        "--first", type=Path, default=bundle_folder("requests"), help="bundle of the head that reads first"
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    first = TextModel(TextBundle.load(arguments.first))
    labels, encoder = first.bundle.labels, Encoder.load(arguments.encoder)
    learned, held_out = requests.learned(arguments.data, SEED), requests.held_out(arguments.data)
    model = taught(vectors(encoder, learned), numbers(labels, learned), len(labels))
    write(arguments.out, model, labels, arguments.encoder)
    second = VectorHead.load(arguments.out, arguments.encoder)
    truth = numbers(labels, held_out)
    readings = read_by(first, held_out), softmax(second.logits(vectors(encoder, held_out)))
    weights = weighed(readings, truth)
    measured = {
        name: figures(found, truth, labels.index(NONE))
        for name, found in zip(
            ("first", "second", "together"), (*readings, together(*readings, weights)), strict=True
        )
    }
    annotate(arguments.out / "bundle.json", {"decision": {"weights": list(weights)}, "measured": measured})
    for name, found in measured.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.4f}" for key, value in found.items()))


def vectors(encoder: Encoder, examples: Sequence[Example]) -> Floats:
    """(examples, width)"""
    texts = sorted({one.text for one in examples}, key=lambda text: len(encoder.numbers(text)))
    made = {text: encoder.vector(text) for text in tqdm(texts, "sentences", unit="text", mininterval=10)}
    return np.stack([made[one.text] for one in examples])


def numbers(labels: Sequence[str], examples: Sequence[Example]) -> Labels:
    return np.array([labels.index(one.intent) for one in examples], np.int32)


def build(width: int, labels: int) -> keras.Model:
    into = keras.Input((width,))
    hidden = keras.layers.Dropout(DROPOUT)(keras.layers.Dense(HIDDEN, activation="relu")(into))
    return keras.Model(into, keras.layers.Dense(labels)(hidden))


def taught(x: Floats, y: Labels, labels: int) -> keras.Model:
    """A network that tells the label of each vector."""
    keras.utils.set_random_seed(SEED)
    updates = ROUNDS * len(x) // BATCH
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            Path(folder),
            partial(build, x.shape[1], labels),
            {"labels": likelihood},
            TrainerSettings(floor=0.0, average=0.99, average_ramp=10, checkpoint_every=updates),
        )
        trainer.train(batches(x * SCALE, y), Stretch("vectors", "labels", updates, RATE), updates)
        return trainer.averaged()


def likelihood(logits: Any, labels: Any) -> dict[str, Any]:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return {"loss": tf.reduce_mean(losses)}


def batches(x: Floats, y: Labels) -> Iterator[tuple[Floats, Labels]]:
    rng = np.random.default_rng(SEED)
    while True:
        order = rng.permutation(len(x))
        for begin in range(0, len(x) - BATCH + 1, BATCH):
            chosen = order[begin : begin + BATCH]
            yield x[chosen].astype(np.float32), y[chosen]


def read_by(model: TextModel, examples: Sequence[Example]) -> Floats:
    """The probabilities (examples, labels) of the head that reads first."""
    readings = (model.read(one.text) for one in examples)
    even = np.full(len(model.bundle.labels), 1 / len(model.bundle.labels), np.float32)
    return np.stack([even if one is None else one.probability for one in readings])


def weighed(readings: tuple[Floats, Floats], truth: Labels) -> tuple[float, float]:
    """The weights with the least mean negative log-likelihood of `truth`."""

    def nats(weights: tuple[float, float]) -> float:
        found = together(*readings, weights)
        return float(-np.log(found[np.arange(len(truth)), truth] + 1e-9).mean())

    return min(itertools.product(WEIGHTS, WEIGHTS), key=nats)


def figures(found: Floats, truth: Labels, none: int) -> dict[str, float]:
    """The share of all texts that are right, of those that are requests, and how far the probabilities are
    from such shares."""
    right, asks = found.argmax(axis=1) == truth, truth != none
    error = calibration_error(found.max(axis=1), right)
    return {"right": float(right.mean()), "requests_right": float(right[asks].mean()), "calibration": error}


def write(folder: Path, model: keras.Model, labels: Sequence[str], encoder: Path) -> None:
    """The bundle, its bundle.json last; both readings weigh the same in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bundle.json").unlink(missing_ok=True)
    into, hidden, out, bias = model.get_weights()
    parts = {"into": into * SCALE, "hidden": hidden, "out": out, "bias": bias}
    np.savez_compressed(
        folder / "head.npz", **{name: part.astype(np.float16) for name, part in parts.items()}
    )
    content = {
        "version": VERSION,
        "kind": KIND,
        "name": "vectors",
        "labels": list(labels),
        "encoder": checksum(encoder),
        "head": {"file": "head.npz", "sha256": sha256(folder / "head.npz")},
        "decision": {"weights": [0.5, 0.5]},
        "training": {"recipe": "mynah-train vectors"},
    }
    write_json(folder / "bundle.json", content)
