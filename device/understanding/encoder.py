"""What a learned text model holds a text to mean: a probability for each label, a tag for each word.

Its bundle, of kind `text`, is `bundle.json`, `model.tflite` and `pieces.tsv`, the vocabulary that the
model's numbers rest on. The model has one signature, `read`: `ids` (1, length) int32 and `mask` (1, length)
int8 → `labels` (1, labels) and, where it learned slots, `tags` (1, length, tags), both int8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.engine.bundle import checked, described
from device.engine.interpreter import Quantized, opened
from device.errors import BundleError
from device.understanding.pieces import Pieces, Word, words
from device.understanding.tagging import likeliest

KIND, VERSION = "text", 1
Floats = npt.NDArray[np.float32]


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Logits (…, labels) → probabilities (…, labels)."""
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / np.float32(temperature))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class TextBundle:
    """A text model with all that is needed to run it, checked.

    `temperature` divides its logits, so that its probabilities are the shares that are right; below
    `reject_below` it does not know. `familiar`: the words around what requests name, where it reads requests.
    """

    path: Path
    name: str
    head: str
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    length: int
    model: Path
    pieces: Pieces
    temperature: float
    reject_below: float
    familiar: frozenset[str]
    measured: Mapping[str, Any]
    training: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path) -> TextBundle:
        """The bundle in folder `path`. Raises BundleError, saying which check failed."""
        content = described(path, KIND, VERSION)
        try:
            pieces = Pieces.load(checked(path, content["vocabulary"]))
            if pieces.fingerprint != content["fingerprint"]:
                raise BundleError(
                    f"{path}: trained on vocabulary {content['fingerprint']}, the one here is"
                    f" {pieces.fingerprint}; copy the bundle again"
                )
            return cls(
                path=path,
                name=content["name"],
                head=content["head"],
                labels=tuple(content["labels"]),
                tags=tuple(content["tags"]),
                length=int(content["length"]),
                model=checked(path, content["model"]),
                pieces=pieces,
                temperature=float(content["decision"]["temperature"]),
                reject_below=float(content["decision"]["reject_below"]),
                familiar=frozenset(content.get("familiar", ())),
                measured=content.get("measured", {}),
                training=content.get("training", {}),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(
                f"{path}/bundle.json: missing or wrong {error}; export the bundle again"
            ) from error


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text is held to mean. `probability`: of each of the model's labels; `tags`: of each word of
    `words` that was read, none where the model learned no slots."""

    words: tuple[Word, ...]
    probability: Floats
    tags: tuple[str, ...]


class TextModel:
    """A bundle's model. It keeps nothing of what it reads but how words are cut."""

    def __init__(self, bundle: TextBundle, module: Any = None) -> None:
        """`module`: a runtime as `runtime()` gives it. Raises BundleError if the model does not fit."""
        self.bundle = bundle
        self._interpreter, inputs, outputs = opened(bundle.model, "read", module=module)
        try:
            self._ids, self._mask = inputs["ids"]["index"], Quantized(inputs["mask"])
            self._labels = Quantized(outputs["labels"])
            self._tags = Quantized(outputs["tags"]) if bundle.tags else None
        except KeyError as error:
            raise BundleError(f"{bundle.model}: has no {error}; export the bundle again") from error
        shapes = self._mask.shape, self._labels.shape, self._tags and self._tags.shape
        tags = (1, bundle.length, len(bundle.tags)) if bundle.tags else None
        if shapes != ((1, bundle.length), (1, len(bundle.labels)), tags):
            raise BundleError(f"{bundle.model}: its shapes do not fit bundle.json; export the bundle again")

    def read(self, text: str) -> Reading | None:
        """What `text` means, as far as it fits the model's length; None where there is no word in it."""
        said, length = words(text), self.bundle.length
        numbers, begins = self.bundle.pieces.encode(said, length)
        if not numbers:
            return None
        ids, mask = np.zeros((1, length), np.int32), np.zeros((1, length), np.float32)
        ids[0, : len(numbers)], mask[0, : len(numbers)] = numbers, 1.0
        labels, tags = self.logits(ids, mask)
        probability = softmax(labels, self.bundle.temperature)
        found = likeliest(tags[begins], self.bundle.tags) if tags is not None else []
        return Reading(tuple(said[: len(begins)]), probability, tuple(found))

    def logits(self, ids: npt.NDArray[np.int32], mask: Floats) -> tuple[Floats, Floats | None]:
        """(1, length) numbers of pieces, 0 behind them, and 1 where there is one → logits of the labels
        (labels,) and of each piece's tags (length, tags)."""
        run = self._interpreter
        run.set_tensor(self._ids, ids)
        run.set_tensor(self._mask.index, self._mask.quantize(mask))
        run.invoke()
        labels = self._labels.dequantize(run.get_tensor(self._labels.index)[0])
        if self._tags is None:
            return labels, None
        return labels, self._tags.dequantize(run.get_tensor(self._tags.index)[0])
