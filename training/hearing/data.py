"""Training rows: a few seconds of a made-up turn, from its first frame on.

A row begins as a turn does, with the normaliser at its prior: a pause, one or more utterances with pauses
between them, background noise under it all, at some loudness, through some microphone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features
from training.background import endless
from training.corpus import augment
from training.corpus.manifest import NOISE_HELD_OUT, held_out
from training.corpus.store import Item, Store
from training.hearing.signal import INDEX, LOOKAHEAD, MELS, STRIDE, Normalisation

DB = float(np.log(10) / 10)  # nats of energy to a decibel
Labels = npt.NDArray[np.int8]
Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]

WEIGHTS: Mapping[str, float] = {
    "speech-librispeech": 0.13,
    "speech-librispeech-more": 0.03,
    "speech-common-voice": 0.21,
    "speech-common-voice-more": 0.17,
    "speech-speechocean762": 0.08,
    "speech-an4": 0.09,
    "speech-speech-commands": 0.05,
    "speech-speech-commands-ten": 0.04,
    "speech-ljspeech": 0.02,
    "speech-vctk-p239": 0.03,
    "speech-vctk": 0.06,
    "wake-custom-keywords": 0.03,
    "wake-precise-community": 0.01,
    "speech-kokoro": 0.15,
    "synthetic": 0.16,
    "synthetic-fresh": 0.17,
}
"""How often each source is drawn for the next utterance: real speech three to four times as often."""


@dataclass(frozen=True, slots=True)
class RowSettings:
    frames: int = 480  # 4.8 s
    rows: int = 16  # a batch
    clean: float = 0.3  # share of rows at 20–45 dB
    noisy: float = 0.2  # share of rows at −2–5 dB; the rest at 5–20 dB
    gap: int = 60  # frames, the longest pause between utterances
    bent: float = 0.5  # share of utterances by a voice other than the recorded one
    tempo: float = 0.1  # standard deviation of the log of an utterance's tempo
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))


def tempo_labels(labels: Labels, tempo: float, outputs: int) -> Labels:
    """The labels of a copy that runs `tempo` times as fast as the recording that `labels` belong to."""
    index = np.rint((np.arange(outputs) + 0.5) * tempo - 0.5).astype(int)
    return labels[np.clip(index, 0, len(labels) - 1)]


def retimed(
    frames: Features, labels: Labels, tempo: float, begin: float
) -> tuple[npt.NDArray[np.float32], Labels]:
    """An utterance `tempo` times as fast at the same pitch, from its frame `begin` on, with its labels.

    So that the model meets a recording not only where the outputs happened to fall when it was aligned.
    """
    moved = augment.played(frames, tempo, begin)
    centres = begin + (np.arange(len(moved) // STRIDE) * STRIDE + STRIDE // 2) * tempo
    return moved, labels[np.minimum(centres.astype(int) // STRIDE, len(labels) - 1)]


def segment_labels(segments: Sequence[tuple[str, float, float]], outputs: int) -> Labels:
    """One label an output frame from a synthesizer's own (phone, start s, end s)."""
    ends = np.array([end for _, _, end in segments])
    phones = np.array([INDEX[phone] for phone, _, _ in segments], np.int8)
    centres = (np.arange(outputs) * STRIDE + (STRIDE + 1.5) / 2) * 0.01
    return phones[np.clip(np.searchsorted(ends, centres), 0, len(phones) - 1)]


