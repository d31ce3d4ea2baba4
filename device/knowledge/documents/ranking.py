"""How well a passage answers a question: what speaks for it, in figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.knowledge.documents import question as asked
from device.knowledge.documents.meanings import Meanings, akin
from device.knowledge.documents.passages import ROW, STEPS
from device.knowledge.documents.question import Question
from device.knowledge.documents.store import Hit
from device.knowledge.documents.words import STOP, stem, words

Floats = npt.NDArray[np.float32]

_NUMBER = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|half|twelve|twenty|thirty|a)"
_SPAN = rf"{_NUMBER} (?:and a half )?(?:seconds?|minutes?|min|hours?|h|days?|weeks?|months?|years?)\b"
_FITTING = {
    asked.DURATION: re.compile(rf"(?i)\b(?:{_SPAN}|whole day|at once)"),
    asked.FREQUENCY: re.compile(
        rf"(?i)\b(?:every|each|daily|weekly|monthly|yearly|once|twice|times|after|before|when|always|{_SPAN})\b"
    ),
    asked.AMOUNT: re.compile(r"\d"),
    asked.PLACE: re.compile(
        r"(?i)\b(?:at|on|in|behind|below|under|beside|above|next to|inside|left|right|top|bottom|back)\b"
    ),
    asked.ALLOWED: re.compile(
        r"(?i)\b(?:never|not|only|may|can|cannot|must|yes|no|allowed|possible|suitable|do not|avoid|use)\b"
    ),
    asked.REASON: re.compile(r"(?i)\b(?:because|too|is|are|not|makes?|normal|cause|due|since|needs?|if)\b"),
}
"""What the answer to a question of a form has in it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage, the probability that it answers, and the piece in which the answer begins."""

    hit: Hit
    probability: float
    piece: int


@dataclass(frozen=True, slots=True)
class _Part:
    """The words of a part of a passage: their stems and vectors."""

    stems: tuple[str, ...]
    vectors: Floats


FEATURES = (
    *("bias", "rest", "piece", "exact", "headings", "weakest", "missing", "last", "title", "elsewhere"),
    *("code", "fits", "unfit", "steps", "bm25", "row", "long"),
)
"""What speaks for a passage.

