"""`mynah-train evaluate wake`: how often a wake bundle is missed and how often it wakes wrongly.

By the device's own code on the int8 bundle. Misses: the phrase as people said it, or voices that training
never heard, with background before and after it, clean and in noise that training never heard. False accepts:
recordings without the phrase, one after another, as they are. Everything that could wake keeps its
probability, so one pass gives the miss rate at any rate of false accepts.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from device.audio.wav import read
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import WakeWord, scores
from training.corpus import manifest, synthesis
from training.evaluate.recordings import CLEAN, Noises, ratio_name, share_with_interval
from training.wake.corpus import HELD_OUT_SPEECH
from training.wake.measure import phrases
from training.wake.phrases import Phrase

AROUND = 1.5
"""Seconds of background before and after each saying of the phrase."""
RATES = (0.1, 0.5, 1.0)
"""False accepts an hour at which misses are told."""
BLOCK = 600 * SAMPLE_RATE
"""Background that is heard in one go."""
SOUNDS = (".wav", ".flac", ".opus", ".ogg", ".mp3")


class Ear:
    """A wake bundle as the daemon runs it, but that everything which could wake is told."""

    def __init__(self, bundle: Path, acoustic: Path | None) -> None:
        """With the second look of the bundle `acoustic`, if one is named and `bundle` wants it."""
        own = Bundle.load(bundle, "wake")
        judge = SecondLook(AcousticModel(Bundle.load(acoustic, "hearing"))) if acoustic else None
        self.name = own.name
        self.twice = judge is not None and "second_look" in own.decision
        self.threshold = WakeWord.load([own], second_look=judge).models[0].threshold
        self._refractory = float(own.decision["refractory"])
        self._output = own.stream.stride * own.features.hop / SAMPLE_RATE
        # A second look tells the probability of each candidate; without one, the scores themselves do.
        self._wake = WakeWord.load([own], {own.name: 0.0} if self.twice else None, judge)

    def probabilities(self, samples: Samples) -> list[float]:
        """Of all that could wake in a recording, each at least the refractory time from the next."""
        found, detections = scores(self._wake, samples)
        if self.twice:
            return [detection.probability for detection in detections]
        return peaks(found[self.name], round(self._refractory / self._output))


def peaks(values: np.ndarray, apart: int) -> list[float]:
    """The highest values, the highest first, none nearer than `apart` to one that was taken."""
    left, taken = values.astype(np.float64), []
    while len(left) and (best := int(np.argmax(left))) >= 0 and left[best] > 0.01:
        taken.append(float(left[best]))
        left[max(0, best - apart) : best + apart + 1] = 0.0
    return taken


@dataclass(frozen=True, slots=True)
class Background:
    """What would have woken in recordings without the phrase: probabilities, over `hours`; CPU seconds."""

    events: tuple[float, ...]
    hours: float
    work: float

    def per_hour(self, threshold: float) -> float:
        return sum(event >= threshold for event in self.events) / max(self.hours, 1e-9)

    def threshold(self, rate: float) -> float:
        """The lowest at which there are at most `rate` false accepts an hour."""
        allowed = math.floor(rate * self.hours + 1e-9)
        ordered = sorted(self.events, reverse=True)
        return math.nextafter(ordered[allowed], 1.0) if allowed < len(ordered) else 0.0


def said(phrase: str, folders: Sequence[Path], count: int) -> tuple[str, list[Samples]]:
    """Who says the phrase, and how: the recordings of it in `folders`, or `count` by held-out voices."""
    if not folders:
        return "voices that training never heard", phrases(
            Phrase(phrase), synthesis.HELD_OUT_VOICES, count, 21
        )
    kept = [
        path
        for folder in folders
        for path, text in recordings(folder)
        if text in ("", manifest.normalise(phrase))
    ]
    if not kept:
        raise MynahError(f"no recording of {phrase!r} in {', '.join(map(str, folders))}; name another folder")
    return "recordings", [read(path) for path in kept]


def recordings(folder: Path) -> list[tuple[Path, str]]:
    """The recordings of a folder and what is said in them: its manifest's, or all there are, with no text."""
    if (folder / "manifest.tsv").is_file():
        return [(item.path, item.text) for item in manifest.read_manifest(folder)]
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    if not found:
        raise MynahError(f"{folder}: no recordings in it; name a folder with {', '.join(SOUNDS)} files")
    return [(path, "") for path in found]


def heard(ear: Ear, spoken: Sequence[Samples], ratio: float, noises: Noises | None) -> list[float]:
    """The highest probability at each saying of the phrase; 0 where there is none."""
    edge = np.zeros(round(AROUND * SAMPLE_RATE), np.int16)
    found = []
    for number, samples in enumerate(tqdm(spoken, ratio_name(ratio), mininterval=10)):
        padded = np.concatenate((edge, samples, edge))
        if noises is not None:
            padded = noises.behind(padded, ratio, number)
        found.append(max(ear.probabilities(padded), default=0.0))
    return found


