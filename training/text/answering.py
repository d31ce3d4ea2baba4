"""`mynah-train answering`: fits what makes a passage an answer, on questions about papers.

It prints the weights for `device/knowledge/documents/ranking.py`, and what they are worth on each paper when
they are fitted on the questions about the others.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.knowledge.documents import indexing
from device.knowledge.documents.folder import Entry, entries
from device.knowledge.documents.papers import ENOUGH, OFFERED, WORTH_ASKING, Papers, probabilities
from device.knowledge.documents.passages import Document
from device.knowledge.documents.ranking import FEATURES
from device.settings import DEVICE, bundle_folder
from training.text.lessons import ASIDE, Row, answers, documents, questions, sources

EXAMPLES = DEVICE.parent / "docs" / "examples"
MANUALS, DEVELOPMENT = EXAMPLES / "manuals", EXAMPLES / "questions" / "development.yaml"
FILES = sorted(ASIDE.glob("*.yaml"))
FOREIGN = 4
"""Of the questions about another paper, every how many."""
PLAIN = 3
"""Of the headings, every how many is asked for."""
PRIOR = 1.0
"""Of the squares of all weights but the bias: how strongly they are held where they are expected."""
EXPECTED = np.array([5.0 if name == "code" else 0.0 for name in FEATURES])
"""Where the weights are held. A passage that has the error code answers, and few questions have one."""
ABSENT = 1.0
"""How much the same question counts without the passages that answer it: then nothing does."""
STEPS, RATE = 1500, 0.05
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lesson:
    """A question about `paper`: the features of its passages, which of them answer,
    and where each stands."""

    paper: str
    features: Floats
    right: npt.NDArray[np.bool_]
    sources: tuple[str, ...]
    answerable: bool
    is_plain: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError where there is no question."""
    lessons = list(_lessons())
    print("weights", dict(zip(FEATURES, fitted(lessons).round(2).tolist(), strict=True)))
    for paper in sorted({one.paper for one in lessons}):
        others = [one for one in lessons if one.paper != paper]
        print(f"{paper}: {worth([one for one in lessons if one.paper == paper], fitted(others))}")


def _lessons() -> Iterator[Lesson]:
    """Each of the papers aside alone, with some questions about another one, which nothing answers there; and
    the example manuals together."""
    for file, other in zip(FILES, (*FILES[1:], FILES[0]), strict=True):
        foreign = [{"ask": row["ask"]} for row in questions(other)[::FOREIGN]]
        papers = [one for one in entries(ASIDE) if one.name.startswith(f"{file.stem}.")]
        yield from _asked(ASIDE, papers, [*questions(file), *foreign], file.stem)
    yield from _asked(MANUALS, entries(MANUALS), questions(DEVELOPMENT), DEVELOPMENT.stem)


def _asked(folder: Path, papers: Sequence[Entry], rows: Sequence[Row], name: str) -> Iterator[Lesson]:
    with tempfile.TemporaryDirectory() as temporary:
        copied = Path(temporary) / "papers"
        copied.mkdir()
        for paper in papers:
            shutil.copy(folder / paper.name, copied)
        index = Papers(Path(temporary) / "index.db", bundle_folder("sentences"))
        indexing.run(copied, index.index, index.encoder)
        for row in (*rows, *_plain(documents(copied).values())):
            yield lesson(row, index, name)


def _plain(papers: Collection[Document]) -> Iterator[Row]:
    """Questions in the papers' own words: people ask so too. Every PLAIN-th heading."""
    headed = {one.source: one.path[-1] for paper in papers for one in paper.passages if one.path}
    names = {paper.name: paper.title.partition(":")[0] for paper in papers}
    for source, heading in [*headed.items()][::PLAIN]:
        name = names[source.partition("#")[0]]
        ask = heading if heading.endswith("?") else f"what about {heading.lower()} of the {name}"
        yield {"ask": ask, "source": source, "plain": True}


def worth(lessons: Sequence[Lesson], weights: Floats) -> str:
    """Counts of what these weights make of the questions."""
    right = wrong = offered = answerable = first = 0
    for one in lessons:
        places = best_first(one, weights)
        chances = [chance for chance, _ in places]
        answerable += one.answerable
        first += bool(places) and places[0][1]
        if chances and chances[0] >= ENOUGH:
            right += places[0][1]
            wrong += not places[0][1]
        elif sum(chances) >= WORTH_ASKING:
            offered += any(fits for _, fits in places[:OFFERED])
    return (
        f"of {answerable} first {first}, answered {right}, among those offered {offered};"
        f" of {len(lessons)} wrong {wrong}"
    )


def lesson(row: Row, papers: Papers, paper: str) -> Lesson:
    hits, features = papers.compared(row["ask"])
    right = np.array([answers(row, hit.passage) for hit in hits], bool)
    places = tuple(hit.passage.source for hit in hits)
    return Lesson(paper, np.asarray(features, np.float64), right, places, bool(sources(row)), "plain" in row)


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


def best_first(one: Lesson, weights: Floats) -> list[tuple[float, bool]]:
    """Of each place, the most probable first: its probability, and whether its best passage is right."""
    if not len(one.right):
        return []
    chances = probabilities(one.features @ weights)
    together: dict[str, float] = {}
    best: dict[str, bool] = {}
    for at in np.argsort(-chances):
        source = one.sources[at]
        together[source] = together.get(source, 0.0) + float(chances[at])
        best.setdefault(source, bool(one.right[at]))
    return [(together[source], best[source]) for source in sorted(together, key=lambda one: -together[one])]