Of the question's words that are not in the title of its document: how many are in it at all, in one piece, in
exactly these words and in its headings, and how well the weakest and the heaviest fit. How much of the
last heading the question says. How many of its words are in the title, and how many more in another. An error
code. Whether the answer has the form that is asked for. Steps where it asks how. The search's own figure, a
row of a table, the length.
"""
HEAVY = 0.35
"""Weight from which a word must be known to the passage."""


class Ranker:
    """Compares questions with passages."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings

    def features(self, question: Question, hits: Sequence[Hit]) -> tuple[Floats, list[int]]:
        """(hits, FEATURES), and of each passage the piece that fits best."""
        vectors = self._meanings.vectors([term.word for term in question.terms])
        weights = np.array([term.weight for term in question.terms], np.float32)
        titles = {hit.title: self._named(question, vectors, hit.title) for hit in hits}
        named = {title: _share(weights, alike) for title, alike in titles.items()}
        made = [self._of(question, hit, vectors, weights, titles[hit.title]) for hit in hits]
        best = max(named.values(), default=0.0)
        for hit, (features, _) in zip(hits, made, strict=True):
            features[FEATURES.index("elsewhere")] = best - named[hit.title]
        return np.array([one for one, _ in made], np.float32), [piece for _, piece in made]

    def _of(
        self, question: Question, hit: Hit, vectors: Floats, weights: Floats, of_title: Floats
    ) -> tuple[list[float], int]:
        passage = hit.passage
        rest = weights * (1.0 - of_title)  # what the title does not say
        path = self._part(passage.path)
        above = np.maximum(
            self._alike(question, vectors, path), self._alike(question, vectors, self._part([passage.lead]))
        )
        pieces = [self._alike(question, vectors, self._part([piece])) for piece in passage.pieces]
        fits = [self._fits(question, text) for text in passage.pieces]
        scores = [
            _share(rest, np.maximum(one, above)) + 0.5 * _share(rest, one) + 0.15 * fit
            for one, fit in zip(pieces, fits, strict=True)
        ]
        best = int(np.argmax(scores))
        whole = np.maximum(np.max(pieces, axis=0), above)
        heavy = rest >= HEAVY
        codes = [at for at, term in enumerate(question.terms) if term.code]
        has_form = question.form in _FITTING
        return [
            1.0,
            _share(rest, whole),
            _share(rest, np.maximum(pieces[best], above)),
            _share(rest, (whole >= 0.9).astype(np.float32)),
            _share(rest, above),
            float(whole[heavy].min()) if heavy.any() else 1.0,
            float((rest * (1.0 - whole)).max(initial=0.0)),
            self._said_of(question, vectors, self._part(passage.path[-1:])),
            _share(weights, of_title),
            0.0,
            float(min((whole[at] for at in codes), default=0.0)),
            float(has_form and fits[best]),
            float(has_form and not any(fits)),
            float(passage.kind == STEPS) * (1.0 if question.form == asked.HOW else -0.5),
            hit.bm25 / (hit.bm25 + 8.0),
            float(passage.kind == ROW and question.form != asked.HOW),
            min(len(passage.pieces), 8) / 8,
        ], best

    def _named(self, question: Question, vectors: Floats, title: str) -> Floats:
        """(terms,) how far each word of the question names the document. One word of two is half a name: "the
        pump" is not yet the heat pump."""
        part = self._part([title.partition(":")[0]])
        alike = self._alike(question, vectors, part)
        said = sum(one >= 0.5 for one in alike)
        return alike if said > 1 or len(part.stems) < 2 else alike * np.float32(0.5)

    def _part(self, texts: Iterable[str]) -> _Part:
        found = tuple(dict.fromkeys(word for word in words(" . ".join(texts)) if word not in STOP))
        return _Part(tuple(map(stem, found)), self._meanings.vectors(found))

    def _alike(self, question: Question, vectors: Floats, part: _Part) -> Floats:
        """(terms,) how far each word of the question is said in the part, 0…1."""
        if not part.stems:
            return np.zeros(len(question.terms), np.float32)
        found = akin(vectors @ part.vectors.T).max(axis=1)
        for at, term in enumerate(question.terms):
            if term.code:
                found[at] = 0.0
            if term.stem in part.stems:
                found[at] = 1.0
            elif not term.code:
                known = (close for other, close in term.others.items() if other in part.stems)
                found[at] = max(float(found[at]), 0.9 * max(known, default=0.0))
        return found

    def _said_of(self, question: Question, vectors: Floats, part: _Part) -> float:
        """The share of the part's words that are said in the question."""
        if not part.stems or not question.terms:
            return 0.0
        near = akin(part.vectors @ vectors.T)
        same = np.array([[one == term.stem for term in question.terms] for one in part.stems])
        return float(np.maximum(near, same).max(axis=1).mean())

    def _fits(self, question: Question, text: str) -> bool:
        pattern = _FITTING.get(question.form)
        return pattern is not None and bool(pattern.search(text))


def _share(weights: Floats, values: Floats) -> float:
    """The mean of `values`, 0…1, by `weights`; 1 where nothing has a weight."""
    total = float(weights.sum())
    return float((weights * values).sum()) / total if total > 1e-3 else 1.0


WEIGHTS = np.array(
    [
        *(-5.7, 0.89, 1.03, 3.77, 1.76, -0.58, -1.28, 1.05, -0.79),
        *(-4.9, 3.7, 1.81, -1.05, 1.3, 4.41, -2.09, -1.31),
    ],
    np.float32,
)
"""Of FEATURES: the log odds of a passage against no answer.

Fitted on docs/examples/questions/development.yaml and on the same questions without the passages that answer
them; the first is lowered until few answers are wrong.
"""
