"""The home's papers, as a conversation asks them: the passage that answers, or nothing."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.engine.sentence_encoder import Floats, loaded
from device.knowledge.documents.candidates import Candidate, candidates, named
from device.knowledge.documents.passages import STEPS, Passage
from device.knowledge.documents.question import HOW, form_of, question
from device.knowledge.documents.ranking import FEATURES, WEIGHTS, features
from device.knowledge.documents.store import Hit, Reader
from device.knowledge.documents.words import content, words

ENOUGH = 0.68
"""The least probability with which a passage is read out: at most 4 of 100 questions are answered wrongly."""
WORTH_ASKING = 0.3
"""The least probability that something answers, with which it is asked which passage is meant."""
OFFERED = 3
"""Places that are offered at most."""


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
    """What an index holds. `encoder`: the bundle that tells how near questions and passages are. It may be
    pickled."""

    index: Path
    encoder: Path

    def find(self, text: str, document: str | None = None, after: str = "") -> Sequence[Found]:
        """The best passage of each place that may answer `text`, the most probable first; of `document`, if
        one is named, and about what was asked before, `after`. The probability is that of the whole place.

        Raises BundleError."""
        topic = " ".join(content(words(after)))
        return _found(self, f"{text} {topic}".strip(), document, _stamp(self.index))

    def answers(self, text: str) -> float:
        """The probability that a place answers `text`; 0 where too little is known to read out or to ask."""
        found = self.find(text)
        return sum(one.probability for one in found) if is_answer(found) or offered(found) else 0.0

    def compared(self, text: str) -> tuple[Sequence[Hit], Floats]:
        """The passages that may answer, and what speaks for each: (passages, FEATURES)."""
        found, figures = _compared(self, text, None)
        return [one.hit for one in found], figures

    @property
    def is_complete(self) -> bool:
        """Whether the vectors of all passages are there."""
        with closing(Reader(self.index)) as reader:  # another thread may ask meanwhile
            return reader.is_complete

    def at(self, source: str, number: int, piece: int) -> Found | None:
        """The passage that was found before; None where the document has changed and has it no more."""
        hits = _reader(self.index).at(source)
        if not 0 <= number < len(hits) or not 0 <= piece < len(hits[number].passage.pieces):
            return None
        return _told(hits[number], number, piece, 1.0)


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


def is_answer(found: Sequence[Found]) -> bool:
    """Whether the first of them is read out without asking."""
    return bool(found) and found[0].probability >= ENOUGH


def offered(found: Sequence[Found]) -> Sequence[Found]:
    """The places among which to ask which one is meant; none where they hardly answer."""
    if is_answer(found) or sum(one.probability for one in found) < WORTH_ASKING:
        return ()
    return found[:OFFERED]


@functools.lru_cache(maxsize=16)
def _found(papers: Papers, text: str, document: str | None, stamp: tuple[int, ...]) -> Sequence[Found]:
    """One turn asks the same several times."""
    found, figures = _compared(papers, text, document)
    if not found:
        return ()
    chances = probabilities(figures @ WEIGHTS)
    together: dict[str, float] = {}
    best: dict[str, int] = {}
    how = form_of(text.lower()) == HOW
    for at in sorted(range(len(found)), key=lambda at: -chances[at]):
        passage = found[at].hit.passage
        together[passage.source] = together.get(passage.source, 0.0) + float(chances[at])
        before = best.setdefault(passage.source, at)
        if how and passage.kind == STEPS and found[before].hit.passage.kind != STEPS:
            best[passage.source] = at  # who asks how wants the steps, not what stands above them
    places = sorted(together, key=lambda source: -together[source])[: OFFERED + 1]
    return tuple(
        _told(found[at].hit, _number(papers, found[at].hit), found[at].piece, together[source])
        for source, at in ((source, best[source]) for source in places)
    )


def _number(papers: Papers, hit: Hit) -> int:
    """Its number among the passages at its place."""
    there = _reader(papers.index).at(hit.passage.source)
    return next((at for at, one in enumerate(there) if one.id == hit.id), 0)


def _compared(papers: Papers, text: str, document: str | None) -> tuple[Sequence[Candidate], Floats]:
    reader, encoder = _reader(papers.index), loaded(papers.encoder)
    asked = question(text, encoder)
    with reader.hurried():
        within = document or named(asked.stems, reader.titles())
        found = candidates(asked, reader, encoder, within)
        counts = reader.frequencies(asked.stems)
    if not found:
        return (), np.zeros((0, len(FEATURES)), np.float32)
    return found, features(asked, found, counts)


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
