"""`mynah-train text --pretrain`: an encoder learns from plain text what is hidden in it, and from a teacher.

1. pieces of words are found in all texts;
2. their vectors begin as the teacher's, in the directions in which those differ most (as Model2Vec does,
   van Dongen and Tulkens 2024);
3. the encoder guesses hidden pieces and, with a teacher, the teacher's vector for the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from device.understanding.pieces import SPECIAL, START, UNKNOWN, Pieces
from training.json_files import write_json
from training.text import vocabulary
from training.text.corpora import free_texts
from training.text.encoder import NEW, EncoderSettings, Pretraining, TextEncoder, save
from training.text.rows import Floats, batches, encode, hide, padded
from training.text.teacher import Teacher
from training.trainer import Stretch, Trainer, TrainerSettings

KIND = "text-encoder"
PIECES, ENCODER = "pieces.tsv", "encoder.npz"
"""The files of a run: its vocabulary, and its encoder as it was written last."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an encoder is pretrained. `shape.vocabulary`: about as many pieces are found."""

    shape: EncoderSettings = NEW
    updates: int = 6000
    rate: float = 1e-3
    budget: int = 1536  # pieces in a batch
    hidden: float = 0.15  # share of them
    teacher: float = 10.0  # weight of 1 − cosine beside the nats of a hidden piece
    seed: int = 1
    trainer: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(
            floor=0.02, average=0.998, average_ramp=10, weight_decay=0.01, compiled=False
        )
    )


def pretrain(data: Path, run: Path, settings: Settings, teacher: Teacher | None = None) -> None:
    """Trains what is left of the run; its folder holds the encoder and the vocabulary afterwards."""
    run.mkdir(parents=True, exist_ok=True)
    texts = free_texts(data)
    pieces = kept_pieces(run, texts, settings.shape.vocabulary)
    vectors = kept_vectors(run, texts, teacher) if teacher else None
    shape = replace(settings.shape, vocabulary=len(pieces))
    keras.utils.set_random_seed(settings.seed)
    trainer = Trainer(
        run,
        partial(build, shape, 0 if vectors is None else vectors.shape[1]),
        {"hidden": partial(objective, settings.teacher)},
        settings.trainer,
    )
    if not trainer.done and teacher:
        begin_as(trainer.model.encoder, pieces, teacher)
        trainer.average_anew()
    rows = training_rows(texts, pieces, vectors, settings, trainer.done)
    stretch = Stretch("pretrain", "hidden", settings.updates, settings.rate)
    every = settings.trainer.checkpoint_every
    for until in (*range(trainer.done // every * every + every, settings.updates, every), settings.updates):
        trainer.train(rows, stretch, until)
        write(trainer, run, shape, pieces, settings, len(texts))


def build(shape: EncoderSettings, teacher: int) -> Pretraining:
    model = Pretraining(shape, teacher)
    model.build()
    return model


def objective(weight: float, outputs: tuple[Any, Any], truth: tuple[Any, ...]) -> dict[str, Any]:
    """`truth`: what the hidden pieces were and, with a teacher, its vectors."""
    logits, guessed = outputs
    was, *vectors = truth
    counted = tf.cast(was != UNKNOWN, tf.float32)
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(was, logits)
    hidden = tf.reduce_sum(nats * counted) / tf.maximum(tf.reduce_sum(counted), 1.0)
    if not vectors:
        return {"loss": hidden}
    away = 1 - tf.reduce_mean(tf.reduce_sum(tf.math.l2_normalize(guessed, -1) * vectors[0], -1))
    return {"loss": hidden + weight * away, "hidden": hidden, "away": away}


def kept_pieces(run: Path, texts: Sequence[str], size: int) -> Pieces:
    if not (run / PIECES).exists():
        vocabulary.find(texts, size).save(run / PIECES)
    return Pieces.load(run / PIECES)


def kept_vectors(run: Path, texts: Sequence[str], teacher: Teacher) -> Any:
    """The teacher's vector for each text; the texts of a run stay the same."""
    file = run / "teacher.npy"
    if not file.exists():
        part = file.with_name("part.npy")
        np.save(part, teacher.vectors(texts).astype(np.float16))
        part.replace(file)
    return np.load(file, mmap_mode="r")


def begin_as(encoder: TextEncoder, pieces: Pieces, teacher: Teacher) -> None:
    """The vectors of pieces become the teacher's, along its main directions and as long as those before."""
    vectors = teacher.vectors([piece.removeprefix(START) or piece for piece in pieces.pieces[len(SPECIAL) :]])
    centred = vectors - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    found = centred @ directions[: encoder.settings.width].T
    own = np.array(ops.convert_to_numpy(encoder.pieces))
    length = np.linalg.norm(own, axis=1).mean()
    own[len(SPECIAL) :, : found.shape[1]] = found / np.linalg.norm(found, axis=1).mean() * length
    encoder.pieces.assign(own)


def training_rows(
    texts: Sequence[str], pieces: Pieces, vectors: Any, settings: Settings, first: int
) -> Iterator[tuple[Any, Any]]:
    rng = np.random.default_rng((settings.seed, first))
    encoded = encode(texts, pieces, settings.shape.length)
    lengths = [len(one.numbers) for one in encoded]
    for batch in batches(lengths, settings.shape.length, settings.budget, rng):
        ids, mask = padded([encoded[one].numbers for one in batch.chosen], batch.length)
        hidden, places, was = hide(ids, mask, len(pieces), settings.hidden, rng)
        taught: tuple[Floats, ...] = (
            () if vectors is None else (vectors[np.sort(batch.chosen)].astype(np.float32),)
        )
        if taught:
            order = np.argsort(np.argsort(batch.chosen))
            taught = (taught[0][order],)
        yield (hidden, mask, places), (was, *taught)


def write(
    trainer: Trainer, run: Path, shape: EncoderSettings, pieces: Pieces, settings: Settings, texts: int
) -> None:
    """The averaged encoder; config.json last."""
    save(trainer.averaged().encoder, run / ENCODER)
    config = {
        "kind": KIND,
        "fingerprint": pieces.fingerprint,
        "model": asdict(shape),
        "training": {
            "recipe": "mynah-train text --pretrain",
            "settings": asdict(settings),
            "texts": texts,
            "updates": trainer.done,
        },
    }
    write_json(run / "config.json", config)