class Rows:
    """Draws rows from the store, with labels by (source, number of the utterance)."""

    def __init__(
        self,
        store: Store,
        labels: Mapping[tuple[str, int], Labels],
        normalisation: Normalisation,
        settings: RowSettings,
        seed: int,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._settings, self._normalisation, self._labels = settings, normalisation, labels
        self._items: dict[str, list[Item]] = {}
        self._features: dict[str, npt.NDArray[np.float16]] = {}
        for source in (source for source in settings.weights if source in store):
            items = [item for item in store.items(source) if (source, item.number) in labels]
            if items:
                self._items[source] = [item for item in items if item.frames >= 15]
                self._features[source] = store.mapped(source)
        self._noises = [item for item in store.items("noise") if not held_out(item.speaker, NOISE_HELD_OUT)]
        self._noise = store.mapped("noise")
        self._sources = sorted(self._items)
        weights = np.array([settings.weights[source] for source in self._sources])
        self._weights = weights / weights.sum()

    def batch(self) -> Batch:
        """Normalised features (rows, frames, mels) and labels (rows, frames / stride), delayed."""
        rows = [self._row() for _ in range(self._settings.rows)]
        frames = self._normalisation.batch(np.stack([frames for frames, _ in rows]))
        for row in frames:
            augment.masked(row, self._rng)
        delayed = np.zeros((len(rows), self._settings.frames // STRIDE), np.int32)
        for into, (_, labels) in zip(delayed, rows, strict=True):
            into[LOOKAHEAD:] = labels[:-LOOKAHEAD]
        return frames, delayed

    def _row(self) -> tuple[npt.NDArray[np.float32], Labels]:
        rng, length = self._rng, self._settings.frames
        speech = np.full((length, MELS), augment.FLOOR, np.float32)
        labels = np.zeros(length // STRIDE, np.int8)
        level = rng.uniform(-12.0, -1.0)
        position = int(rng.integers(0, 60 if rng.random() < 0.85 else 150))
        while position < length - 60:
            start = position - position % STRIDE
            item, frames = self._utterance(length - start)
            end = start + len(frames)
            speech[start:end] = frames + np.float32(level + rng.normal() * 0.5 - augment.loudness(frames))
            outputs = len(frames) // STRIDE
            labels[start // STRIDE : start // STRIDE + outputs] = item[:outputs]
            position = end + int(rng.integers(3, self._settings.gap))
        mixed = augment.mixed(speech, *self._background(length, level))
        return mixed + augment.equaliser(rng, MELS), labels

    def _draw(self) -> Item:
        source = self._sources[self._rng.choice(len(self._sources), p=self._weights)]
        items = self._items[source]
        return items[self._rng.integers(len(items))]

    def _utterance(self, room: int) -> tuple[Labels, npt.NDArray[np.float32]]:
        """An utterance's labels and features, at most `room` frames; a longer one is cut anywhere."""
        item = self._draw()
        rng, frames = self._rng, self._features[item.source][item.start : item.start + item.frames]
        labels = tempo_labels(self._labels[item.source, item.number], item.tempo, item.frames // STRIDE)
        tempo = float(np.exp(rng.normal() * self._settings.tempo))
        voice, labels = retimed(frames.astype(np.float32), labels, tempo, rng.uniform(0, STRIDE))
        if len(voice) > room:
            spare = (len(voice) - room) // STRIDE
            first = int(rng.integers(0, spare + 1)) if rng.random() < 0.6 else 0
            voice = voice[first * STRIDE : first * STRIDE + room]
            labels = labels[first : first + room // STRIDE]
        if self._rng.random() < self._settings.bent:
            voice = augment.bent(voice, self._rng, common=0.5, single=0.4)
        return labels, voice

    def _background(self, length: int, level: float) -> tuple[npt.NDArray[np.float32], float]:
        """(length, mels) of noise, and the nats to raise it by for the row's signal-to-noise ratio."""
        rng, kind, quality = self._rng, self._rng.random(), self._rng.random()
        if quality < self._settings.clean:
            ratio = rng.uniform(20, 45)
        elif quality < self._settings.clean + self._settings.noisy:
            ratio = rng.uniform(-2, 5)
        else:
            ratio = rng.uniform(5, 20)
        if kind < 0.25:
            noise = self._steady(length)
        elif kind < 0.40:
            noise = self._babble(length)
        else:
            noise = self._tiled(self._noise, self._noises[rng.integers(len(self._noises))], length)
        if kind >= 0.25 and rng.random() < 0.5:
            # A room is never silent between two barks.
            noise = augment.mixed(noise, self._steady(length), augment.loudness(noise) - rng.uniform(2, 8))
        return noise, level - augment.loudness(noise) - ratio * DB

    def _steady(self, length: int) -> npt.NDArray[np.float32]:
        """A fan, an amplifier's hiss, distant traffic: coloured, exponentially distributed energies."""
        colour = augment.equaliser(self._rng, MELS, depth=1.5)
        energies = self._rng.gamma(3.0, 1 / 3.0, (length, MELS))
        return (np.log(energies + 1e-3) + colour).astype(np.float32)

    def _babble(self, length: int) -> npt.NDArray[np.float32]:
        """One to five people talking elsewhere."""
        total = np.full((length, MELS), augment.FLOOR, np.float32)
        for _ in range(self._rng.integers(1, 6)):
            item = self._draw()
            voice = self._tiled(self._features[item.source], item, length)
            total = augment.mixed(total, voice, -augment.loudness(voice) + self._rng.normal())
        return total

    def _tiled(self, features: npt.NDArray[np.float16], item: Item, length: int) -> npt.NDArray[np.float32]:
        frames = features[item.start : item.start + item.frames].astype(np.float32)
        first = int(self._rng.integers(0, len(frames)))
        return np.take(frames, np.arange(first, first + length), axis=0, mode="wrap")


def _rows(folder: Path, *arguments: Any) -> Callable[[], Batch]:
    return Rows(Store(folder), *arguments).batch


def batches(
    store: Store,
    labels: Mapping[tuple[str, int], Labels],
    normalisation: Normalisation,
    settings: RowSettings,
    seed: int,
) -> Generator[Batch]:
    """Batches without end, made by another process; closing the generator ends it."""
    return endless(_rows, store.folder, labels, normalisation, settings, seed, ahead=24)
