"""`mynah-train evaluate wake`: how often a wake bundle is missed and how often it wakes wrongly.

By the device's own code on the int8 bundle. Misses: the phrase as people said it, or voices that training
never heard, with background before and after it, clean and in noise that training never heard. False accepts:
recordings without the phrase, one after another, as they are. Everything that could wake keeps its
probability, so one pass gives the miss rate at any rate of false accepts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tqdm import tqdm

from device.audio.wav import read
from device.engine.bundle import Bundle
from device.errors import MynahError, UsageError
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import WakeWord, scores
from device.settings import Settings
from training.corpus import manifest, synthesis
from training.corpus.noises import CLEAN, Noises, ratio_name
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


class Listener(Protocol):
    """Something that waits for its phrase. `threshold`: the probability with which it wakes."""

    name: str
    phrase: str
    threshold: float

    def events(self, samples: Samples) -> list[tuple[float, int]]: ...
    def best(self, samples: Samples) -> float: ...


class Ear:
    """A word of a wake bundle as the daemon runs it, but that everything which could wake is told."""

    def __init__(self, own: Bundle, word: str, acoustic: Path | None) -> None:
        """With the second look of the bundle `acoustic`, if one is named and the word wants it."""
        judge = SecondLook(AcousticModel(Bundle.load(acoustic, "hearing"))) if acoustic else None
        self.name = self.phrase = word
        self.twice = judge is not None and "second_look" in own.decision["words"][word]
        shipped = {one.name: one for one in WakeWord.load([own], second_look=judge).words}
        self.threshold = shipped[word].threshold
        self._refractory = float(own.decision["refractory"])
        self._output = own.stream.stride * own.features.hop / SAMPLE_RATE
        # A second look tells the probability of each candidate; without one, the scores themselves do.
        self._wake = WakeWord.load([own], {word: 0.0} if self.twice else None, judge)

    def events(self, samples: Samples) -> list[tuple[float, int]]:
        """All that could wake in a recording, (probability, sample), the refractory time or more apart."""
        values_of, detections = scores(self._wake, samples)
        if self.twice:
            gap = round(self._refractory * SAMPLE_RATE)
            own = [(one.probability, one.at) for one in detections if one.name == self.name]
            return measure.apart(own, gap, lambda event: event[0], lambda event: event[1])
        places = peaks(values_of[self.name], round(self._refractory / self._output))
        return [(value, round(place * self._output * SAMPLE_RATE)) for value, place in places]

    def best(self, samples: Samples) -> float:
        """The probability with which a recording wakes at some time."""
        return best_of(self.events(samples))


def best_of(events: Sequence[tuple[float, int]]) -> float:
    """The highest probability; 0 without events."""
    return max((probability for probability, _ in events), default=0.0)


def peaks(values: np.ndarray, apart: int) -> list[tuple[float, int]]:
    """The highest values with their places, the highest first, none within `apart` of one that was taken."""
    left, taken = values.astype(np.float64), []
    while len(left) and left[best := int(np.argmax(left))] > 0.01:
        taken.append((float(left[best]), best))
        left[max(0, best - apart) : best + apart + 1] = 0.0
    return taken


@dataclass(frozen=True, slots=True)
class Saying:
    """The phrase as somebody said it."""

    speaker: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Heard:
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


def heard(ear: Listener, sayings: Sequence[Saying], ratio: float, noises: Noises | None) -> list[Heard]:
    """Every saying as `surrounded` gives it."""
    each = zip(sayings, surrounded(sayings, ratio, noises), strict=True)
    return [Heard(saying.speaker, ratio, ear.best(samples)) for saying, samples in each]


def background(ear: Listener, folders: Sequence[Path], left_out: bool, kept: float = 0.5) -> Background:
    """All recordings of `folders`, or those by the people whom neither training nor thresholds heard.

    `kept`: the share of the bundle's threshold from which on an event keeps its sound.
    """
    events: list[Event] = []
    length, work = 0, 0.0
    for folder in folders:
        for block in blocks(folder, left_out, [ear.phrase]):
            each = [read(item.path) for item in block]
            samples, ends = np.concatenate(each), np.cumsum([len(one) for one in each])
            began = time.process_time()
            found = ear.events(samples)
            work += time.process_time() - began
            length += len(samples)
            for probability, at in found:
                item = block[min(int(np.searchsorted(ends, at)), len(block) - 1)]
                sound = samples[max(0, at - CLIP) : at + CLIP // 8]
                loud = probability >= kept * ear.threshold
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


def table(ear: Listener, sayings: Sequence[Heard], silent: Background | None) -> list[dict[str, Any]]:
    """Misses by ratio at the bundle's own threshold and, where there is background, at each of RATES."""
    thresholds = {"as shipped": ear.threshold}
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
    sayings: list[Heard]
    silent: Background | None
    rows: list[dict[str, Any]]

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        silent = self.silent
        hours = {"hours": round(silent.hours, 3), "cpu_seconds": round(silent.work, 2)} if silent else None
        return {"name": self.name, "misses": self.rows, "background": hours}


