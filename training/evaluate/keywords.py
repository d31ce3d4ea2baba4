"""`mynah-train evaluate keywords`: which word of a wake bundle is heard where people say one of them.

The device's own detector over recordings, one word each, clean and in noise: what it wakes with first is what
it heard. And how often each word is heard in other speech.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.audio.pcm import chunked
from device.audio.wav import read
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.events import SAMPLE_RATE, Detection, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import SecondLook
from device.hearing.wake import WakeWord, scores
from training.corpus import manifest
from training.corpus.noises import ratio_name
from training.evaluate import wakewords
from training.evaluate.arguments import add_wake_arguments
from training.evaluate.intervals import share_with_interval
from training.wake.corpus import is_gated

NOTHING = "–"
"""What is heard where no word wakes."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A recording of the word `said`, at one ratio; `heard`: a word, or NOTHING."""

    said: str
    ratio: float
    heard: str


@dataclass(frozen=True, slots=True)
class Accepts:
    """How often each word was heard in `hours` without any of them."""

    counts: Mapping[str, int]
    hours: float

    def per_hour(self, word: str) -> float:
        return self.counts.get(word, 0) / max(self.hours, 1e-9)


def detector(bundle: Bundle, acoustic: Path | None) -> WakeWord:
    """As the daemon has it; with the second look of the bundle `acoustic`, if one is named."""
    judge = SecondLook(AcousticModel(Bundle.load(acoustic, "hearing"))) if acoustic else None
    return WakeWord.load([bundle], second_look=judge)


def recordings(words: Sequence[str], folders: Sequence[Path], left_out: bool) -> list[manifest.Utterance]:
    """Those whose text is one of `words`; MynahError without any.

    `left_out`: by people whom neither training nor thresholds heard.
    """
    texts = {manifest.normalise(word) for word in words}
    every = (item for folder in folders for item in manifest.recordings(folder))
    found = [item for item in every if item.text in texts and (not left_out or is_gated(item.speaker))]
    if not found:
        raise MynahError(
            f"no recording of {', '.join(words)} in {', '.join(map(str, folders))}; name another folder"
        )
    return found


def heard(
    wake: WakeWord, items: Sequence[manifest.Utterance], ratios: Sequence[float], noise: Path | None
) -> list[Spotted]:
    """Every recording, with a second and a half of background around it, at every ratio."""
    noises = wakewords.noises_for(ratios, noise)
    sayings = wakewords.sayings_by(items)
    return [
        Spotted(item.text, ratio, first(wake, samples))
        for ratio in ratios
        for item, samples in zip(items, wakewords.surrounded(sayings, ratio, noises), strict=True)
    ]


def first(wake: WakeWord, samples: Samples) -> str:
    """The word with which a recording wakes, or NOTHING."""
    found = wake.detect(chunked([samples]))
    return manifest.normalise(found.name) if isinstance(found, Detection) else NOTHING


def accepts(wake: WakeWord, words: Sequence[str], folders: Sequence[Path], left_out: bool) -> Accepts:
    """What is heard in the recordings of `folders` in which none of `words` is said."""
    counts: Counter[str] = Counter()
    length = 0
    for folder in folders:
        for block in wakewords.blocks(folder, left_out, words):
            samples = np.concatenate([read(item.path) for item in block])
            _, detections = scores(wake, samples)
            counts.update(manifest.normalise(one.name) for one in detections)
            length += len(samples)
    return Accepts(counts, length / SAMPLE_RATE / 3600)


def confusions(found: Sequence[Spotted], ratio: float, words: Sequence[str]) -> npt.NDArray[np.int64]:
    """(words, words and NOTHING): how often which was heard where which was said."""
    columns = [*words, NOTHING]
    counts = np.zeros((len(words), len(columns)), np.int64)
    for one in found:
        if one.ratio == ratio:
            counts[words.index(one.said), columns.index(one.heard)] += 1
    return counts


def table(
    found: Sequence[Spotted], ratio: float, words: Sequence[str], silent: Accepts | None
) -> list[dict[str, Any]]:
    """A row for each word that is said, and one for all of them."""
    counts = confusions(found, ratio, words)
    rows = []
    for number, word in enumerate(words):
        if said := int(counts[number].sum()):
            rows.append(_row(word, ratio, int(counts[number, number]), int(counts[number, -1]), said))
    rows.append(_row("all", ratio, int(np.trace(counts)), int(counts[:, -1].sum()), int(counts.sum())))
    if silent is not None:
        for row in rows:
            every = [row["word"]] if row["word"] != "all" else list(silent.counts)
            row["false_accepts_per_hour"] = round(sum(map(silent.per_hour, every)), 2)
    return rows


def _row(word: str, ratio: float, right: int, nothing: int, said: int) -> dict[str, Any]:
    share, low, high = share_with_interval(right, said)
    return {
        "noise": ratio_name(ratio),
        "word": word,
        "said": said,
        "right": round(share, 4),
        "interval": [round(low, 4), round(high, 4)],
        "nothing": round(nothing / said, 4),
        "another": round((said - right - nothing) / said, 4),
    }


def report(rows: Sequence[Mapping[str, Any]], silent: Accepts | None) -> str:
    head = f"{'noise':>8} {'word':>12} {'said':>6} {'right':>7} {'95 % interval':>15}"
    lines = [f"{head} {'nothing':>8} {'another':>8}"]
    if silent is not None:
        lines[0] += f"  false accepts an hour, of {silent.hours:.2f} h"
    for row in rows:
        low, high = row["interval"]
        line = f"{row['noise']:>8} {row['word']:>12} {row['said']:>6} {row['right']:>7.1%}"
        line += f" {low:>7.1%}…{high:<7.1%} {row['nothing']:>8.1%} {row['another']:>8.1%}"
        if silent is not None:
            line += f"  {row['false_accepts_per_hour']:.2f}"
        lines.append(line)
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_wake_arguments(parser)
    parser.add_argument("--no-second-look", action="store_true", help="the small model alone")
    parser.add_argument(
        "--positives", type=Path, action="append", required=True, help="folder of recordings of the words"
    )
    parser.add_argument(
        "--background", type=Path, action="append", default=[], help="recordings in which nobody says any"
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="only the people whom neither training nor the thresholds' choice heard",
    )
    parser.add_argument("--picture", type=Path, help="write the confusion matrix here")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    bundle = Bundle.load(arguments.bundle, "wake")
    words = [manifest.normalise(label) for label in bundle.labels]
    wake = detector(bundle, None if arguments.no_second_look else arguments.acoustic)
    items = recordings(words, arguments.positives, arguments.left_out)
    found = heard(wake, items, ratios, arguments.noise)
    folders = arguments.background
    silent = accepts(wake, words, folders, arguments.left_out) if folders else None
    rows = [row for ratio in ratios for row in table(found, ratio, words, silent)]
    print(report(rows, silent))
    if arguments.json:
        matrices = {ratio_name(ratio): confusions(found, ratio, words).tolist() for ratio in ratios}
        content = {"words": words, "rows": rows, "confusions": matrices}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if arguments.picture:
        from training.evaluate.pictures import confusion_matrices, save

        every = {ratio_name(ratio): confusions(found, ratio, words) for ratio in ratios}
        save(confusion_matrices(words, [*words, NOTHING], every), arguments.picture)
