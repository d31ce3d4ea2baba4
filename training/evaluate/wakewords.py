"""How often a wake word is missed, and how often it wakes wrongly.

Misses: the phrase as people said it, or by voices that training never heard, with background before and after
it, clean and in noise that training never heard. False accepts: recordings without the phrase, one after
another, as they are. Everything that could wake keeps its probability, so one pass gives the miss rate at any
rate of false accepts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from device.audio.wav import read
from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from training.corpus import manifest, synthesis
from training.corpus.noises import CLEAN, Noises, ratio_name
from training.evaluate.detectors import Detector
from training.evaluate.intervals import share_with_interval
from training.wake import measure
from training.wake.corpus import is_gated, says
from training.wake.phrases import Phrase

AROUND = 1.5
"""Seconds of background before and after each saying of the phrase."""
RATES = (0.1, 0.5, 1.0)
"""False accepts an hour at which misses are told."""
BLOCK = 100
"""Recordings of background that are heard in one go."""
CLIP = 2 * SAMPLE_RATE
"""Samples that are kept of what led to a false accept."""


@dataclass(frozen=True, slots=True)
class Saying:
    """The phrase as somebody said it."""

    speaker: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Attempt:
    """A saying at one ratio: the probability with which it wakes."""

    speaker: str
    ratio: float
    probability: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that could wake though nobody said the phrase; `sound`: what led to it, where it is kept."""

    probability: float
    said: str = ""
    source: str = ""
    sound: Samples | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """What could have woken in `hours` of recordings without the phrase; `work` in CPU seconds."""

    events: tuple[Event, ...]
    hours: float
    work: float

    def per_hour(self, threshold: float) -> float:
        return sum(event.probability >= threshold for event in self.events) / max(self.hours, 1e-9)

    def threshold(self, rate: float) -> float:
        """The lowest at which there are at most `rate` false accepts an hour."""
        allowed = math.floor(rate * self.hours + 1e-9)
        ordered = sorted((event.probability for event in self.events), reverse=True)
        return math.nextafter(ordered[allowed], 1.0) if allowed < len(ordered) else 0.0

    def worst(self, count: int) -> list[Event]:
        return sorted(self.events, key=lambda event: -event.probability)[:count]


def sayings_of(phrase: str, folders: Sequence[Path], count: int) -> list[Saying]:
    """The recordings of the phrase in `folders`; without folders, `count` sayings by held-out voices."""
    if not folders:
        spoken = measure.sayings(Phrase(phrase), synthesis.HELD_OUT_VOICES, count, seed=21)
        return [Saying(str(voice), samples) for voice, samples in spoken]
    items = [item for folder in folders for item in manifest.recordings(folder)]
    kept = sayings_by(item for item in items if item.text in ("", manifest.normalise(phrase)))
    if not kept:
        raise MynahError(f"no recording of {phrase!r} in {', '.join(map(str, folders))}; name another folder")
    return kept


def sayings_by(items: Iterable[manifest.Utterance]) -> list[Saying]:
    return [Saying(item.speaker, read(item.path)) for item in items]


def surrounded(sayings: Sequence[Saying], ratio: float, noises: Noises | None) -> Iterator[Samples]:
    """Every saying with background around it, in noise at `ratio`."""
    edge = np.zeros(round(AROUND * SAMPLE_RATE), np.int16)
    for number, saying in enumerate(tqdm(sayings, ratio_name(ratio), mininterval=10)):
        padded = np.concatenate((edge, saying.samples, edge))
        yield padded if noises is None else noises.behind(padded, ratio, number)


def heard(
    detector: Detector, sayings: Sequence[Saying], ratio: float, noises: Noises | None
) -> list[Attempt]:
    """Every saying as `surrounded` gives it."""
    each = zip(sayings, surrounded(sayings, ratio, noises), strict=True)
    return [Attempt(saying.speaker, ratio, detector.best(samples)) for saying, samples in each]


