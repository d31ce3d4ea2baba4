"""What a question asks: its vector, the words that count, and the form of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from device.engine.sentence_encoder import Encoder, Floats
from device.knowledge.documents.words import content, is_code, stem, words

HOW, DURATION, FREQUENCY, AMOUNT, PLACE, MEANING, REASON, ALLOWED, OTHER = (
    *("how", "how long", "how often", "how much", "where", "what does it mean", "why", "may i", "other"),
)
"""Forms of questions."""

_DOING = "do|can|should|shall|must|to|would|could"
_SIZES = "much|many|hot|warm|cold|loud|heavy|high|big|large|wide|tall|deep|far|fast"
_MEASURES = "temperature|pressure|number|degrees|weight|size|capacity"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        (DURATION, r"\bhow (?:long|many (?:seconds|minutes|hours|days|weeks|months|years))\b"),
        (FREQUENCY, r"\bhow (?:often|frequently|many times)\b|\bwhen (?:do|must|should|shall|is|are|does)\b"),
        (AMOUNT, rf"\bhow (?:{_SIZES})\b|\b(?:what|which) (?:is the )?(?:{_MEASURES})\b"),
        (PLACE, r"\bwhere\b"),
        (MEANING, r"\bwhat (?:does|do|is|are)\b.*\b(?:means?|stand for|tell|indicate)\b"),
        (MEANING, r"\bwhat is (?:wrong|error|fault)\b"),
        (REASON, r"\bwhy\b|\bhow come\b|\bwhat is the reason\b"),
        (HOW, rf"\bhow (?:{_DOING})\b|\bwhat (?:do|must|should|can) (?:i|we) do\b"),
        (ALLOWED, r"^(?:and )?(?:can|may|is it|should|must|am i|are we|do i|do we|will)\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that counts. `code`: it is an error code, which stands for itself alone."""

    stem: str
    code: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A text, its vector, the form of the answer that it wants, and its words that count."""

    text: str
    vector: Floats
    form: str
    terms: tuple[Term, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems to be searched for."""
        return tuple(term.stem for term in self.terms)

    @property
    def codes(self) -> frozenset[str]:
        """The stems that the passage that answers must have."""
        return frozenset(term.stem for term in self.terms if term.code)


def form_of(text: str) -> str:
    """The form of a question in lower case."""
    return next((form for form, pattern in _FORMS if pattern.search(text)), OTHER)


def question(text: str, encoder: Encoder) -> Question:
    """What `text` asks."""
    found = {stem(word): is_code(word) for word in content(words(text))}
    terms = tuple(Term(one, code) for one, code in found.items())
    return Question(text, encoder.vector(text), form_of(text.lower()), terms)
