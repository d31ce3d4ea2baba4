"""A question → the passages that may answer it: of the document that it names, or of all."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from device.knowledge.documents.question import Question, Term
from device.knowledge.documents.store import Hit, Reader
from device.knowledge.documents.words import content, stem, words

MOST = 30
"""Passages that are looked at closely, of those with the question's own words and of those with others."""
NAMES = 2
"""Words of a title, or all of a shorter one, that name the document."""
CLOSE = 0.5
"""How close a related word must be to name a document."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`own` and `wide`: its place among the passages with the question's own words, and with related ones
    too; 1 for the best, less for others, 0 for none."""

    hit: Hit
    own: float
    wide: float


@functools.lru_cache(maxsize=4096)
def name_of(title: str) -> tuple[str, ...]:
    """The stems of a title that name the document."""
    return tuple(dict.fromkeys(map(stem, content(words(title.partition(":")[0])))))


def says(term: Term, name: Sequence[str]) -> frozenset[str]:
    """Those of the stems in `name` that a word of the question says."""
    return frozenset(one for one in name if one == term.stem or term.others.get(one, 0.0) >= CLOSE)


def named(question: Question, titles: Mapping[str, str]) -> str | None:
    """The document whose title the question says; None where it says none, or more than one."""
    spoken = {term.stem for term in question.terms}
    spoken |= {other for term in question.terms for other, close in term.others.items() if close >= CLOSE}
    best: list[str] = []
    most = 1
    for document, title in titles.items():
        name = name_of(title)
        said = sum(one in spoken for one in name)
        if said >= max(most, min(NAMES, len(name))):
            best = [*(best if said == most else ()), document]
            most = said
    return best[0] if len(best) == 1 else None


def candidates(question: Question, reader: Reader, document: str | None) -> list[Candidate]:
    """The passages that may answer; of `document`, if it is known which one is meant."""
    name = name_of(reader.titles().get(document, "")) if document else ()
    terms = tuple(term for term in question.terms if not says(term, name)) or question.terms
    rest = Question(question.text, question.form, terms)
    own = reader.search(rest.own, MOST, document)
    wide = reader.search(rest.wide, MOST, document)
    places = [{hit.id: 1 / (1 + at / 2) for at, hit in enumerate(hits)} for hits in (own, wide)]
    hits = {hit.id: hit for hit in (*own, *wide)}
    codes = {term.stem for term in question.terms if term.code}
    return [
        Candidate(hit, *(place.get(hit.id, 0.0) for place in places))
        for hit in hits.values()
        if codes <= hit.passage.stems  # another error is no answer
    ]