def background(detector: Detector, folders: Sequence[Path], left_out: bool, kept: float = 0.5) -> Background:
    """All recordings of `folders`, or those by the people whom neither training nor thresholds heard.

    `kept`: the share of the bundle's threshold from which on an event keeps its sound.
    """
    events: list[Event] = []
    length, work = 0, 0.0
    for folder in folders:
        for block in blocks(folder, left_out, [detector.phrase]):
            each = [read(item.path) for item in block]
            samples, ends = np.concatenate(each), np.cumsum([len(one) for one in each])
            began = time.process_time()
            found = detector.events(samples)
            work += time.process_time() - began
            length += len(samples)
            for probability, at in found:
                item = block[min(int(np.searchsorted(ends, at)), len(block) - 1)]
                sound = samples[max(0, at - CLIP) : at + CLIP // 8]
                loud = probability >= kept * detector.threshold
                events.append(Event(probability, item.text, folder.name, sound if loud else None))
    return Background(tuple(events), length / SAMPLE_RATE / 3600, work)


def blocks(folder: Path, left_out: bool, phrases: Sequence[str]) -> Iterator[list[manifest.Utterance]]:
    """Recordings without any of `phrases`, many at a time."""
    kept = [
        item
        for item in manifest.recordings(folder)
        if not says(item.text, phrases) and (not left_out or is_gated(item.speaker))
    ]
    for first in tqdm(range(0, len(kept), BLOCK), folder.name, mininterval=10):
        yield kept[first : first + BLOCK]


def table(detector: Detector, sayings: Sequence[Attempt], silent: Background | None) -> list[dict[str, Any]]:
    """Misses by ratio at the bundle's own threshold and, where there is background, at each of RATES."""
    thresholds = {"as shipped": detector.threshold}
    if silent is not None:
        thresholds |= {f"{rate:g} an hour": silent.threshold(rate) for rate in RATES}
    rows = []
    for ratio in sorted({one.ratio for one in sayings}, reverse=True):
        part = [one.probability for one in sayings if one.ratio == ratio]
        for name, threshold in thresholds.items():
            share, low, high = share_with_interval(sum(value < threshold for value in part), len(part))
            rows.append(
                {
                    "noise": ratio_name(ratio),
                    "at": name,
                    "threshold": round(threshold, 4),
                    "said": len(part),
                    "missed": round(share, 4),
                    "interval": [round(low, 4), round(high, 4)],
                    "false_accepts_per_hour": round(silent.per_hour(threshold), 3) if silent else None,
                }
            )
    return rows


@dataclass(frozen=True, slots=True)
class Examination:
    """All that is to be told of a wake word. `threshold`: as shipped; `rows`: of `table`."""

    name: str
    threshold: float
    sayings: list[Attempt]
    silent: Background | None
    rows: list[dict[str, Any]]

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        silent = self.silent
        hours = {"hours": round(silent.hours, 3), "cpu_seconds": round(silent.work, 2)} if silent else None
        return {"name": self.name, "misses": self.rows, "background": hours}


def examined(
    detector: Detector,
    spoken: Sequence[Saying],
    ratios: Sequence[float],
    noise: Path | None,
    folders: Sequence[Path],
    left_out: bool,
) -> Examination:
    """`spoken` at each ratio, and the background in `folders`, if any: see `background`."""
    noises = noises_for(ratios, noise)
    sayings = [one for ratio in ratios for one in heard(detector, spoken, ratio, noises)]
    silent = background(detector, folders, left_out) if folders else None
    return Examination(detector.name, detector.threshold, sayings, silent, table(detector, sayings, silent))


def noises_for(ratios: Sequence[float], folder: Path | None) -> Noises | None:
    """The noises of `folder`, where one of the ratios needs them."""
    return Noises(folder) if folder and any(ratio != CLEAN for ratio in ratios) else None


def report(rows: Sequence[Mapping[str, Any]], silent: Background | None) -> str:
    lines = []
    if silent is not None:
        cost = silent.work / max(silent.hours, 1e-9)
        lines.append(f"{silent.hours:.2f} h without the phrase, {cost:.1f} CPU seconds an hour")
    lines.append(
        f"{'noise':>8} {'false accepts':>14} {'threshold':>10} {'said':>6} {'missed':>8}"
        f" {'95 % interval':>16}"
    )
    for row in rows:
        (low, high), rate = row["interval"], row["false_accepts_per_hour"]
        shipped = f"  ({rate:.2f} an hour)" if row["at"] == "as shipped" and rate is not None else ""
        lines.append(
            f"{row['noise']:>8} {row['at']:>14} {row['threshold']:>10.4f} {row['said']:>6}"
            f" {row['missed']:>8.1%} {low:>7.1%}…{high:<7.1%}{shipped}"
        )
    return "\n".join(lines)
