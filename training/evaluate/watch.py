"""`mynah-train evaluate watch`: simulated months of texts with planted surges, by the device's own code.

Complaints, and texts that are none, come as they do by day and night; in the last part of each run a surge of
complaints about one thing is planted. With --data, each text is one of GoEmotions' validation part, read by
the shipped bundle; without, each complaint is taken for one. Seeds are given.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.assembly.watch import head_of, sentiment
from device.complaints.said import Said
from device.complaints.surge import DAY
from device.complaints.watcher import NEGATIVE, Complaints
from device.settings import Settings
from training.arguments import positive
from training.evaluate.intervals import share_with_interval
from training.text.corpora import read

HOURS = np.array([0.1] * 7 + [1.6] * 15 + [0.6] * 2)
"""How much is said in each hour of a day, beside the mean of the waking ones."""
LEARNT, PLANTED = 30, 7
"""Days without a surge, and days in one of which it is planted."""
OTHERS = 3.0
"""Texts that are no complaints, for each that is."""
FASTER = 50.0
"""How many times the usual rate the planted surge has."""
LONG = 15
"""Complaints of a surge."""
SOON = 5
Read = Callable[[bool], bool]
"""Whether a text counts as a complaint that is one, or is none."""


@dataclass(frozen=True, slots=True)
class Run:
    """`after`: complaints of the planted surge up to its alert, None where there was none."""

    after: int | None
    false_alarms: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="folder of text corpora, with goemotions: read real texts")
    parser.add_argument("--months", type=positive, default=200, help="runs of a month and a week (200)")
    parser.add_argument("--subjects", type=positive, default=4, help="things complained about (4)")
    parser.add_argument(
        "--rates", type=float, nargs="+", default=[0.5, 2.0, 10.0], help="complaints a day (0.5 2 10)"
    )
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> None:
    rng = np.random.default_rng(arguments.seed)
    counts = reading(arguments.data, rng) if arguments.data else lambda complains: complains
    for rate in arguments.rates:
        runs = [simulated(rate, arguments.subjects, counts, rng) for _ in range(arguments.months)]
        report(rate, arguments.subjects, runs)


def reading(data: Path, rng: np.random.Generator) -> Read:
    """As the shipped bundle reads a text of the validation part, negative or not."""
    head = head_of(sentiment(Settings()))
    examples = read("goemotions", data, "validation")
    negative = np.array([head(one.text) >= NEGATIVE for one in examples])
    truth = np.array([one.intent == "negative" for one in examples])
    shares = negative[truth].mean(), negative[~truth].mean()
    print(f"read as negative: {shares[0]:.1%} of negative texts, {shares[1]:.1%} of others")
    pools = {True: negative[truth], False: negative[~truth]}
    return lambda complains: bool(rng.choice(pools[complains]))


def simulated(rate: float, subjects: int, counts: Read, rng: np.random.Generator) -> Run:
    """A month and a week, `rate` complaints a day about each of `subjects`, and a surge about the first."""
    usual = [
        (at, f"thing {subject}", complains)
        for subject in range(subjects)
        for complains, often in ((True, rate), (False, rate * OTHERS))
        for at in ordinary(often, rng)
    ]
    begins = (LEARNT + rng.integers(PLANTED - 1) + (9 + 10 * rng.random()) / 24) * DAY
    planted = begins + np.cumsum(rng.exponential(DAY / (rate * FASTER), LONG))
    complaints, after, wrong = Complaints(0.0), None, 0
    for at, subject, complains in sorted([*usual, *((at, "thing 0", True) for at in planted)]):
        if not counts(complains) or complaints.take(Said("", subject, at)) is None:
            continue
        if subject == "thing 0" and begins <= at <= planted[-1] + DAY:
            after = after or int((planted <= at).sum())
        else:
            wrong += 1
    return Run(after, wrong)


def ordinary(a_day: float, rng: np.random.Generator) -> Iterator[float]:
    """Times of what is said so often, as days and nights go."""
    days = LEARNT + PLANTED
    count = rng.poisson(a_day * days)
    hours = rng.choice(24, count, p=HOURS / HOURS.sum()) + rng.random(count)
    times: npt.NDArray[np.float64] = (rng.integers(days, size=count) + hours / 24) * DAY
    return iter(times.tolist())


def report(rate: float, subjects: int, runs: Sequence[Run]) -> None:
    soon = sum(one.after is not None and one.after <= SOON for one in runs)
    found = sum(one.after is not None for one in runs)
    wrong, months = sum(one.false_alarms for one in runs), len(runs) * (LEARNT + PLANTED) / 30
    share, low, high = share_with_interval(soon, len(runs))
    least, most = poisson_interval(wrong)
    print(
        f"{rate:g} complaints a day about each of {subjects}: found within {SOON} complaints"
        f" {soon} of {len(runs)} ({share:.1%}; {low:.1%}…{high:.1%}), at all {found};"
        f" false alarms a month {wrong / months:.2f} ({least / months:.2f}…{most / months:.2f})"
    )


def poisson_interval(count: int) -> tuple[float, float]:
    """95 % of a Poisson count, by the square root's normal approximation (Anscombe 1948)."""
    middle = np.sqrt(count + 0.375)
    return float(max(0.0, middle - 0.98) ** 2), float((middle + 0.98) ** 2)