def examined(
    ear: Listener,
    spoken: Sequence[Saying],
    ratios: Sequence[float],
    noise: Path | None,
    folders: Sequence[Path],
    left_out: bool,
) -> Examination:
    """`spoken` at each ratio, and the background in `folders`, if any: see `background`."""
    noises = noises_for(ratios, noise)
    sayings = [one for ratio in ratios for one in heard(ear, spoken, ratio, noises)]
    silent = background(ear, folders, left_out) if folders else None
    return Examination(ear.name, ear.threshold, sayings, silent, table(ear, sayings, silent))


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


def common_arguments(parser: argparse.ArgumentParser) -> None:
    """What every evaluation of a wake bundle is told: what hears, and in which noise."""
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument(
        "--acoustic",
        type=Path,
        default=Settings().hearing.bundle,
        help="bundle of the acoustic model that takes a second look (the shipped one)",
    )
    parser.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common_arguments(parser)
    parser.add_argument("--word", help="one of the bundle's words (all)")
    parser.add_argument("--no-second-look", action="store_true", help="the small model alone")
    parser.add_argument(
        "--positives", type=Path, action="append", default=[], help="recordings of it (else held-out voices)"
    )
    parser.add_argument("--count", type=int, default=400, help="how often held-out voices say it (400)")
    parser.add_argument(
        "--background", type=Path, action="append", default=[], help="recordings in which nobody says it"
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="of --background, the speakers whom neither training nor the threshold's choice heard",
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        help="another's wake word beside it, on the same background: microwakeword:hey_jarvis,"
        " openwakeword:alexa …; held-out voices say its own phrase",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        help="write the curves of misses over false accepts here, with the second look and without it,"
        " and tell what that costs",
    )
    parser.add_argument("--page", type=Path, help="write all of it as one HTML page here")
    parser.add_argument("--clips", type=int, default=10, help="false accepts to be heard on the page (10)")
    parser.add_argument("--run", type=Path, help="run folder whose training curves go onto the page")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    acoustic = None if arguments.no_second_look else arguments.acoustic
    bundle = Bundle.load(arguments.bundle, "wake")
    words = [arguments.word] if arguments.word else bundle.labels
    if words[0] not in bundle.labels:
        known = ", ".join(bundle.labels)
        raise UsageError(f"{arguments.bundle} has no word {words[0]!r}: take one of {known}")
    if len(words) > 1 and (arguments.picture or arguments.page):
        raise UsageError(f"--picture and --page show one --word: take one of {', '.join(words)}")
    ears = [Ear(bundle, word, acoustic) for word in words]
    listeners: list[tuple[Listener, Sequence[Path]]] = [(ear, arguments.positives) for ear in ears]
    if arguments.peer:
        from training.evaluate.peers import named

        listeners += [(named(peer), ()) for peer in arguments.peer]

    def told(listener: Listener, spoken: Sequence[Saying], name: str) -> Examination:
        one = examined(listener, spoken, ratios, arguments.noise, arguments.background, arguments.left_out)
        print(f"{name}: {report(one.rows, one.silent)}", flush=True)
        return dataclasses.replace(one, name=name)

    every = []
    for listener, positives in listeners:
        spoken = sayings_of(listener.phrase, positives, arguments.count)
        every.append(told(listener, spoken, listener.name))
    found, alone, content = every[0], None, [one.figures() for one in every]
    if arguments.picture and acoustic and ears[0].twice:
        from training.evaluate import delay

        spoken = sayings_of(words[0], arguments.positives, arguments.count)
        alone = told(Ear(bundle, words[0], None), spoken, f"{words[0]} without the second look")
        noises = noises_for(ratios, arguments.noise)
        each = (samples for ratio in ratios for samples in surrounded(spoken, ratio, noises))
        costs = delay.measured(bundle, words[0], acoustic, each)
        print(costs)
        content += [alone.figures() | {"second_look": dataclasses.asdict(costs)}]
    if arguments.json:
        figures = content if len(content) > 1 else content[0]
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if arguments.picture and found.silent is not None:
        from training.evaluate.pictures import detection_errors, save

        save(detection_errors(found, alone), arguments.picture)
    if arguments.page:
        from training.evaluate.page import wake_page

        page = wake_page(found, alone, arguments.clips, arguments.run)
        arguments.page.write_text(page, encoding="utf-8")