def background(ear: Ear, folders: Sequence[Path], left_out: bool) -> Background:
    """All recordings of `folders`, or those by speakers that the wake word's training left out."""
    events: list[float] = []
    length, work = 0, 0.0
    for samples in _blocks(folders, left_out):
        began = time.process_time()
        events += ear.probabilities(samples)
        work += time.process_time() - began
        length += len(samples)
    return Background(tuple(events), length / SAMPLE_RATE / 3600, work)


def _blocks(folders: Sequence[Path], left_out: bool) -> Iterator[Samples]:
    for folder in folders:
        if left_out:
            items = manifest.read_manifest(folder)
            paths = [item.path for item in items if manifest.held_out(item.speaker, HELD_OUT_SPEECH)]
        else:
            paths = [path for path, _ in recordings(folder)]
        joined: list[Samples] = []
        for number, path in enumerate(tqdm(paths, folder.name, mininterval=10), start=1):
            joined.append(read(path))
            if sum(map(len, joined)) > BLOCK or number == len(paths):
                yield np.concatenate(joined)
                joined = []


def table(
    ear: Ear, sayings: Mapping[str, Sequence[float]], silent: Background | None
) -> list[dict[str, Any]]:
    """Misses by ratio at the bundle's own threshold and, where there is background, at each of RATES."""
    thresholds = {"as shipped": ear.threshold}
    if silent is not None:
        thresholds |= {f"{rate:g} an hour": silent.threshold(rate) for rate in RATES}
    rows = []
    for ratio, probabilities in sayings.items():
        for name, threshold in thresholds.items():
            missed = sum(value < threshold for value in probabilities)
            share, low, high = share_with_interval(missed, len(probabilities))
            rows.append(
                {
                    "noise": ratio,
                    "at": name,
                    "threshold": round(threshold, 4),
                    "said": len(probabilities),
                    "missed": round(share, 4),
                    "interval": [round(low, 4), round(high, 4)],
                    "false_accepts_per_hour": round(silent.per_hour(threshold), 3) if silent else None,
                }
            )
    return rows


def report(who: str, rows: Sequence[Mapping[str, Any]], silent: Background | None) -> str:
    lines = [f"{rows[0]['said']} sayings by {who}" if rows else f"nothing said by {who}"]
    if silent is not None:
        cost = silent.work / max(silent.hours, 1e-9)
        lines.append(f"{silent.hours:.2f} h without the phrase, {cost:.1f} CPU seconds an hour")
    lines.append(f"{'noise':>8} {'false accepts':>14} {'threshold':>10} {'missed':>8} {'95 % interval':>16}")
    for row in rows:
        low, high = row["interval"]
        lines.append(
            f"{row['noise']:>8} {row['at']:>14} {row['threshold']:>10.4f} {row['missed']:>8.1%}"
            f" {low:>7.1%}…{high:<7.1%}"
            + (
                f"  ({row['false_accepts_per_hour']:.2f} an hour)"
                if row["at"] == "as shipped" and silent
                else ""
            )
        )
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--acoustic", type=Path, help="bundle of the acoustic model that takes a second look")
    parser.add_argument(
        "--positives", type=Path, action="append", default=[], help="recordings of it (else held-out voices)"
    )
    parser.add_argument("--count", type=int, default=400, help="how often held-out voices say it (400)")
    parser.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")
    parser.add_argument(
        "--background", type=Path, action="append", default=[], help="recordings in which nobody says it"
    )
    parser.add_argument(
        "--left-out", action="store_true", help="of --background, the speakers that training left out"
    )
    parser.add_argument("--picture", type=Path, help="write the curves of misses over false accepts here")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    ear = Ear(arguments.bundle, arguments.acoustic)
    noises = Noises(arguments.noise) if any(ratio != CLEAN for ratio in ratios) else None
    who, spoken = said(ear.name, arguments.positives, arguments.count)
    sayings = {ratio_name(ratio): heard(ear, spoken, ratio, noises) for ratio in ratios}
    silent = background(ear, arguments.background, arguments.left_out) if arguments.background else None
    rows = table(ear, sayings, silent)
    print(report(who, rows, silent))
    if arguments.json:
        hours = {"hours": round(silent.hours, 3), "cpu_seconds": round(silent.work, 2)} if silent else None
        content = {"name": ear.name, "said_by": who, "misses": rows, "background": hours}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n")
    if arguments.picture and silent is not None:
        from training.evaluate.pictures import detection_errors

        detection_errors(ear.name, sayings, silent, ear.threshold, arguments.picture)
