"""Hard negatives: the stretches of training speech that a model half trained takes for the phrase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from training.corpus.store import Item, Store
from training.wake.corpus import TAIL, is_held_out, says
from training.wake.measure import Score
from training.wake.signal import STRIDE
from training.wake.sources import Sources

STRETCH = 30_000  # frames that are scored at a time
BEFORE, AFTER = 150, 12  # frames kept of what led to a high score, and after it


def mine(sources: Sources, score: Score, share: float, lowest: float, most: int, seed: int) -> list[Item]:
    """At most `most` stretches in a random `share` of the training speech that score above `lowest`."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, Item]] = []
    for folder, source in sources.speech:
        store = Store(folder)
        items = [
            item
            for item in store.items(source)
            if not is_held_out(item) and rng.random() < share and not says(item.text, sources.words)
        ]
        mapped = store.mapped(source)
        for some in _stretches(items):
            joined = np.concatenate([mapped[item.start : item.start + item.frames] for item in some])
            found += _peaks(some, score(joined.astype(np.float32)), lowest)
    found.sort(key=lambda pair: -pair[0])
    return [item for _, item in found[:most]]


def _stretches(items: Sequence[Item]) -> Iterator[list[Item]]:
    some: list[Item] = []
    for item in items:
        some.append(item)
        if sum(one.frames for one in some) > STRETCH:
            yield some
            some = []
    if some:
        yield some


def _peaks(items: Sequence[Item], scores: np.ndarray, lowest: float) -> Iterator[tuple[float, Item]]:
    """For each item its best score, if above `lowest`, with what led to it."""
    begin = 0
    for item in items:
        part = scores[begin // STRIDE : (begin + item.frames) // STRIDE]
        best = int(np.argmax(part)) if len(part) else 0
        if len(part) and part[best] > lowest:
            first = max(0, best * STRIDE - BEFORE)
            frames = min(item.frames, best * STRIDE + AFTER + TAIL) - first
            yield float(part[best]), replace(item, start=item.start + first, frames=frames, tempo=1.0)
        begin += item.frames
