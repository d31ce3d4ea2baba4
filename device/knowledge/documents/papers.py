"""The home's papers, as a conversation asks them: the passage that answers, or nothing."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.knowledge.documents.meanings import Meanings
from device.knowledge.documents.passages import Passage
from device.knowledge.documents.question import question
from device.knowledge.documents.ranking import WEIGHTS, Ranker, Scored
from device.knowledge.documents.store import Hit, Reader
from device.knowledge.documents.words import content, words

CANDIDATES = 30
"""Passages that are looked at closely, of those with the question's own words and of those with others."""
ENOUGH = 0.5
"""The least probability with which a passage is read out: what a wrong answer costs."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage, its number among those at its source, the piece to begin with, and the probability that it
    answers."""

    title: str
    document: str
    passage: Passage
    number: int
    piece: int
    probability: float


@dataclass(frozen=True, slots=True)
class Papers:
    """What an index holds. `meanings`: the bundle that knows what words mean. It may be pickled."""

    index: Path
    meanings: Path

    def find(self, text: str, document: str | None = None, after: str = "") -> Found | None:
        """The passage that most probably answers `text`, however improbably; of `document`, if one is named,
        and about what was asked before, `after`. None where no passage has anything of it.

        Raises BundleError."""
        topic = " ".join(content(words(after)))
        return _found(self, f"{text} {topic}".strip(), document, _stamp(self.index))

    def answers(self, text: str) -> float:
        """The probability that a passage answers `text`."""
        found = self.find(text)
        return found.probability if found else 0.0

    def at(self, source: str, number: int, piece: int) -> Found | None:
        """The passage that was found before; None where the document has changed and has it no more."""
        hits = _reader(self.index).at(source)
        if not 0 <= number < len(hits) or not 0 <= piece < len(hits[number].passage.pieces):
            return None
        return _told(hits[number], number, piece, 1.0)

    def prepare(self) -> None:
        """Read what questions need now; the first one would wait for it. Raises BundleError."""
        _meanings(self.meanings).neighbours("prepare", 1)


def _stamp(index: Path) -> tuple[int, ...]:
    """Changes when the index does."""
    stamps = []
    for file in (index, index.with_name(index.name + "-wal")):
        try:
            about = file.stat()
            stamps += [about.st_mtime_ns, about.st_size]
        except OSError:
            stamps.append(0)
    return tuple(stamps)


@functools.lru_cache(maxsize=16)
def _found(papers: Papers, text: str, document: str | None, stamp: tuple[int, ...]) -> Found | None:
    """One turn asks the same several times."""
    scored = candidates(papers, text, document)
    if not scored:
        return None
    best = max(scored, key=lambda one: one.probability)
    source = best.hit.passage.source
    together = sum(one.probability for one in scored if one.hit.passage.source == source)
    number = next((at for at, one in enumerate(_reader(papers.index).at(source)) if one.id == best.hit.id), 0)
    return _told(best.hit, number, best.piece, together)


def candidates(papers: Papers, text: str, document: str | None = None) -> Sequence[Scored]:
    """The passages that may answer `text`, each with its probability; what is left is that none does."""
    reader, meanings = _reader(papers.index), _meanings(papers.meanings)
    asked = question(text, meanings, reader.frequencies)
    own = [term.stem for term in asked.terms]
    hits = {hit.id: hit for hit in reader.search(asked.stems, CANDIDATES, document)}
    hits |= {hit.id: hit for hit in reader.search(own, CANDIDATES, document)}
    codes = {term.stem for term in asked.terms if term.code}
    if codes:  # another error is no answer
        hits = {at: hit for at, hit in hits.items() if codes <= hit.passage.stems}
    if not hits:
        return ()
    features, pieces = Ranker(meanings).features(asked, tuple(hits.values()))
    chances = probabilities(features @ WEIGHTS)
    return [
        Scored(hit, float(chance), piece)
        for hit, chance, piece in zip(hits.values(), chances, pieces, strict=True)
    ]


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Of each candidate; that none answers has score 0."""
    most = max(float(scores.max()), 0.0)
    powers = np.exp(scores - most)
    return powers / (powers.sum() + np.exp(-most))


def _told(hit: Hit, number: int, piece: int, probability: float) -> Found:
    return Found(hit.title, hit.document, hit.passage, number, piece, min(probability, 1.0))


@functools.lru_cache(maxsize=2)
def _reader(index: Path) -> Reader:
    return Reader(index)


@functools.lru_cache(maxsize=1)
def _meanings(folder: Path) -> Meanings:
    return Meanings.load(folder)
