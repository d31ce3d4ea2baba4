"""Training rows for a wake word: a few seconds of made-up household sound, with or without the phrase.

A row holds the phrase, something near it, other speech or none; before and after it there may be speech as
well, under it noise, all at some loudness through some microphone. The labels tell the outputs just after
the phrase's end from all others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.background import endless
from training.corpus import augment
from training.corpus.store import Item, Store
from training.wake.corpus import TAIL, is_held_out, says
from training.wake.people import Sayer
from training.wake.signal import MELS, STRIDE, Normalisation
from training.wake.sources import Sources

DB = float(np.log(10) / 10)  # nats of energy to a decibel
IGNORED = np.int8(-1)
Frames = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]
Batch = tuple[Frames, Labels]


@dataclass(frozen=True, slots=True)
class RowSettings:
    frames: int = 320  # 3.2 s
    rows: int = 64  # a batch
    positive: float = 0.36  # shares of rows; the rest is noise alone
    recorded: float = 0.4  # share of the phrases that people say, where there are a few recordings
    enough: int = 200  # recordings that are drawn as often as everything else together
    assembled: float = 0.6  # share of the others that are put together from what people say
    speed: float = 0.88  # of phrases and what is near, in the median: on their own they are said slowly
    speeds: float = 0.2  # standard deviation of its log
    near: float = 0.2
    hard: float = 0.12  # where there are mined ones; else more speech
    speech: float = 0.26
    synthetic: float = 0.5  # share of other speech by synthetic voices: that a voice is one must tell nothing
    clean: float = 0.15  # share of rows at 30–60 dB; the others −3–30 dB, mostly about 15
    gated: float = 0.15  # share of rows whose pauses are digital silence
    begin: int = 3  # frames after the phrase's end at which the label begins
    end: int = 19  # and ends


class Clips:
    """Items of several sources, with their features."""

    def __init__(
        self,
        sources: Sequence[tuple[Path, str]],
        held_out: bool,
        weight_by_length: bool = False,
        only: Sequence[Item] | None = None,
        without: Sequence[str] = (),
    ) -> None:
        """Those whose speaker is held out from training, or those whose is not, `without` some phrases.

        Or `only` these.
        """
        self._features: dict[str, npt.NDArray[np.float16]] = {}
        self.items: list[Item] = []
        for folder, source in sources:
            store = Store(folder)
            self._features[source] = store.mapped(source)
            if only is None:
                self.items += [
                    item
                    for item in store.items(source)
                    if is_held_out(item) == held_out and item.frames >= 15 and not says(item.text, without)
                ]
        self.items += only or []
        lengths = np.array(
            [min(item.frames, 400) if weight_by_length else 1 for item in self.items], np.float64
        )
        self._cumulative = np.cumsum(lengths / lengths.sum())

    def __len__(self) -> int:
        return len(self.items)

    def draw(self, rng: np.random.Generator, longest: int | None = None) -> tuple[Item, Frames]:
        """A clip; of one of more than `longest` frames, some part of that length."""
        item = self.items[min(int(np.searchsorted(self._cumulative, rng.random())), len(self.items) - 1)]
        first, frames = 0, item.frames
        if longest is not None and frames > longest:
            first, frames = int(rng.integers(frames - longest)), longest
        start = item.start + first
        return item, self._features[item.source][start : start + frames].astype(np.float32)


class Rows:
    """Draws rows, of training's speakers or of the held-out ones."""

    def __init__(
        self,
        sources: Sources,
        normalisation: Normalisation,
        settings: RowSettings,
        seed: int,
        held_out: bool = False,
        hard: Sequence[Item] = (),
    ) -> None:
        """`hard`: stretches of the training speech that sound like the phrase to the model as it is."""
        self._rng = np.random.default_rng(seed)
        self._settings, self._normalisation = settings, normalisation
        self._phrases = [Clips([source], held_out) for source in sources.phrases]
        self._recorded = [
            Clips([source], held_out) if source and not held_out else None for source in sources.recorded
        ]
        self._people = Sayer(sources.crowd) if sources.crowd and not held_out else None
        self._near = Clips(sources.near, held_out)
        self._speech = Clips(sources.speech, held_out, weight_by_length=True, without=sources.words)
        self._hard = Clips(sources.speech, held_out, only=hard) if hard else self._speech
        self._followers = Clips(sources.followers, held_out)
        self._noise = Clips(sources.noise, held_out, weight_by_length=True)
        energies = self._rng.gamma(3.0, 1 / 3.0, (20 * settings.frames, MELS))
        self._hiss = np.log(energies + 1e-3).astype(np.float32)

    def batch(self) -> Batch:
        """Normalised features (rows, frames, mels); labels (rows, frames / stride): see `mark`."""
        rows = [self.row() for _ in range(self._settings.rows)]
        frames = self._normalisation.batch(np.stack([frames for frames, _ in rows]))
        return frames, np.stack([labels for _, labels in rows])

    def row(self) -> tuple[Frames, Labels]:
        """One row, not normalised."""
        kind, shares = self._rng.random(), self._settings
        labels = np.zeros(shares.frames // STRIDE, np.int8)
        if kind < shares.positive:
            number = int(self._rng.integers(len(self._phrases)))
            return self._phrase_row(*self._saying(number), labels, 1 + number)
        if kind < shares.positive + shares.near:
            return self._phrase_row(*self._near_saying(), labels, None)
        if kind < shares.positive + shares.near + shares.hard and self._hard is not self._speech:
            return self._phrase_row(*self._clip(self._hard), labels, None)
        if kind < shares.positive + shares.near + shares.hard + shares.speech:
            return self._speech_row(labels)
        level = self._rng.uniform(-11, -1)
        return self._finished(_silence(shares.frames), level), labels

    def _saying(self, number: int) -> tuple[Frames, int]:
        """A phrase as recorded, as people would say it, or by a synthetic voice, and where it ends."""
        recorded, shares = self._recorded[number], self._settings
        if recorded:
            share = max(shares.recorded, len(recorded) / (len(recorded) + shares.enough))
            if self._rng.random() < share:
                return self._clip(recorded)
        joined = self._people and self._rng.random() < self._settings.assembled
        said = self._people.phrase(number, self._rng) if self._people and joined else None
        return self._clip(self._phrases[number]) if said is None else self._joined(said)

    def _near_saying(self) -> tuple[Frames, int]:
        """What sounds like a phrase."""
        joined = self._people and self._rng.random() < self._settings.assembled
        said = self._people.near(self._rng) if self._people and joined else None
        return self._clip(self._near) if said is None else self._joined(said)

    def _clip(self, clips: Clips) -> tuple[Frames, int]:
        item, frames = clips.draw(self._rng)
        return self._at_some_speed(frames, len(frames) - TAIL / item.tempo)

    def _joined(self, frames: Frames) -> tuple[Frames, int]:
        whole = np.concatenate((frames, _silence(TAIL)))
        if self._rng.random() < 0.55:
            whole = augment.echoed(whole, self._rng)
        return self._at_some_speed(whole, len(frames))

    def _at_some_speed(self, frames: Frames, end: float) -> tuple[Frames, int]:
        speed = self._settings.speed * float(np.exp(self._rng.normal() * self._settings.speeds))
        played = augment.played(frames, speed)
        return played, min(round(end / speed), len(played))

    def _phrase_row(
        self, phrase: Frames, end: int, labels: Labels, label: int | None
    ) -> tuple[Frames, Labels]:
        """With `phrase`, which ends at its frame `end`."""
        rng, length = self._rng, self._settings.frames
        row, level = _silence(length), self._rng.uniform(-12, 0)
        at = int(rng.integers(min(end, 200), length - self._settings.end))  # where the phrase ends
        _place(row, self._warped(phrase), at - end, level)
        if label is not None:
            mark(labels, at, self._settings, label)
        if rng.random() < 0.35:  # someone speaks before, now and then without a pause
            _, before = self._other().draw(rng, length)
            _place(
                row,
                self._warped(before),
                at - end - len(before) - int(rng.exponential(20)),
                level + rng.normal(),
            )
        if rng.random() < 0.55:
            _, after = (self._followers if rng.random() < 0.7 else self._speech).draw(rng, length)
            _place(row, self._warped(after), at + int(rng.exponential(25)), level + 0.5 * rng.normal())
        return self._finished(row, level), labels

    def _speech_row(self, labels: Labels) -> tuple[Frames, Labels]:
        rng, length = self._rng, self._settings.frames
        row, level = _silence(length), rng.uniform(-12, 0)
        position = -int(rng.integers(0, 200))
        while position < length:
            _, speech = self._other().draw(rng, 2 * length)
            _place(row, self._warped(speech), position, level)
            position += len(speech) + int(rng.exponential(15))
        return self._finished(row, level), labels

    def _other(self) -> Clips:
        """Speech that is not the phrase."""
        return self._followers if self._rng.random() < self._settings.synthetic else self._speech

    def _warped(self, frames: Frames) -> Frames:
        """`frames` by another voice, mostly: each formant moved its own way, the spectrum tilted and bent."""
        rng = self._rng
        if rng.random() < 0.25:
            return frames
        warped = augment.bent(frames, rng, common=1.3, single=1.5)
        return warped + augment.equaliser(rng, MELS, depth=min(rng.exponential(0.8), 2.0))

    def _finished(self, row: Frames, level: float) -> Frames:
        """With noise, through a microphone. `level` is the speech's."""
        rng = self._rng
        ratio = rng.uniform(30, 60) if rng.random() < self._settings.clean else rng.triangular(-3, 15, 30)
        noise = self._background(len(row))
        row = augment.mixed(row, noise, level - augment.loudness(noise) - ratio * DB)
        row += augment.equaliser(rng, MELS, depth=0.6)
        if rng.random() < self._settings.gated:
            row = augment.gated(row, rng.uniform(12, 40) * DB)
        return np.logaddexp(row, augment.FLOOR)

    def _background(self, length: int) -> Frames:
        rng, kind = self._rng, self._rng.random()
        if kind < 0.2:
            return self._steady(length)
        _, noise = (self._speech if kind < 0.3 else self._noise).draw(rng, length)
        first = int(rng.integers(0, len(noise)))
        noise = np.take(noise, np.arange(first, first + length), axis=0, mode="wrap")
        if rng.random() < 0.5:  # a room is never silent between two barks
            steady = self._steady(length)
            noise = augment.mixed(
                noise, steady, augment.loudness(noise) - augment.loudness(steady) - rng.uniform(1, 7)
            )
        return noise

    def _steady(self, length: int) -> Frames:
        """A fan, an amplifier's hiss, distant traffic: coloured, gamma-distributed energies."""
        first = int(self._rng.integers(len(self._hiss) - length))
        return self._hiss[first : first + length] + augment.equaliser(self._rng, MELS, depth=1.5)


def mark(labels: Labels, end: int, settings: RowSettings, label: int = 1) -> None:
    """Labels a phrase that ends at frame `end`: `label`, its number, just after it, IGNORED around that.

    Everywhere else labels are 0: the end of none.
    """
    seen = np.arange(len(labels)) * STRIDE + STRIDE - 1 - end  # each output's last frame, from the end on
    labels[(seen >= settings.begin - 14) & (seen < settings.end + 26)] = IGNORED
    labels[(seen >= settings.begin) & (seen < settings.end)] = label


def _rows(
    sources: Sources, normalisation: Normalisation, settings: RowSettings, seed: int, hard: Sequence[Item]
) -> Callable[[], Batch]:
    return Rows(sources, normalisation, settings, seed, hard=hard).batch


def batches(
    sources: Sources,
    normalisation: Normalisation,
    settings: RowSettings,
    seed: int,
    hard: Sequence[Item] = (),
) -> Generator[Batch]:
    """Batches without end, made by another process; closing the generator ends it."""
    return endless(_rows, sources, normalisation, settings, seed, hard)


def _silence(length: int) -> Frames:
    return np.full((length, MELS), augment.FLOOR, np.float32)


def _place(row: Frames, clip: Frames, at: int, level: float) -> None:
    """Adds `clip`, brought to loudness `level`, to `row` from frame `at` on; what lies outside is cut off."""
    start, stop = max(0, at), min(len(row), at + len(clip))
    if start < stop:
        part = clip[start - at : stop - at] + np.float32(level - augment.loudness(clip))
        row[start:stop] = np.logaddexp(row[start:stop], part)
