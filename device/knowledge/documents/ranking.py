"""How well a passage answers a question: what speaks for it, in figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.knowledge.documents import question as asked
from device.knowledge.documents.candidates import NAMES, Candidate, name_of, says
from device.knowledge.documents.meanings import Meanings, akin
from device.knowledge.documents.passages import ROW, STEPS, Passage
from device.knowledge.documents.question import Question
from device.knowledge.documents.words import content, stem, words

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
class _Parts:
    """The numbers of the words above a passage, in its headings and its lead, and of those in each piece."""

    above: tuple[int, ...]
    pieces: tuple[tuple[int, ...], ...]


FEATURES = (
    *("bias", "rest", "piece", "headings", "code", "fits"),
    *("steps", "own", "wide", "row", "long", "called"),
)
"""What speaks for a passage.

Of the question's words that are not in the title of its document: how many are in it at all, in one piece,
and in its headings. An error code. Whether the answer has the form that is asked for. Steps where it asks
how. Its places in the two searches, a row of a table, the length. Whether the question says all of its
heading.
"""


class Ranker:
    """Compares questions with passages."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings

    def features(self, question: Question, found: Sequence[Candidate]) -> tuple[Floats, list[int]]:
        """(passages, FEATURES), and of each passage the piece that fits best."""
        numbers: dict[str, int] = {}
        parts = [_parts(one.hit.passage, numbers) for one in found]
        alike = self._alike(question, tuple(numbers))
        weights = np.array([term.weight for term in question.terms], np.float32)
        rests = {one.hit.title: weights * (1.0 - _titled(question, one.hit.title)) for one in found}
        made = [
            self._of(question, one, part, alike, rests[one.hit.title])
            for one, part in zip(found, parts, strict=True)
        ]
        return np.array([one for one, _ in made], np.float32), [piece for _, piece in made]

    def _of(
        self, question: Question, one: Candidate, parts: _Parts, alike: Floats, rest: Floats
    ) -> tuple[list[float], int]:
        """The features and the best piece. `rest`: how much each word says that the title does not say."""
        passage = one.hit.passage
        above = _said(alike, parts.above)
        pieces = [_said(alike, piece) for piece in parts.pieces]
        fits = [self._fits(question, text) for text in passage.pieces]
        scores = [
            _share(rest, np.maximum(each, above)) + 0.5 * _share(rest, each) + 0.15 * fit
            for each, fit in zip(pieces, fits, strict=True)
        ]
        best = int(np.argmax(scores))
        whole = np.maximum(np.max(pieces, axis=0), above)
        features = [
            1.0,
            _share(rest, whole),
            _share(rest, np.maximum(pieces[best], above)),
            _share(rest, above),
            float(min((whole[at] for at, term in enumerate(question.terms) if term.code), default=0.0)),
            float(fits[best]),
            float(passage.kind == STEPS) * (1.0 if question.form == asked.HOW else -0.5),
            one.own,
            one.wide,
            float(passage.kind == ROW and question.form != asked.HOW),
            min(len(passage.pieces), 8) / 8,
            float(_is_called(question, passage.path)),
        ]
        return features, best

    def _alike(self, question: Question, said: Sequence[str]) -> Floats:
        """(terms, words) how far each word of the question is said by each of these, 0…1."""
        stems = {at: stem(word) for at, word in enumerate(said)}
        mine = self._meanings.vectors([term.word for term in question.terms])
        found = akin(mine @ self._meanings.vectors(said).T)
        for row, term in zip(found, question.terms, strict=True):
            if term.code:
                row[:] = 0.0
            for at, one in stems.items():
                if one == term.stem:
                    row[at] = 1.0
                elif one in term.others:
                    row[at] = max(row[at], 0.9 * term.others[one])
        return found

    def _fits(self, question: Question, text: str) -> bool:
        pattern = _FITTING.get(question.form)
        return pattern is not None and bool(pattern.search(text))


def _parts(passage: Passage, numbers: dict[str, int]) -> _Parts:
    """The words of a passage by their numbers; new ones get the next."""

    def of(*texts: str) -> tuple[int, ...]:
        return tuple(numbers.setdefault(word, len(numbers)) for word in content(words(" . ".join(texts))))

    return _Parts(of(*passage.path, passage.lead), tuple(map(of, passage.pieces)))


def _said(alike: Floats, numbers: Sequence[int]) -> Floats:
    """(terms,) how far each word of the question is said by one of the words with these numbers."""
    if not numbers:
        return np.zeros(len(alike), np.float32)
    return np.asarray(alike[:, list(numbers)].max(axis=1))


def _is_called(question: Question, path: Sequence[str]) -> bool:
    """Whether the question says all of the last heading, in its words."""
    heading = frozenset(map(stem, content(words(path[-1])))) if path else frozenset[str]()
    return bool(heading) and heading <= {term.stem for term in question.terms}


def _titled(question: Question, title: str) -> Floats:
    """(terms,) how far each word of the question names the document. One word of two is half a name: "the
    pump" is not yet the heat pump."""
    name = name_of(title)
    said = [says(term, name) for term in question.terms]
    together = frozenset[str]().union(*said)
    whole = 1.0 if len(together) >= min(NAMES, len(name)) else 0.5
    return np.array([whole * bool(one) for one in said], np.float32)


def _share(weights: Floats, values: Floats) -> float:
    """The mean of `values`, 0…1, by `weights`; 1 where nothing has a weight."""
    total = float(weights.sum())
    return float((weights * values).sum()) / total if total > 1e-3 else 1.0


WEIGHTS = np.array(
    [-7.01, 1.2, 1.49, 2.39, 5.16, 1.35, 1.25, 1.67, 2.37, -1.14, -0.34, 0.66],
    np.float32,
)
"""Of FEATURES: the log odds of a passage against no answer, as `mynah-train answering` fits them."""
