"""What words mean, so that a question may use others than the text: vectors, and a thesaurus.

Its bundle, of kind `meanings`, is `bundle.json` and `meanings.npz`: `words` (their UTF-8 text, one a line,
the most common first), `vectors` (words, dimensions) int8, and the words that a thesaurus or the vectors
relate: those of word `i` are `related[begins[i]:begins[i + 1]]`, each as close as `closeness` says, 0…255.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.engine.bundle import checked, described
from device.errors import BundleError

KIND, VERSION = "meanings", 1
Floats = npt.NDArray[np.float32]

COMMON, RARE = 60, 20_000
"""Ranks among all words, the most common first: from the one on a word says something, from the other on it
says as much as any."""
PREFIXES = ("de", "re", "un", "dis", "pre", "non", "over", "anti")
NEAR, SAME = 0.32, 0.85
"""Cosines from which words are akin, and from which they mean the same."""


class Meanings:
    """The words of a bundle. Nothing in it changes."""

    def __init__(
        self,
        words: Sequence[str],
        vectors: npt.NDArray[np.int8],
        begins: npt.NDArray[np.integer],
        related: npt.NDArray[np.integer],
        closeness: npt.NDArray[np.uint8],
    ) -> None:
        self._rank = {word: rank for rank, word in enumerate(words)}
        self._words = tuple(words)
        self._vectors = vectors
        self._begins, self._related, self._closeness = begins, related, closeness

    @classmethod
    def load(cls, path: Path) -> Meanings:
        """The bundle in folder `path`. Raises BundleError."""
        content = described(path, KIND, VERSION)
        try:
            with np.load(checked(path, content["model"])) as file:
                words = file["words"].tobytes().decode().split("\n")
                return cls(words, *(file[name] for name in ("vectors", "begins", "related", "closeness")))
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{path}: missing or wrong {error}; copy the bundle again") from error

    def common(self, count: int) -> tuple[str, ...]:
        """The `count` most common words."""
        return self._words[:count]

    def weight(self, word: str) -> float:
        """How much a word says, 0…1: little where it is common, all where nobody knows it."""
        rank = self._rank.get(word)
        if rank is None:
            return 1.0
        return min(1.0, max(0.05, math.log((rank + 1) / COMMON) / math.log(RARE / COMMON)))

    def vectors(self, words: Sequence[str]) -> Floats:
        """(words, dimensions), each of length 1, or 0 where nobody knows the word."""
        found = np.zeros((len(words), self._vectors.shape[1]), np.float32)
        for at, word in enumerate(words):
            for part in self._parts(word):
                found[at] += self._vectors[self._rank[part]]
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The known words that make up `word`: itself, or "lime" and "scale"."""
        if word in self._rank:
            return (word,)
        for prefix in PREFIXES:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > 3 and rest in self._rank:
                return (rest,)
        for cut in range(len(word) - 3, 2, -1):
            if word[:cut] in self._rank and word[cut:] in self._rank:
                return word[:cut], word[cut:]
        return ()

    def related(self, word: str) -> dict[str, float]:
        """The words that are related to `word`, and how close each is, 0…1."""
        rank = self._rank.get(word)
        if rank is None:
            return {}
        span = slice(int(self._begins[rank]), int(self._begins[rank + 1]))
        pairs = zip(self._related[span], self._closeness[span], strict=True)
        return {self._words[other]: float(close) / 255 for other, close in pairs}


def akin(cosines: Floats) -> Floats:
    """Cosines of words → how far one may stand for the other, 0…0.9."""
    return np.clip((cosines - NEAR) / (SAME - NEAR), 0.0, 0.9)
