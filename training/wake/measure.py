"""How often a wake word is missed, and how often it is heard where nobody said it.

Everything here takes a function from features to one score an output, so that the Keras model in training
and the int8 model on the device are measured alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, features
from device.events import Samples
from training.corpus import augment, synthesis
from training.corpus.store import Store, first_copies
from training.wake.corpus import HOP, chooses, is_held_out, says, trimmed
from training.wake.data import DB
from training.wake.phrases import Phrase
from training.wake.signal import STRIDE
from training.wake.sources import Sources

T = TypeVar("T")
Score = Callable[[Features], npt.NDArray[np.float32]]
"""(frames, mels) log-mel energies → (frames / STRIDE,) smoothed probabilities."""

PADDING = 150
"""Frames of background before and after a phrase that is measured."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The scores around one saying of the phrase, the first of them `start` frames after its end."""

    scores: npt.NDArray[np.float32]
    start: int

    @property
    def peak(self) -> float:
        return float(self.scores.max())

    def delay(self, threshold: float) -> float | None:
        """Seconds from the phrase's end to the first score that reaches `threshold`; None if none does."""
        over = np.flatnonzero(self.scores >= threshold)
        return (self.start + int(over[0]) * STRIDE) / 100 if len(over) else None


def recall(trials: Sequence[Trial], threshold: float) -> float:
    """The share of the trials that wake."""
    return float(np.mean([trial.peak >= threshold for trial in trials]))


def sayings(
    phrase: Phrase, voices: Sequence[synthesis.Voice], count: int, seed: int
) -> list[tuple[synthesis.Voice, Samples]]:
    """`count` utterances of the phrase by some of `voices`, without the silence around them."""
    rng = np.random.default_rng(seed)
    able = [voice for voice in synthesis.able(voices) if phrase.spellings(voice)]
    drawn = synthesis.draw([phrase.text], able, count, rng, rates=(0.8, 1.3), espeak_share=0.85)
    spelled = [
        synthesis.Utterance(phrase.spellings(item.voice)[0], item.voice, item.rate, item.pitch)
        for item in drawn
    ]
    spoken = synthesis.speak_all(spelled)
    return [(item.voice, trimmed(samples)) for item, samples in zip(spelled, spoken, strict=True)]


def phrases(phrase: Phrase, voices: Sequence[synthesis.Voice], count: int, seed: int) -> list[Samples]:
    """`sayings`, whoever says them."""
    return [samples for _, samples in sayings(phrase, voices, count, seed)]


def noises(sources: Sources) -> list[Features]:
    """Noise that training never heard."""
    folder, source = sources.noise[0]
    store = Store(folder)
    mapped = store.mapped(source)
    items = [item for item in first_copies(store.items(source)) if is_held_out(item)]
    return [mapped[item.start : item.start + item.frames].astype(np.float32) for item in items]


def trials(
    spoken: Iterable[Samples], backgrounds: Sequence[Features], ratio: float | None, score: Score
) -> list[Trial]:
    """The phrase in noise at `ratio` decibels, or in digital silence (None)."""
    rng = np.random.default_rng(7)
    found = []
    silence = np.zeros(PADDING * HOP, np.int16)
    for samples in spoken:
        frames = features(np.concatenate((silence, samples, silence)))
        if ratio is not None:
            noise = backgrounds[int(rng.integers(len(backgrounds)))]
            first = int(rng.integers(len(noise)))
            noise = np.take(noise, np.arange(first, first + len(frames)), axis=0, mode="wrap")
            level = augment.loudness(features(samples)) - augment.loudness(noise)
            frames = augment.mixed(frames, noise, level - ratio * DB)
        end = PADDING + len(samples) // HOP
        begin = (end - 20) // STRIDE
        around = score(frames)[begin : (end + 60) // STRIDE]
        found.append(Trial(around, begin * STRIDE + STRIDE - 1 - end))
    return found


def apart(found: Iterable[T], gap: int, rank: Callable[[T], float], place: Callable[[T], int]) -> list[T]:
    """Those of `found` that rank highest, none within less than `gap` of a higher one; the highest first."""
    taken: list[T] = []
    for one in sorted(found, key=rank, reverse=True):
        if all(abs(place(one) - place(other)) >= gap for other in taken):
            taken.append(one)
    return taken


def streams(sources: Sources) -> Iterator[tuple[str, Features]]:
    """Real speech of held-out people as it was recorded: (source, features), minutes at a time.

    Without those on whom the gates are tried.
    """
    for folder, source in sources.speech:
        store = Store(folder)
        items = [
            item
            for item in first_copies(store.items(source))
            if is_held_out(item) and chooses(item.speaker) and not says(item.text, sources.words)
        ]
        if not items or any(
            item.speaker.startswith(f"{engine}/") for item in items for engine in synthesis.ENGINES
        ):
            continue
        mapped = store.mapped(source)
        pieces = [mapped[item.start : item.start + item.frames] for item in items]
        joined = np.concatenate(pieces).astype(np.float32)
        for start in range(0, len(joined), 30_000):
            yield source, joined[start : start + 30_000]


def accepts(scores: npt.NDArray[np.float32], threshold: float, refractory: int) -> int:
    """How often `scores` reach `threshold`, the `refractory` outputs after each one left out."""
    over = np.flatnonzero(scores >= threshold)
    count, free = 0, -1
    for index in over.tolist():
        if index > free:
            count, free = count + 1, index + refractory
    return count


@dataclass(frozen=True, slots=True)
class FalseAccepts:
    """The scores of hours of sound without the phrase, by source."""

    scores: Mapping[str, Sequence[npt.NDArray[np.float32]]]
    refractory: int  # outputs

    @classmethod
    def over(cls, stretches: Iterable[tuple[str, Features]], score: Score, refractory: float) -> FalseAccepts:
        """`refractory`: seconds."""
        scores: dict[str, list[npt.NDArray[np.float32]]] = {}
        for source, stretch in stretches:
            scores.setdefault(source, []).append(score(stretch))
        return cls(scores, round(refractory * 100 / STRIDE))

    @property
    def hours(self) -> float:
        return sum(len(one) for many in self.scores.values() for one in many) * STRIDE / 360_000

    def count(self, threshold: float) -> dict[str, int]:
        """By source."""
        return {
            source: sum(accepts(one, threshold, self.refractory) for one in many)
            for source, many in self.scores.items()
        }

    def lowest_threshold(self, per_hour: float) -> float:
        """The lowest of 0.05, 0.06 … 0.99 with at most `per_hour` false accepts; 0.99 if there is none."""
        for threshold in np.arange(5, 100) / 100:
            if sum(self.count(float(threshold)).values()) <= per_hour * self.hours:
                return float(threshold)
        return 0.99
