"""A finished run, or its bundle, as a reader of texts: a probability for each label, a tag for each word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from device.errors import MynahError
from device.understanding.encoder import KIND, TextBundle, TextModel, softmax
from device.understanding.pieces import Pieces
from device.understanding.tagging import likeliest
from training.text.encoder import EncoderSettings
from training.text.heads import WEIGHTS, build, predict
from training.text.pretrain import PIECES
from training.text.rows import Floats, encode, padded


class Readings(NamedTuple):
    """`probability`: (texts, labels); `tags`: of each text's words, None where it learned no slots."""

    probability: Floats
    tags: list[list[str]] | None


class RunReader:
    """The Keras model of a run."""

    def __init__(self, run: Path) -> None:
        """MynahError for a folder that is no finished run of `mynah-train text --head`."""
        for name in ("config.json", PIECES, WEIGHTS):
            if not (run / name).is_file():
                raise MynahError(f"{run}: no finished run of mynah-train text --head ({name} is missing)")
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        if config.get("kind") != KIND:
            raise MynahError(f"{run}: a run of kind {config.get('kind')}, not {KIND}; name another --run")
        self.labels, self._tags = tuple(config["labels"]), tuple(config["tags"])
        self.reject_below = float(config["decision"]["reject_below"])
        self._temperature = float(config["decision"]["temperature"])
        self._pieces, shape = Pieces.load(run / PIECES), EncoderSettings(**config["model"])
        self._length = shape.length
        self._model = build(shape, len(self.labels), len(self._tags), 0.0)
        self._model.load_weights(run / WEIGHTS)

    def read(self, texts: Sequence[str]) -> Readings:
        encoded = encode(texts, self._pieces, self._length)
        logits, slots = predict(self._model, *padded([one.numbers for one in encoded], self._length))
        probability = softmax(logits, self._temperature)
        if slots is None:
            return Readings(probability, None)
        rows = zip(encoded, slots, strict=True)
        return Readings(probability, [likeliest(row[list(one.begins)], self._tags) for one, row in rows])


class BundleReader:
    """The int8 model of a bundle, by the device's own code."""

    def __init__(self, folder: Path) -> None:
        """Raises BundleError."""
        self._model = TextModel(TextBundle.load(folder))
        self.labels, self.reject_below = self._model.bundle.labels, self._model.bundle.reject_below

    def read(self, texts: Sequence[str]) -> Readings:
        found = [self._model.read(text) for text in tqdm(texts, "read", unit="text", mininterval=5)]
        unknown = np.full(len(self.labels), 1 / len(self.labels), np.float32)
        probability = np.stack([unknown if one is None else one.probability for one in found])
        tags = [[] if one is None else list(one.tags) for one in found]
        return Readings(probability, tags if self._model.bundle.tags else None)


def reader(folder: Path) -> RunReader | BundleReader:
    """That of a run, or of a bundle. Raises MynahError."""
    return BundleReader(folder) if (folder / "bundle.json").is_file() else RunReader(folder)
