"""A question → the passages that may answer it: those with its words, and those whose vectors are near."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device.engine.sentence_encoder import Encoder, Floats
from device.knowledge.documents.question import Question
from device.knowledge.documents.store import Hit, Reader
from device.knowledge.documents.words import content, stem, words

MOST = 30
"""Passages that are looked at closely, of those with the question's words and of those that are near."""
NAMES = 2
"""Words of a title, or all of a shorter one, that name the document."""
ALL = 3000
"""Most passages of all documents whose vectors are compared; of more, only those of LIKELY documents."""
LIKELY = 3
"""Documents whose titles are nearest."""
LATE = 2
"""Passages, of those that have no vectors yet, whose vectors are computed for a question."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`own`: its place among the passages with the question's words; 1 for the best, less for others, 0 for
    none. `near`: the cosines of its units with the question. `title`: that of its document's title."""

    hit: Hit
    own: float
    near: Floats
    title: float

    @property
    def piece(self) -> int:
        """The number of the piece that is nearest."""
        return int(np.argmax(self.near[1:])) if len(self.near) > 1 else 0


@functools.lru_cache(maxsize=4096)
def name_of(title: str) -> tuple[str, ...]:
    """The stems of a title that name the document."""
    return tuple(dict.fromkeys(map(stem, content(words(title.partition(":")[0])))))


def named(spoken: Collection[str], titles: Mapping[str, str]) -> str | None:
    """The document whose title these stems say; None where they say none, or more than one."""
    best: list[str] = []
    most = 1
    for document, title in titles.items():
        name = name_of(title)
        said = sum(one in spoken for one in name)
        if said >= max(most, min(NAMES, len(name))):
            best = [*(best if said == most else ()), document]
            most = said
    return best[0] if len(best) == 1 else None


def candidates(
    question: Question, reader: Reader, encoder: Encoder, document: str | None
) -> Sequence[Candidate]:
    """The passages that may answer; of `document`, if it is known which one is meant."""
    titles = {one: float(vector @ question.vector) for one, vector in reader.title_vectors().items()}
    name = name_of(reader.titles().get(document, "")) if document else ()
    rest = [one for one in question.stems if one not in name] or question.stems
    own = {hit.id: hit for hit in reader.search(rest, MOST, document)}
    places = {one: 1 / (1 + at / 2) for at, one in enumerate(own)}
    units = reader.units(own, _scope(document, titles, reader))
    near = _cosines(question.vector, units)
    nearest = sorted(near, key=lambda one: -_nearness(near[one]))[:MOST]
    hits = {hit.id: hit for hit in (*own.values(), *reader.hits(set(nearest) - own.keys()))}
    late = [one for one in own if one not in near][:LATE]
    near |= {one: _now(question.vector, hits[one], encoder) for one in late}
    return [
        Candidate(hit, places.get(one, 0.0), near[one], titles.get(hit.document, 0.0))
        for one, hit in hits.items()
        if one in near
        and question.codes <= hit.passage.stems | {*name_of(hit.title)}  # another error is no answer
    ]


def _scope(document: str | None, titles: Mapping[str, float], reader: Reader) -> Sequence[str] | None:
    """The documents whose passages are all compared; None: all."""
    if document is not None:
        return (document,)
    if reader.passages <= ALL:
        return None
    return sorted(titles, key=lambda one: -titles[one])[:LIKELY]


def _cosines(vector: Floats, units: Mapping[int, bytes]) -> dict[int, Floats]:
    """Of each passage, the cosines of its units with `vector`."""
    width = len(vector)
    matrix = np.frombuffer(b"".join(units.values()), np.int8).reshape(-1, width)
    cosines = matrix.astype(np.float32) @ (vector / 127)
    ends = np.cumsum([len(one) // width for one in units.values()])
    return dict(zip(units, np.split(cosines, ends[:-1]), strict=True)) if units else {}


def _now(vector: Floats, hit: Hit, encoder: Encoder) -> Floats:
    """The cosine of a passage that has no vectors yet, as a whole."""
    return np.array([encoder.vector(hit.passage.units[0]) @ vector], np.float32)


def _nearness(near: Floats) -> float:
    return float(near[0] + near.max())
