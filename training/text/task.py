"""What a head learns from a corpus, and its sentences as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.understanding.pieces import Pieces, words
from device.understanding.tagging import OUTSIDE
from training.text.corpora import SLOTTED, Example, read, tags
from training.text.rows import Floats, Ints, encode, padded

HEADS = {
    "intents": ("snips", "clinc150", "hwu64", "slurp", "banking77"),
    "sentiment": ("goemotions",),
}
"""What a head says, and the corpora that it is learned from."""
NO_TAG = -1
"""Of pieces that begin no word."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Sentences: `ids`, `mask` (sentences, length), numbers of each one's label and of each piece's tag."""

    ids: Ints
    mask: Floats
    labels: Ints
    tags: Ints

    def chosen(self, rows: npt.NDArray[np.int64], length: int) -> Numbered:
        """Those of `rows`, cut to `length` pieces."""
        part = (self.ids[rows, :length], self.mask[rows, :length])
        return Numbered(*part, self.labels[rows], self.tags[rows, :length])


@dataclass(frozen=True, slots=True)
class Task:
    """What a head learns: `labels` of texts and `tags` of their words (none: it does not learn slots).

    `familiar`: words that the device looks for, see `TextBundle`.
    """

    head: str
    corpus: str
    examples: Sequence[Example]
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    shots: int | None
    familiar: tuple[str, ...] = ()

    @classmethod
    def of(cls, head: str, corpus: str, data: Path, shots: int | None, seed: int) -> Task:
        """Of a corpus's training part; `shots`: examples of each intent, no more. MynahError without it."""
        examples = read(corpus, data, "train")
        if shots:
            examples = few(examples, shots, seed)
        labels = tuple(sorted({one.intent for one in examples}))
        return cls(head, corpus, examples, labels, known_tags(examples) if corpus in SLOTTED else (), shots)

    @property
    def recipe(self) -> str:
        """The command that learns it."""
        corpus = f" --corpus {self.corpus}" if self.corpus != self.head else ""
        return f"mynah-train text --head {self.head}{corpus}"

    @classmethod
    def over(cls, head: str, examples: Sequence[Example], familiar: tuple[str, ...]) -> Task:
        """Of examples of several corpora, with the slots that are marked in them."""
        labels = tuple(sorted({one.intent for one in examples}))
        return cls(head, head, examples, labels, known_tags(examples), None, familiar)

    def numbered(self, examples: Sequence[Example], pieces: Pieces, length: int) -> Numbered:
        """Examples with a label of the task's; NO_TAG where a word's tag is none of it, or nobody looked."""
        known = [one for one in examples if one.intent in self.labels]
        encoded = encode([one.text for one in known], pieces, length)
        ids, mask = padded([one.numbers for one in encoded], length)
        labels = np.array([self.labels.index(one.intent) for one in known], np.int32)
        found = np.full(ids.shape, NO_TAG, np.int32)
        numbers = {tag: number for number, tag in enumerate(self.tags)}
        for row, example, one in zip(found, known, encoded, strict=True):
            if example.slots is None:
                continue
            for place, tag in zip(one.begins, tags(example, words(example.text)), strict=False):
                row[place] = numbers.get(tag, NO_TAG)
        return Numbered(ids, mask, labels, found)


def few(examples: Sequence[Example], shots: int, seed: int) -> list[Example]:
    """`shots` examples of each intent, or all of one that has fewer."""
    kept = list[Example]()
    order = np.random.default_rng(seed).permutation(len(examples))
    for intent in sorted({one.intent for one in examples}):
        kept += [examples[one] for one in order if examples[one].intent == intent][:shots]
    return kept


def known_tags(examples: Sequence[Example]) -> tuple[str, ...]:
    names = sorted({slot.name for one in examples for slot in one.slots or ()})
    return (OUTSIDE, *(f"{begins}-{name}" for name in names for begins in "BI"))
