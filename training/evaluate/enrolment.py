"""`mynah-train evaluate enrolment`: what `mynah enroll` changes for a voice, by the device's own code.

Voices that training never heard, or people, say the wake word; each is learnt from the first sayings, and
the others are heard by the bundle as it ships and as it was adapted, clean and in noise. What that costs is
told by recordings without the phrase, which every adapted bundle hears.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.engine.bundle import Bundle
from device.errors import AudioError, MynahError, UsageError
from device.events import Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.enrolment import adapted
from training.corpus import synthesis
from training.corpus.noises import Noises, ratio_name
from training.evaluate import wakewords
from training.evaluate.arguments import add_wake_arguments
from training.evaluate.detectors import Ear
from training.evaluate.intervals import share_with_interval
from training.evaluate.wakewords import Saying
from training.wake import measure
from training.wake.phrases import Phrase

LEARNT = 3
"""Sayings from which a voice is learnt, as `mynah enroll` asks for."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A voice after its enrolment, which took `seconds`.

    `before`, `after`: how many of its other `sayings` wake, by ratio. `accepts_before`, `accepts`: the false
    ones in the background. `changed`: whether the bundle was; it is not by sayings that are refused.
    """

    voice: str
    sayings: int
    before: Mapping[float, int]
    after: Mapping[float, int]
    changed: bool
    seconds: float
    accepts_before: int
    accepts: int


def spread(voices: Sequence[synthesis.Voice], count: int) -> list[synthesis.Voice]:
    """`count` of them at most, evenly from the first to the last."""
    places = np.linspace(0, len(voices) - 1, min(count, len(voices))).round().astype(int)
    return [voices[place] for place in places]


def said_by(phrase: Phrase, voices: Iterable[synthesis.Voice], each: int) -> Iterator[list[Saying]]:
    """`each` sayings of every voice that can say it, one voice after the other."""
    for number, voice in enumerate(voices):
        if phrase.spellings(voice):
            spoken = measure.sayings(phrase, [voice], each, seed=number)
            yield [Saying(str(one), samples) for one, samples in spoken]


def recorded(phrase: str, folders: Sequence[Path]) -> list[list[Saying]]:
    """What people say in `folders`, of everyone with more than LEARNT recordings. MynahError without any."""
    by: dict[str, list[Saying]] = {}
    for saying in wakewords.sayings_of(phrase, folders, 0):
        by.setdefault(saying.speaker, []).append(saying)
    found = [sayings for sayings in by.values() if len(sayings) > LEARNT]
    if not found:
        raise MynahError(f"nobody says {phrase!r} more than {LEARNT} times: give each a folder of his own")
    return found


def learnt(
    bundle: Bundle,
    acoustic: Path,
    voices: Iterable[Sequence[Saying]],
    ratios: Sequence[float],
    noise: Path | None,
    folders: Sequence[Path],
) -> Iterator[Learnt]:
    """What becomes of each of `voices`, who say the bundle's word more than LEARNT times.

    `folders`: of them, the recordings by people left out count; see `training.evaluate.wakewords`.
    """
    (word,) = bundle.labels
    model, noises = AcousticModel(Bundle.load(acoustic, "hearing")), wakewords.noises_for(ratios, noise)
    shipped = Ear(bundle, word, acoustic)
    at_first = _accepted(shipped, folders)
    for sayings in voices:
        began = time.monotonic()
        own = _adapted(bundle, word, model, [one.samples for one in sayings[:LEARNT]])
        seconds, others = time.monotonic() - began, sayings[LEARNT:]
        ear = Ear(own, word, acoustic) if own is not bundle else shipped
        accepts = _accepted(ear, folders) if own is not bundle else at_first
        before, after = (_awake(one, others, ratios, noises) for one in (shipped, ear))
        changed = own is not bundle
        yield Learnt(sayings[0].speaker, len(others), before, after, changed, seconds, at_first, accepts)


def _adapted(bundle: Bundle, word: str, model: AcousticModel, sayings: Sequence[Samples]) -> Bundle:
    """`bundle` itself where nothing in it changes."""
    try:
        entry = adapted(bundle, word, model, sayings).entry
    except AudioError:
        return bundle
    if json.dumps(entry) == json.dumps(bundle.decision["words"][word]):
        return bundle
    return dataclasses.replace(bundle, decision={**bundle.decision, "words": {word: entry}})


def _accepted(ear: Ear, folders: Sequence[Path]) -> int:
    silent = wakewords.background(ear, folders, True)
    return sum(event.probability >= ear.threshold for event in silent.events)


def _awake(
    ear: Ear, sayings: Sequence[Saying], ratios: Sequence[float], noises: Noises | None
) -> dict[float, int]:
    """How many wake, by ratio."""
    return {
        ratio: sum(one.probability >= ear.threshold for one in wakewords.heard(ear, sayings, ratio, noises))
        for ratio in ratios
    }


def report(found: Sequence[Learnt]) -> str:
    said, changed = sum(one.sayings for one in found), sum(one.changed for one in found)
    seconds = sorted(one.seconds for one in found)
    lines = [
        f"{len(found)} voices, of which {changed} change the bundle; learnt in"
        f" {seconds[len(found) // 2]:.1f} s in the median, {seconds[-1]:.1f} s at most",
        f"{'noise':>8} {'said':>6} {'before':>8} {'after':>8} {'95 % interval':>15}"
        f" {'better':>7} {'worse':>6}",
    ]
    for ratio in found[0].before:
        before, after = sum(one.before[ratio] for one in found), sum(one.after[ratio] for one in found)
        _, low, high = share_with_interval(after, said)
        better = sum(one.after[ratio] > one.before[ratio] for one in found)
        worse = sum(one.after[ratio] < one.before[ratio] for one in found)
        lines.append(
            f"{ratio_name(ratio):>8} {said:>6} {before / said:>8.1%} {after / said:>8.1%}"
            f" {low:>7.1%}…{high:<7.1%} {better:>7} {worse:>6}"
        )
    mean = sum(one.accepts for one in found) / len(found)
    most = max(one.accepts for one in found)
    lines.append(f"false accepts: {found[0].accepts_before} before, {mean:.1f} after, {most} at most")
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_wake_arguments(parser)
    parser.add_argument(
        "--positives",
        type=Path,
        action="append",
        default=[],
        help="recordings of it, a folder for each speaker (else held-out voices)",
    )
    parser.add_argument("--voices", type=int, default=40, help="how many held-out voices (40)")
    parser.add_argument("--count", type=int, default=15, help="sayings by each, with the learnt ones (15)")
    parser.add_argument(
        "--background",
        type=Path,
        action="append",
        default=[],
        help="recordings in which nobody says it, of which those by people left out are heard",
    )
    parser.add_argument("--json", type=Path, help="write the results of each voice here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    bundle = Bundle.load(arguments.bundle, "wake")
    if len(bundle.labels) > 1 or arguments.count <= LEARNT:
        raise UsageError(f"--bundle with one word, --count above {LEARNT}")
    phrase, folders = bundle.labels[0], arguments.positives
    voices = spread(synthesis.HELD_OUT_VOICES, arguments.voices)
    synthetic = said_by(Phrase(phrase), voices, arguments.count)
    spoken = recorded(phrase, folders) if folders else synthetic
    found = list(learnt(bundle, arguments.acoustic, spoken, ratios, arguments.noise, arguments.background))
    print(report(found))
    if arguments.json:
        content = [
            {
                **dataclasses.asdict(one),
                "before": {ratio_name(ratio): count for ratio, count in one.before.items()},
                "after": {ratio_name(ratio): count for ratio, count in one.after.items()},
            }
            for one in found
        ]
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
