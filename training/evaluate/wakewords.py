"""How often a wake bundle is missed and how often it wakes wrongly, by the device's own code.

Misses: the phrase by voices that training never heard, clean and in noise that it never heard. False
accepts: recordings of people whom training left out, one after another, as they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from device.audio.wav import read
from device.engine.bundle import Bundle
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import WakeWord, scores
from training.corpus import manifest, synthesis
from training.evaluate.recordings import CLEAN, Noises, ratio_name, share_with_interval
from training.wake.corpus import HELD_OUT_SPEECH
from training.wake.measure import phrases
from training.wake.phrases import Phrase

BEFORE, AFTER = 1.5, 1.5  # s of background around the phrase


@dataclass(frozen=True, slots=True)
class Report:
    """`heard`: for each ratio how many of `spoken` phrases; `accepts` and `hours` by source of speech."""

    spoken: int
    heard: Mapping[str, int]
    delay: float  # s, median error of the reported end of the phrase
    accepts: Mapping[str, int]
    hours: Mapping[str, float]

    def __str__(self) -> str:
        lines = []
        for name, heard in self.heard.items():
            share, low, high = share_with_interval(heard, self.spoken)
            lines.append(f"heard, {name:>6}: {heard} of {self.spoken}, {share:.1%} ({low:.1%}–{high:.1%})")
        total = sum(self.hours.values())
        if total:
            count = sum(self.accepts.values())
            lines.append(f"false accepts: {count} in {total:.2f} h of speech, {count / total:.2f} an hour")
            lines += [f"  {name}: {self.accepts[name]} in {self.hours[name]:.2f} h" for name in self.hours]
        return "\n".join(lines)


def load(bundle: Bundle, acoustic: Path | None) -> WakeWord:
    """`bundle` as the daemon runs it: with the second look of the bundle `acoustic`, if one is named."""
    judge = SecondLook(AcousticModel(Bundle.load(acoustic, "hearing"))) if acoustic else None
    return WakeWord.load([bundle], second_look=judge)


def measure(
    wake: WakeWord,
    voices: Sequence[synthesis.Voice],
    count: int,
    ratios: Iterable[float],
    noises: Noises | None,
) -> tuple[dict[str, int], list[float]]:
    """By ratio how often the phrase was heard; and how late the reported ends were, in seconds."""
    spoken = phrases(Phrase(wake.models[0].name), voices, count, seed=21)
    heard: dict[str, int] = {}
    errors: list[float] = []
    for ratio in ratios:
        name = ratio_name(ratio)
        for number, samples in enumerate(tqdm(spoken, name, mininterval=10)):
            before, after = (np.zeros(int(seconds * SAMPLE_RATE), np.int16) for seconds in (BEFORE, AFTER))
            padded = np.concatenate((before, samples, after))
            if noises is not None:
                padded = noises.behind(padded, ratio, number)
            end = len(before) + len(samples)
            _, found = scores(wake, padded)
            near = [d for d in found if abs(d.at - end) < 0.6 * SAMPLE_RATE]
            heard[name] = heard.get(name, 0) + bool(near)
            errors += [(near[0].at - end) / SAMPLE_RATE] if near else []
    return heard, errors


def false_accepts(
    wake: WakeWord, folders: Iterable[Path], everyone: bool
) -> Iterator[tuple[str, int, float]]:
    """For each folder its name, how often `wake` woke, and the hours of speech.

    Of the speakers that training left out, or of `everyone`.
    """
    for folder in folders:
        kept = [
            item
            for item in manifest.read_manifest(folder)
            if everyone or manifest.held_out(item.speaker, HELD_OUT_SPEECH)
        ]
        joined: list[Samples] = []
        count = length = 0
        for number, item in enumerate(tqdm(kept, folder.name, mininterval=10), start=1):
            joined.append(read(item.path))
            if len(joined) == 100 or number == len(kept):
                samples = np.concatenate(joined)
                count, length, joined = count + len(scores(wake, samples)[1]), length + len(samples), []
        yield folder.name, count, length / SAMPLE_RATE / 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--acoustic", type=Path, help="bundle of the acoustic model that takes a second look")
    parser.add_argument("--count", type=int, default=400, help="how often the phrase is said")
    parser.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")
    parser.add_argument("--speech", type=Path, action="append", default=[], help="folder without the phrase")
    parser.add_argument("--everyone", action="store_true", help="all of its speakers: none was trained on")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> Report:
    wake = load(Bundle.load(arguments.bundle, "wake"), arguments.acoustic)
    noises = Noises(arguments.noise) if any(ratio != CLEAN for ratio in ratios) else None
    heard, errors = measure(wake, synthesis.HELD_OUT_VOICES, arguments.count, ratios, noises)
    found = list(false_accepts(wake, arguments.speech, arguments.everyone))
    report = Report(
        spoken=arguments.count,
        heard=heard,
        delay=round(float(np.median(errors or [0.0])), 3),
        accepts={name: count for name, count, _ in found},
        hours={name: round(hours, 3) for name, _, hours in found},
    )
    print(report)
    if arguments.json:
        content = {name: getattr(report, name) for name in report.__slots__}
        arguments.json.write_text(json.dumps(content, indent=1))
    return report
