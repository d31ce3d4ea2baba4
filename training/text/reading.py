"""A finished run as a reader of texts: a probability for each label, a tag for each word."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from device.errors import MynahError
from device.understanding.pieces import Pieces
from device.understanding.tagging import OUTSIDE, likeliest
from training.text.encoder import EncoderSettings
from training.text.heads import KIND, WEIGHTS, build, predict
from training.text.pretrain import PIECES
from training.text.rows import Encoded, Floats, encode
from training.text.scores import softmax


class Reading(NamedTuple):
    """`probability`: (texts, labels); `tags`: of each text's words, none where there is no head for them."""

    probability: Floats
    tags: list[list[str]]


class Reader:
    """The Keras model of a run."""

    def __init__(self, run: Path) -> None:
        """MynahError for a folder that is no finished run of `mynah-train text --head`."""
        for name in ("config.json", PIECES, WEIGHTS):
            if not (run / name).is_file():
                raise MynahError(f"{run}: no finished run of mynah-train text --head ({name} is missing)")
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        if config.get("kind") != KIND:
            raise MynahError(f"{run}: a run of kind {config.get('kind')}, not {KIND}; name another --run")
        self.config: Mapping[str, Any] = config
        self.labels, self.names = tuple(config["labels"]), tuple(config["tags"])
        self.pieces = Pieces.load(run / PIECES)
        shape = EncoderSettings(**config["model"])
        self._length = shape.length
        self._model = build(shape, len(self.labels), len(self.names), 0.0)
        self._model.load_weights(run / WEIGHTS)

    def read(self, texts: Sequence[str]) -> Reading:
        encoded = encode(texts, self.pieces, self._length)
        logits, slots = predict(self._model, encoded, self._length)
        tags = (
            [tagged(one, row, self.names) for one, row in zip(encoded, slots, strict=True)]
            if self.names
            else []
        )
        return Reading(softmax(logits, float(self.config["decision"]["temperature"])), tags)


def tagged(encoded: Encoded, logits: Floats, names: Sequence[str]) -> list[str]:
    """A tag for each word that was read, from the logits of its first piece."""
    return likeliest(logits[list(encoded.begins)], names) if encoded.begins else [OUTSIDE] * 0
