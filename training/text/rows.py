"""Texts as the numbers that a model reads: batches of one length each, so that few shapes are compiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from device.understanding.pieces import MASK, UNKNOWN, Pieces, words

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
STEP = 12
"""Lengths of batches are the model's, and it less multiples of this."""


class Encoded(NamedTuple):
    """The pieces of a text, and where among them each whole word begins."""

    numbers: Sequence[int]
    begins: Sequence[int]


def encode(texts: Sequence[str], pieces: Pieces, length: int) -> list[Encoded]:
    return [Encoded(*pieces.encode(words(text), length)) for text in texts]


def padded(rows: Sequence[Sequence[int]], length: int) -> tuple[Ints, Floats]:
    """(ids, mask) of `rows`, each at most `length` long."""
    ids = np.zeros((len(rows), length), np.int32)
    for target, row in zip(ids, rows, strict=True):
        target[: len(row)] = row
    lengths = np.array([len(row) for row in rows])
    return ids, (np.arange(length) < lengths[:, None]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Batch:
    """`chosen` texts, of at most `length` pieces."""

    chosen: npt.NDArray[np.int64]
    length: int


def bucket_sizes(longest: int) -> list[int]:
    """The lengths of batches, rising."""
    return sorted({longest, *(size for cut in (1, 2) if (size := longest - cut * STEP) >= STEP)})


def updates_a_round(lengths: Sequence[int], longest: int, budget: int) -> float:
    """Batches in which every text is once."""
    sizes = np.array(bucket_sizes(longest))
    return float((1 / np.maximum(1, budget // sizes))[np.searchsorted(sizes, lengths)].sum())


def batches(lengths: Sequence[int], longest: int, budget: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Every text once a round, without end: `budget` pieces a batch, in texts of about one length.

    A round leaves out what fills no batch of its length, unless that is all.
    """
    sizes = bucket_sizes(longest)
    bucket = np.searchsorted(sizes, np.asarray(lengths))
    while True:
        found = list[Batch]()
        for number, size in enumerate(sizes):
            inside, count = rng.permutation(np.flatnonzero(bucket == number)), max(1, budget // size)
            found += [
                Batch(inside[start : start + count], size)
                for start in range(0, len(inside) - count + 1, count)
            ]
        if not found:
            everything = np.arange(len(lengths))
            found = [Batch(rng.choice(everything, max(1, budget // longest)), longest)]
        yield from (found[one] for one in rng.permutation(len(found)))


def hide(
    ids: Ints, mask: Floats, vocabulary: int, share: float, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """`share` of each row's pieces, one at least, hidden as in BERT (Devlin et al. 2019): of ten, eight are
    MASK, one is any other piece and one is itself.

    ids with hidden pieces; their places (rows, most) and what they were, UNKNOWN where a row has fewer.
    """
    lengths = mask.sum(axis=1)
    most = max(1, int(np.ceil(share * ids.shape[1])))
    places = np.argsort(rng.random(ids.shape) + 2 * (1 - mask), axis=1)[:, :most].astype(np.int32)
    counted = np.arange(most) < np.maximum(1, np.rint(share * lengths))[:, None]
    was = np.where(counted, np.take_along_axis(ids, places, axis=1), UNKNOWN)
    fate = rng.random(places.shape)
    any_piece = rng.integers(MASK + 1, vocabulary, places.shape)
    now = np.where(fate < 0.8, MASK, np.where(fate < 0.9, any_piece, was))
    hidden = ids.copy()
    kept = np.take_along_axis(ids, places, axis=1)
    np.put_along_axis(hidden, places, np.where(was == UNKNOWN, kept, now).astype(np.int32), axis=1)
    return hidden, places, was.astype(np.int32)


def drop(ids: Ints, mask: Floats, share: float, rng: np.random.Generator) -> Ints:
    """`share` of the pieces become UNKNOWN, as words do that a recognizer confuses."""
    return np.where((rng.random(ids.shape) < share) & (mask > 0), UNKNOWN, ids).astype(np.int32)


def spliced(ids: Ints, mask: Floats, labels: Ints, rng: np.random.Generator) -> Ints:
    """Of each row's text the first half, and of another row's with another label the second: `ids` of texts
    that mean nothing known, empty where all rows have one label. Each is as long as the two halves."""
    found = np.zeros_like(ids)
    lengths = mask.sum(axis=1).astype(int)
    for row, others in enumerate(labels[:, None] != labels):
        if not others.any():
            continue
        other = int(rng.choice(np.flatnonzero(others)))
        first, second = (lengths[row] + 1) // 2, (lengths[other] + 1) // 2
        found[row, :first] = ids[row, :first]
        tail = ids[other, lengths[other] - second : lengths[other]][: ids.shape[1] - first]
        found[row, first : first + len(tail)] = tail
    return found
