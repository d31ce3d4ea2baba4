"""`mynah-train habits`: what usually comes next, learnt from an exported journal or a simulated family.

The device counts by itself and needs no bundle. A recurrent network is trained beside the counts; where it
does not beat them, it does not ship.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from device.errors import UsageError
from device.memory.habits.deeds import Done, day, deeds
from device.memory.journal.entries import Changed
from training.arguments import positive
from training.habits.family import DAYS, live
from training.habits.gru import by_gru
from training.habits.measuring import by_counts, by_markov, hits, parted

FEWEST = 10
"""Days without which nothing can be learnt."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--journal", type=Path, metavar="FILE", help="from `mynah history --export FILE`")
    parser.add_argument("--seed", type=int, default=0, help="of the simulated family, without --journal")
    parser.add_argument("--days", type=positive, default=DAYS, help="of the simulated family")


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError for a journal that cannot be read or is too short."""
    source = arguments.journal
    done = tuple(exported(source)) if source else live(arguments.seed, arguments.days).done
    days = len({day(one.at) for one in done})
    if days < FEWEST:
        raise UsageError(f"{source}: deeds of {days} days; it takes {FEWEST} or more")
    report(done, round(days * 2 / 3))


def report(done: Sequence[Done], days: int) -> None:
    learnt, held_out = parted(done, days)
    print(f"{len(learnt)} deeds of the first {days} days, {len(held_out)} after them")
    shares = {}
    for name, ranked in (("counts", by_counts), ("Markov", by_markov), ("GRU", by_gru)):
        shares[name] = hits(learnt, held_out, ranked(learnt)).share
        print(f"{name:8} next deed among the first three: {100 * shares[name]:.1f} %")
    best = "the network" if shares["GRU"] > shares["counts"] else "the counts"
    print(f"{best} know better")


def exported(file: Path) -> Iterator[Done]:
    """The deeds in an exported journal. Raises UsageError."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}; make it with mynah history --export FILE") from None
    return deeds(one for number, line in enumerate(lines, 1) for one in _change(file, number, line))


def _change(file: Path, number: int, line: str) -> Iterator[Changed]:
    try:
        entry = json.loads(line)
        if "thing" in entry:
            at = datetime.fromisoformat(entry["at"]).timestamp()
            yield Changed(entry["thing"], entry["key"], entry["value"], at, entry.get("found", False))
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{file}:{number}: no entry of a journal; export it again") from None
