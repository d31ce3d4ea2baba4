"""`mynah-train evaluate echo`: is the wake word heard while Mynah speaks, and does Mynah never wake itself?

In simulated rooms with drifting clocks. In each, a reply is first spoken alone; then wake words by held-out
voices are said over others. Afterwards Mynah speaks and rings for a while, alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from device.audio import earcons
from device.engine.bundle import Bundle
from device.events import SAMPLE_RATE, Samples
from device.settings import Settings
from training.arguments import positive
from training.corpus import synthesis
from training.evaluate.detectors import Ear
from training.evaluate.echo_room import Played, Room, cancelled
from training.evaluate.intervals import share_with_interval
from training.evaluate.keywords import recordings
from training.evaluate.wakewords import Saying, sayings_by, sayings_of

REPLIES = (
    "The {thing} in the {room} is on now.",
    "It is {number} degrees in the {room}, and the heating is set to {other}.",
    "You have {number} timers. The pasta timer has {other} minutes left.",
    "I have added oat milk, bread and {number} apples to the shopping list.",
    "Good morning. Your alarm is set for {number} minutes past seven.",
    "Which one do you mean: the {thing} in the {room}, or the one in the hall?",
    "I am sorry, the {thing} did not answer. Shall I try again in {number} minutes?",
    "The washing machine will be done in {number} minutes, and the front door is locked.",
)
THINGS = ("lamp", "heating", "fan", "blind", "coffee machine", "radio", "night light")
ROOMS = ("kitchen", "living room", "bedroom", "bathroom", "office", "cellar")

ALONE = 4
"""Sentences of the first reply."""
SETTLED = 5.0
"""Seconds of sound after which the filter is to have settled."""
EACH = 2
"""Sayings at each ratio in a room."""
BEFORE = 1.5
"""Seconds of a reply before somebody speaks over it, and at least as much follows."""
AROUND = 2.0
"""Seconds around a saying in which it may be detected."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody's wake word, `ratio` dB above the echo."""

    ratio: float
    speaker: str
    heard: bool


