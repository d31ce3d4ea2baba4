"""`mynah-train answering`: fits what makes a passage an answer, on questions about a folder of documents.

It prints the weights for `device/knowledge/documents/ranking.py`, and what they are worth on each question
when they are fitted on the others.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from device.errors import UsageError
from device.knowledge.documents import indexing
from device.knowledge.documents.papers import Papers, probabilities
from device.knowledge.documents.ranking import FEATURES
from device.knowledge.documents.store import Hit
from device.settings import DEVICE, bundle_folder

EXAMPLES = DEVICE.parent / "docs" / "examples"
PRIOR = 1.0
"""Of the squares of all weights but the bias: how strongly they are held where they are expected."""
EXPECTED = np.array([{"code": 5.0, "called": 2.0}.get(name, 0.0) for name in FEATURES])
"""Where the weights are held. A passage that has the error code, or whose heading is said, answers, though
these questions are made to use other words."""
ABSENT = 1.0
"""How much the same question counts without the passages that answer it: then nothing does."""
STEPS, RATE = 1500, 0.05
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """A question: the features of its passages, which of them answer, and where each stands."""

    features: Floats
    right: npt.NDArray[np.bool_]
    sources: tuple[str, ...]
    answerable: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=Path, default=EXAMPLES / "manuals", metavar="DIR")
    parser.add_argument(
        "--questions", type=Path, default=EXAMPLES / "questions" / "development.yaml", metavar="F"
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError where there is no question."""
    rows = yaml.safe_load(arguments.questions.read_text("utf-8"))
    if not rows:
        raise UsageError(f"{arguments.questions}: no questions; write `- ask:` for each")
    with tempfile.TemporaryDirectory() as folder:
        papers = Papers(Path(folder) / "index.db", bundle_folder("meanings"))
        indexing.run(arguments.documents, papers.index)
        lessons = [lesson(row, papers) for row in rows]
    print("weights", dict(zip(FEATURES, fitted(lessons).round(2).tolist(), strict=True)))
    first = third = answerable = 0
    for at, one in enumerate(lessons):
        places = best_first(one, fitted([*lessons[:at], *lessons[at + 1 :]]))
        answerable += one.answerable
        first += any(places[:1])
        third += any(places[:3])
    print(f"without itself: right place first {first}, among the first three {third}, of {answerable}")


def lesson(row: Mapping[str, Any], papers: Papers) -> Lesson:
    hits, features = papers.compared(row["ask"])
    right = np.array([answers(row, hit) for hit in hits], bool)
    sources = tuple(hit.passage.source for hit in hits)
    return Lesson(np.asarray(features, np.float64), right, sources, "source" in row)


def answers(row: Mapping[str, Any], hit: Hit) -> bool:
    """Whether the passage is one that the question wants."""
    sources = [row["source"]] if isinstance(row.get("source"), str) else row.get("source", [])
    said = " ".join(hit.passage.pieces)
    return hit.passage.source in sources and bool(re.search(str(row.get("says", "")), said))


def fitted(lessons: Sequence[Lesson]) -> Floats:
    """The weights that make the right passages, or that none answers, most probable (Adam, full batch)."""
    cases = [case for one in lessons for case in _cases(one)]
    most = max(len(right) for _, right, _ in cases)
    features = np.zeros((len(cases), most, len(FEATURES)))
    there, right = np.zeros((len(cases), most), bool), np.zeros((len(cases), most), bool)
    counts = np.array([count for *_, count in cases])
    for at, (values, fits, _) in enumerate(cases):
        features[at, : len(fits)], there[at, : len(fits)], right[at, : len(fits)] = values, True, fits
    weights, mean, square = (np.zeros(len(FEATURES)) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = np.where(there, features @ weights, -np.inf)
        most_ = np.maximum(scores.max(axis=1, keepdims=True), 0.0)
        powers = np.exp(scores - most_)
        chances = powers / (powers.sum(axis=1, keepdims=True) + np.exp(-most_))
        wanted = np.where(right, powers, 0.0)
        wanted /= np.maximum(wanted.sum(axis=1, keepdims=True), 1e-30)
        slope = np.einsum("c,cp,cpf->f", counts, chances - wanted, features)
        slope += PRIOR * np.where(np.arange(len(weights)) > 0, weights - EXPECTED, 0.0)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return np.asarray(weights)


def _cases(one: Lesson) -> list[tuple[Floats, npt.NDArray[np.bool_], float]]:
    """The question as it is, and as if what answers it were not there."""
    cases = [(one.features, one.right, 1.0)] if len(one.right) else []
    places = {source for source, right in zip(one.sources, one.right, strict=True) if right}
    others = np.array([source not in places for source in one.sources], bool)
    if places and others.any():
        cases.append((one.features[others], one.right[others], ABSENT))
    return cases


def best_first(one: Lesson, weights: Floats) -> list[bool]:
    """Of each place, the most probable first: whether its best passage is right."""
    if not len(one.right):
        return []
    chances = probabilities(one.features @ weights)
    together: dict[str, float] = {}
    best: dict[str, bool] = {}
    for at in np.argsort(-chances):
        source = one.sources[at]
        together[source] = together.get(source, 0.0) + float(chances[at])
        best.setdefault(source, bool(one.right[at]))
    return [best[source] for source in sorted(together, key=lambda source: -together[source])]
