"""Labels for every utterance of the store: from the synthesizer for the bootstrap, then by alignment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from device.errors import LexiconError
from device.hearing.acoustic import log_softmax
from device.hearing.lexicon import Lexicon
from training.corpus.manifest import HELD_OUT, held_out
from training.corpus.store import Item, Store, first_copies
from training.hearing.align import align, states
from training.hearing.data import Labels, segment_labels
from training.hearing.signal import INDEX, LABELS, LOOKAHEAD, STRIDE, Normalisation

DROPPED = 0.05
"""Share of each source with the worst alignments, left out: wrong transcripts, other languages."""

Key = tuple[str, int]
Predict = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def bootstrap_labels(store: Store, source: str) -> dict[Key, Labels]:
    """The synthesizer's own phone times."""
    return {
        (source, item.number): segment_labels(item.segments, item.frames // STRIDE)
        for item in first_copies(store.items(source))
        if item.segments
    }


def aligned_labels(
    store: Store,
    sources: Iterable[str],
    lexicon: Lexicon,
    predict: Predict,
    normalisation: Normalisation,
    log_prior: npt.NDArray[np.float32],
) -> tuple[dict[Key, Labels], float]:
    """Labels by forced alignment, and the mean score of a frame. Held-out speakers are aligned as well."""
    labels: dict[Key, Labels] = {}
    scores: list[float] = []
    for source in sources:
        items = [item for item in first_copies(store.items(source)) if item.text]
        lexicon.prepare(sorted({word for item in items for word in item.text.split()}))
        found: list[tuple[float, Key, Labels]] = []
        features = store.mapped(source)
        progress = tqdm(total=len(items), desc=f"align {source}", unit="utt", mininterval=10)
        for item, posteriors in posteriors_of(items, features, predict, normalisation):
            progress.update()
            try:
                words = [lexicon.pronunciations(word) for word in item.text.split()]
            except LexiconError:
                continue
            done = align(posteriors - np.float32(0.5) * log_prior, states(words, INDEX))
            if done is not None:
                found.append((done[1], (source, item.number), done[0]))
        progress.close()
        found.sort(key=lambda entry: entry[0])
        kept = found[int(DROPPED * len(found)) :]
        labels.update({key: path for _, key, path in kept})
        scores.extend(score for score, _, _ in kept)
    return labels, float(np.mean(scores))


def posteriors_of(
    items: Iterable[Item], features: npt.NDArray[np.float16], predict: Predict, normalisation: Normalisation
) -> Iterator[tuple[Item, npt.NDArray[np.float32]]]:
    """Each item with its log posteriors (frames // stride, phones), the look-ahead taken out.

    Utterances of about one length go through `predict` together.
    """
    waiting: dict[int, list[Item]] = {}
    rest = sorted(items, key=lambda item: item.frames)
    for item in rest:
        length = -(-item.frames // 120) * 120 + LOOKAHEAD * STRIDE
        waiting.setdefault(length, []).append(item)
    for length, group in waiting.items():
        for first in range(0, len(group), 16):
            part = group[first : first + 16]
            rows = np.zeros((16, length, features.shape[1]), np.float32)
            for row, item in zip(rows, part, strict=False):
                frames = features[item.start : item.start + item.frames].astype(np.float32)
                row[: len(frames)] = frames
                row[len(frames) :] = frames[np.argmin(frames.sum(axis=1))]
            outputs = predict(normalisation.batch(rows))
            for item, output in zip(part, outputs, strict=False):
                yield item, log_softmax(output[LOOKAHEAD : LOOKAHEAD + item.frames // STRIDE])


def training_part(store: Store, labels: Mapping[Key, Labels]) -> dict[Key, Labels]:
    """`labels` without those of held-out speakers."""
    speakers = {
        (source, item.number): item.speaker
        for source in {source for source, _ in labels}
        for item in first_copies(store.items(source))
    }
    return {key: value for key, value in labels.items() if not held_out(speakers[key], HELD_OUT)}


def save(labels: Mapping[Key, Labels], file: Path) -> None:
    """Writes `file`, an .npz, whole or not at all."""
    keys = list(labels)
    temporary = file.with_suffix(".part.npz")
    np.savez(
        temporary,
        sources=np.array([source for source, _ in keys]),
        numbers=np.array([number for _, number in keys]),
        lengths=np.array([len(labels[key]) for key in keys]),
        labels=np.concatenate([labels[key] for key in keys]),
    )
    temporary.replace(file)


def load(file: Path) -> dict[Key, Labels]:
    with np.load(file) as content:
        parts = np.split(content["labels"], np.cumsum(content["lengths"])[:-1])
        names = zip(content["sources"].tolist(), content["numbers"].tolist(), strict=True)
        return {(source, number): part for (source, number), part in zip(names, parts, strict=True)}


def prior_of(labels: Mapping[Key, Labels]) -> npt.NDArray[np.float32]:
    """Log of each label's share of the frames, with one frame for each added."""
    counts = np.bincount(np.concatenate(list(labels.values())), minlength=len(LABELS)) + 1.0
    return np.log(counts / counts.sum()).astype(np.float32)


def transition_scores(labels: Mapping[Key, Labels]) -> npt.NDArray[np.float32]:
    """Log probabilities of each phone after each, frame by frame, from the alignments."""
    counts = np.full((len(LABELS),) * 2, 0.5)
    for path in labels.values():
        np.add.at(counts, (path[:-1], path[1:]), 1)
    return np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
