"""The gates between a head that learned from a journal and one that ships: old test sets and new ones.

A run keeps the sets in `gates.json`; `mynah-export` reads them with the model as it runs on the device, and
with the one that ships.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from training.json_files import write_json
from training.text.corpora import Example

FILE = "gates.json"
CORPORA, JOURNAL = "corpora", "journal"
"""The old test set, and the new one."""
MOST = 1500
"""Sentences of the corpora that are read twice."""
MAY_LOSE = 0.005
"""The share of the old set that the new model may get wrong besides."""

Read = Callable[[str], str]
"""Gives the label of a text."""


def keep(run: Path, corpora: Sequence[Example], journal: Sequence[Example]) -> None:
    """Write the sets into `run`; of the corpora every nth sentence."""
    few = corpora[:: -(-len(corpora) // MOST)] if corpora else ()
    sets = {CORPORA: few, JOURNAL: journal}
    write_json(run / FILE, {name: [[one.text, one.intent] for one in part] for name, part in sets.items()})


def figures(run: Path, before: Read, after: Read) -> dict[str, dict[str, float]]:
    """By set: how many sentences, and the shares that are right with the model that ships and the new one.
    Empty where the run has no sets."""
    file = run / FILE
    if not file.is_file():
        return {}
    sets: Mapping[str, Sequence[tuple[str, str]]] = json.loads(file.read_text("utf-8"))
    return {
        name: {"sentences": len(rows), "before": _right(rows, before), "after": _right(rows, after)}
        for name, rows in sets.items()
    }


def _right(rows: Sequence[tuple[str, str]], read: Read) -> float:
    return round(sum(read(text) == label for text, label in rows) / len(rows), 4) if rows else 1.0


def missed(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What a model with these `figures` misses."""
    limits = {CORPORA: MAY_LOSE, JOURNAL: 0.0}
    return [
        f"of the {name} {row['after']:.1%} are right, and {row['before']:.1%} with the model that ships"
        for name, row in found.items()
        if row["after"] < row["before"] - limits[name]
    ]
