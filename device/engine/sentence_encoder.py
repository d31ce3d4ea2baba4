"""Sentences → vectors: those of sentences that mean nearly the same are near, whatever their words.

Its bundle, of kind `sentences`, is `bundle.json`, `pieces.npz` and `model.tflite`. `pieces.npz` holds BERT's
pieces of words: `pieces` (their UTF-8 text, one a line; those within a word begin with ##), `vectors`
(pieces, width / 2), two numbers of 4 bits in a byte, with `scales` (pieces,), and `places` (length, width),
which are added by the place in the text.
The model has one signature, `read`: `x` (pieces of a text, width) → `vector` (width,), of length 1.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.engine.bundle import checked, described
from device.engine.interpreter import opened
from device.errors import BundleError

KIND, VERSION = "sentences", 1
BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
Floats = npt.NDArray[np.float32]
_PART = re.compile(r"[^\W_]+|[^\w\s]|_")


class Encoder:
    """The model of a bundle, and how it cuts words. Not for several threads at once."""

    def __init__(self, pieces: Sequence[str], vectors: Halves, places: Floats, model: Path) -> None:
        """Raises BundleError if the model does not fit."""
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._vectors, self._places = vectors, places
        self._interpreter, inputs, outputs = opened(model, "read")
        try:
            self._input, self._output = inputs["x"]["index"], outputs["vector"]["index"]
            self._begin, self._end, self._unknown = (self._numbers[one] for one in (BEGIN, END, UNKNOWN))
        except KeyError as error:
            raise BundleError(f"{model}: has no {error}; copy the bundle again") from error
        self._length = 0

    @classmethod
    def load(cls, path: Path) -> Encoder:
        """The bundle in folder `path`. Raises BundleError."""
        content = described(path, KIND, VERSION)
        try:
            model = checked(path, content["model"])
            with np.load(checked(path, content["vocabulary"])) as file:
                pieces = file["pieces"].tobytes().decode().split("\n")
                vectors = Halves(file["vectors"], file["scales"])
                return cls(pieces, vectors, file["places"].astype(np.float32), model)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{path}: missing or wrong {error}; copy the bundle again") from error

    def vector(self, text: str) -> Floats:
        """Of length 1. What does not fit the model's length is left out."""
        numbers = self.numbers(text)
        x = self._vectors[numbers] + self._places[: len(numbers)]
        if len(numbers) != self._length:
            self._interpreter.resize_tensor_input(self._input, x.shape)
            self._interpreter.allocate_tensors()
            self._length = len(numbers)
        self._interpreter.set_tensor(self._input, x)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output), np.float32)

    def numbers(self, text: str) -> list[int]:
        """The numbers of the pieces of `text`, as the model reads them."""
        found = [number for word in _PART.findall(_plain(text)) for number in self._cut(word)]
        return [self._begin, *found[: len(self._places) - 2], self._end]

    def _cut(self, word: str) -> Iterator[int]:
        """Always the longest piece that fits (WordPiece)."""
        found, begin = list[int](), 0
        while begin < len(word):
            mark = "##" if begin else ""
            fits = (end for end in range(len(word), begin, -1) if mark + word[begin:end] in self._numbers)
            if (end := next(fits, None)) is None:
                return iter((self._unknown,))
            found.append(self._numbers[mark + word[begin:end]])
            begin = end
        return iter(found)


@functools.lru_cache(maxsize=1)
def loaded(folder: Path) -> Encoder:
    """The encoder of a bundle, loaded when it is first asked for. Raises BundleError."""
    return Encoder.load(folder)


def checksum(folder: Path) -> str:
    """The sha256 of a bundle's model, which tells its vectors from another's. Raises BundleError."""
    return str(described(folder, KIND, VERSION)["model"]["sha256"])


class Halves:
    """The rows of a matrix of 4-bit numbers, each with its scale; those that are asked for become float."""

    def __init__(self, values: npt.NDArray[np.uint8], scales: npt.NDArray[Any]) -> None:
        self._values, self._scales = values, scales

    def __getitem__(self, rows: Sequence[int]) -> Floats:
        values = self._values[rows]
        both = np.stack((values & 15, values >> 4), axis=-1).reshape(len(values), -1)
        return (both.astype(np.float32) - 8) * self._scales[rows, None].astype(np.float32)


def _plain(text: str) -> str:
    """In lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
