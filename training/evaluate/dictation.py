"""`mynah-train evaluate dictation`: wrong words where people whom training left out read sentences.

Through the device's own code, clean. Words that the graph does not have count as wrong; their share is told.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from device.audio.pcm import CHUNK, chunked
from device.audio.wav import read
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.hearing.acoustic import AcousticModel
from device.hearing.dictation import Dictation
from device.hearing.words import Words
from device.settings import Settings
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT, Utterance, read_manifest, split
from training.edits import distance

SAMPLES = 1000
"""Draws of the bootstrap over clips, from which the interval comes."""
SHOWN = 8
"""Sentences that are shown beside what was written."""


@dataclass(frozen=True, slots=True)
class Result:
    """One clip: what was said and written, and the seconds of work and of audio."""

    said: str
    written: str
    work: float
    seconds: float

    @property
    def words(self) -> int:
        return len(self.said.split())

    @property
    def wrong(self) -> int:
        return distance(self.said.split(), self.written.split())


def measured(folder: Path, most: int) -> list[Utterance]:
    """Clips of people whom neither training nor calibration heard. MynahError where there are none."""
    _, left_out = split(read_manifest(folder), HELD_OUT)
    kept, _ = split(left_out, HELD_OUT * CALIBRATED_ON)
    if not kept:
        raise MynahError(f"{folder}: no speaker of it was left out of training; name another --manifest")
    return kept[:: -(-len(kept) // most)]


def rate(results: Sequence[Result]) -> tuple[float, float, float]:
    """Share of the words that are wrong, and its 95 % interval by drawing clips anew (Efron 1979)."""
    wrong = np.array([one.wrong for one in results])
    words = np.array([one.words for one in results])
    drawn = np.random.default_rng(0).integers(len(results), size=(SAMPLES, len(results)))
    low, high = np.quantile(wrong[drawn].sum(axis=1) / words[drawn].sum(axis=1), (0.025, 0.975))
    return float(wrong.sum() / words.sum()), float(low), float(high)


def report(name: str, results: Sequence[Result], vocabulary: frozenset[str]) -> str:
    share, low, high = rate(results)
    said = [word for one in results for word in one.said.split()]
    unknown = sum(word not in vocabulary for word in said) / len(said)
    speed = sum(one.work for one in results) / sum(one.seconds for one in results)
    lines = [
        f"{name}: {len(results)} clips, {len(said)} words, {share:.1%} wrong ({low:.1%}…{high:.1%}); "
        f"{unknown:.1%} of them are not in the graph; real-time factor {speed:.3f}"
    ]
    lines += [f"  {one.said!r}: {one.written!r}" for one in results[:: -(-len(results) // SHOWN)]]
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--manifest", type=Path, action="append", required=True, help="folder of sentences that were read"
    )
    parser.add_argument("--most", type=int, default=200, help="clips of each manifest (200)")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    bundle = Bundle.load(settings.hearing.bundle, "hearing")
    words = Words.load(settings.hearing.words, bundle)
    dictation = Dictation(AcousticModel(bundle), words.decoder(bundle))
    vocabulary = frozenset(words.graph.words)
    for folder in arguments.manifest:
        results = []
        for item in tqdm(measured(folder, arguments.most), folder.name, unit="clip", mininterval=5):
            samples = read(item.path)
            began = time.process_time()
            written = dictation.write(chunked([samples], CHUNK))
            results.append(
                Result(item.text, written.text, time.process_time() - began, len(samples) / 16_000)
            )
        print(report(folder.name, results, vocabulary))