@dataclass(frozen=True, slots=True)
class Home:
    """What came of one room: `enhancement` in dB, of the first reply's beginning and of its rest."""

    attempts: tuple[Attempt, ...]
    enhancement: tuple[float, float]
    woke_itself: int
    measured: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, default=Settings().wake.bundles[0])
    parser.add_argument("--word", help="which word of the bundle (its first)")
    parser.add_argument(
        "--positives",
        type=Path,
        action="append",
        default=[],
        help="folder of recordings of the word; only those by people who have no part in training count",
    )
    parser.add_argument("--acoustic", type=Path, default=Settings().hearing.bundle)
    parser.add_argument("--ratios", default="0,-10,-20", help="comma-separated dB of a voice to the echo")
    parser.add_argument("--count", type=positive, default=60, help="sayings at each ratio")
    parser.add_argument("--drift", type=float, default=100.0, help="most difference of the clocks, in ppm")
    parser.add_argument(
        "--distortion", type=float, default=0.01, help="third harmonic of a full-scale tone, as a share"
    )
    parser.add_argument(
        "--alone", type=float, default=60.0, help="minutes in which only Mynah speaks and rings"
    )
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    bundle = Bundle.load(arguments.bundle, "wake")
    ear = Ear(bundle, arguments.word or bundle.labels[0], arguments.acoustic)
    rng = np.random.default_rng(arguments.seed)
    sayings = cycle(said(ear.phrase, arguments.positives, arguments.count * len(ratios), rng))
    drift, distortion = arguments.drift * 1e-6, arguments.distortion
    homes = [
        examined(
            ear,
            Room.drawn(rng, drift, distortion),
            [next(sayings) for _ in range(EACH * len(ratios))],
            ratios,
            rng,
        )
        for _ in tqdm(range(arguments.count // EACH), "rooms", mininterval=10)
    ]
    woke = sum(
        alone(ear, Room.drawn(rng, drift, distortion), rng)
        for _ in tqdm(range(round(arguments.alone)), "alone", mininterval=10)
    )
    figures = table(homes, ratios) | {"alone_minutes": round(arguments.alone), "alone_woke": woke}
    print(report(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def said(word: str, folders: Sequence[Path], count: int, rng: np.random.Generator) -> Sequence[Saying]:
    """Sayings of `word` by held-out voices; or from `folders`, by people who were left out, in any order."""
    if not folders:
        return sayings_of(word, [], count)
    found = sayings_by(recordings([word], folders, left_out=True))
    return [found[number] for number in rng.permutation(len(found))]


def examined(
    ear: Ear, room: Room, sayings: Sequence[Saying], ratios: Sequence[float], rng: np.random.Generator
) -> Home:
    """One room: a reply alone, and a reply under each of `sayings`."""
    first = Played(1.0, np.concatenate([reply(rng) for _ in range(ALONE)]))
    runs, at = [first], 1.0 + len(first.samples) / SAMPLE_RATE + 2.5
    voices = []
    for number, saying in enumerate(sayings):
        ratio = ratios[number % len(ratios)]
        words = room.says(saying.samples, ratio)
        least = 2 * BEFORE + len(words) / SAMPLE_RATE
        run = Played(at, long_reply(rng, least))
        begin = round((at + room.delay + BEFORE) * SAMPLE_RATE)
        voices.append((ratio, saying.speaker, begin, words))
        runs, at = [*runs, run], at + len(run.samples) / SAMPLE_RATE + 2.5
    echo = room.echoes(runs, at)
    heard = echo.copy()
    for _, _, begin, words in voices:
        heard[begin : begin + len(words)] += words
    clean, canceller = cancelled(room, runs, heard, rng)
    events = [found for found in ear.events(clean) if found[0] >= ear.threshold]
    attempts, others = [], len(events)
    for ratio, speaker, begin, words in voices:
        window = (begin, begin + len(words) + AROUND * SAMPLE_RATE)
        hits = sum(window[0] <= place <= window[1] for _, place in events)
        attempts.append(Attempt(ratio, speaker, hits > 0))
        others -= hits
    return Home(tuple(attempts), enhancement(room, first, echo, clean), others, canceller.alignment.measured)


def enhancement(room: Room, first: Played, echo: np.ndarray, clean: Samples) -> tuple[float, float]:  # type: ignore[type-arg]
    """The echo return loss enhancement of the first reply, in dB: before SETTLED, and from then on."""
    begin = round((first.at + room.delay) * SAMPLE_RATE)
    settled, end = begin + round(SETTLED * SAMPLE_RATE), begin + len(first.samples)
    left = clean.astype(np.float64) / 32_768
    parts = (slice(begin, settled), slice(settled, end))
    before, after = (10 * np.log10(np.mean(echo[part] ** 2) / np.mean(left[part] ** 2)) for part in parts)
    return float(before), float(after)


def alone(ear: Ear, room: Room, rng: np.random.Generator) -> int:
    """How often Mynah wakes itself in a minute of replies and rings."""
    runs: list[Played] = []
    at = 1.0
    while at < 55:
        sound = earcons.ringing() if rng.random() < 0.2 else reply(rng)
        runs.append(Played(at, sound))
        at += len(sound) / SAMPLE_RATE + rng.uniform(0.1, 1.5)
    clean, _ = cancelled(room, runs, room.echoes(runs, at + 1.0), rng)
    return sum(probability >= ear.threshold for probability, _ in ear.events(clean))


def reply(rng: np.random.Generator) -> Samples:
    """Mynah says something."""
    number, other = rng.integers(2, 60, 2)
    text = str(rng.choice(REPLIES)).format(
        thing=rng.choice(THINGS), room=rng.choice(ROOMS), number=number, other=other
    )
    return synthesis.speak(text, synthesis.Voice("espeak-ng", "en-gb-x-rp"))


def long_reply(rng: np.random.Generator, seconds: float) -> Samples:
    """One that takes at least so long."""

    def sentences() -> Iterator[Samples]:
        length = 0
        while length < seconds * SAMPLE_RATE:
            yield (sentence := reply(rng))
            length += len(sentence)

    return np.concatenate(list(sentences()))


def table(homes: Sequence[Home], ratios: Sequence[float]) -> dict[str, Any]:
    attempts = [attempt for home in homes for attempt in home.attempts]
    heard = {}
    for ratio in ratios:
        part = [attempt.heard for attempt in attempts if attempt.ratio == ratio]
        heard[f"{ratio:g}"] = [round(value, 4) for value in share_with_interval(sum(part), len(part))] + [
            len(part)
        ]
    settled = [home.enhancement[1] for home in homes]
    return {
        "heard": heard,
        "enhancement_first_5_s": round(float(np.median([home.enhancement[0] for home in homes])), 1),
        "enhancement": round(float(np.median(settled)), 1),
        "enhancement_worst_tenth": round(float(np.quantile(settled, 0.1)), 1),
        "woke_itself": sum(home.woke_itself for home in homes),
        "delay_measured": sum(home.measured for home in homes),
        "rooms": len(homes),
    }


def report(figures: dict[str, Any]) -> str:
    lines = [
        f"wake words heard at {ratio:>4} dB: {share:.1%} ({low:.1%}…{high:.1%}) of {count}"
        for ratio, (share, low, high, count) in figures["heard"].items()
    ]
    lines.append(
        f"echo return loss enhancement: {figures['enhancement']} dB in the median of {figures['rooms']}"
        f" rooms, {figures['enhancement_worst_tenth']} dB in the worst tenth; in the first {SETTLED:g} s,"
        f" {figures['enhancement_first_5_s']} dB"
    )
    lines.append(f"delay measured in {figures['delay_measured']} rooms")
    lines.append(
        f"woke itself {figures['woke_itself']} times in replies that somebody spoke over, and"
        f" {figures['alone_woke']} times in {figures['alone_minutes']} minutes alone"
    )
    return "\n".join(lines)
