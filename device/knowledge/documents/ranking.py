"""How well a passage answers a question: what speaks for it, in figures."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from device.engine.sentence_encoder import Floats
from device.knowledge.documents import question as asked
from device.knowledge.documents.candidates import Candidate, name_of
from device.knowledge.documents.passages import ROW
from device.knowledge.documents.question import Question
from device.knowledge.documents.words import content, stem, words

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


FEATURES = ("bias", "whole", "piece", "ahead", "title", "own", "rest", "called", "code", "fits", "row")
"""What speaks for a passage.

The cosines of the question with the passage and its nearest piece; how far their sum is ahead of the best at
another place. How far the title of the document is behind the nearest one. Its place in the search for words,
and how many of the question's words that are not in the title it has. Whether the question says all of its
heading. An error code. Whether it has the form
that is asked for. A row of a table, where nobody asks how.
"""
COSINES = 10.0
"""What cosines are multiplied by, so that their weights are as large as others."""


def features(question: Question, found: Sequence[Candidate], counts: Mapping[str, int]) -> Floats:
    """(passages, FEATURES). `counts`: in how many passages each word of the question is."""
    near = [one.near[0] + one.near.max() for one in found]
    best: dict[str, float] = {}
    for one, sum_ in zip(found, near, strict=True):
        source = one.hit.passage.source
        best[source] = max(sum_, best.get(source, 0.0))
    first, *others = sorted(best, key=lambda source: -best[source])
    second = best[others[0]] if others else 0.0
    ahead = [
        sum_ - (second if one.hit.passage.source == first else best[first])
        for one, sum_ in zip(found, near, strict=True)
    ]
    nearest = max(one.title for one in found)
    return np.array(
        [_of(question, one, lead, nearest, counts) for one, lead in zip(found, ahead, strict=True)],
        np.float32,
    )


def _of(
    question: Question, one: Candidate, ahead: float, nearest: float, counts: Mapping[str, int]
) -> list[float]:
    passage, name = one.hit.passage, name_of(one.hit.title)
    heading = frozenset(map(stem, content(words(passage.path[-1])))) if passage.path else frozenset()
    weights = {term: 1 / (1 + math.log1p(counts.get(term, 0))) for term in question.stems if term not in name}
    pattern = _FITTING.get(question.form)
    return [
        1.0,
        COSINES * float(one.near[0]),
        COSINES * float(one.near[1:].max() if len(one.near) > 1 else one.near[0]),
        COSINES * ahead,
        COSINES * (one.title - nearest),
        one.own,
        _share(weights, passage.stems),
        float(bool(heading) and heading <= frozenset(question.stems)),
        float(bool(question.codes - {*name})),
        float(pattern is not None and bool(pattern.search(passage.pieces[one.piece]))),
        float(passage.kind == ROW and question.form != asked.HOW),
    ]


def _share(weights: Mapping[str, float], said: Collection[str]) -> float:
    """How many of the words are in `said`, 0…1, by their weights; 0 where there is no word."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in said) / total if total else 0.0


WEIGHTS = np.array([-3.5, -0.34, 0.62, 0.55, 0.65, 0.88, 1.24, 1.68, 5.0, 0.58, -0.39], np.float32)
"""Of FEATURES: the log odds of a passage against no answer, as `mynah-train answering` fits them."""
