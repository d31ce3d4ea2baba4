"""`mynah-train evaluate habits`: the device's own habits on simulated families."""

from __future__ import annotations

import argparse
from datetime import timedelta

from training.arguments import positive
from training.habits.family import BEGIN, DAYS, live
from training.habits.gru import by_gru
from training.habits.measuring import (
    TRAINED,
    Hits,
    Suggestions,
    by_counts,
    by_markov,
    hits,
    parted,
    suggestions,
)

FIRST_SEED = 10
"""The families before it were used to set what is set."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--families", type=positive, default=5, metavar="N")
    parser.add_argument("--gru", action="store_true", help="train a recurrent network on each, to compare")


def run(arguments: argparse.Namespace) -> None:
    methods = {"counts": by_counts, "Markov": by_markov, **({"GRU": by_gru} if arguments.gru else {})}
    found = dict.fromkeys(methods, Hits())
    made = Suggestions()
    for seed in range(FIRST_SEED, FIRST_SEED + arguments.families):
        life = live(seed)
        learnt, held_out = parted(life.done)
        for name, ranked in methods.items():
            found[name] += hits(learnt, held_out, ranked(learnt))
        begin = BEGIN + timedelta(days=TRAINED)
        made += suggestions(life, begin, BEGIN + timedelta(days=DAYS))
    print(f"{arguments.families} families, {TRAINED} days learnt, {DAYS - TRAINED} held out")
    for name, one in found.items():
        print(f"{name:8} next deed among the first three: {100 * one.share:.1f} % of {one.count}")
    wanted = 100 * made.wanted / max(made.made, 1)
    print(f"{made.made} suggestions in {made.days} days, {wanted:.0f} % of them wanted")
