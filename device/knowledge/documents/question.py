"""What a question asks: the words that count, what else they may be called, and the form of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from device.knowledge.documents.meanings import Meanings
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
    """A word that counts. `weight`: how much it says, 0…1. `code`: it stands for itself alone. `others`:
    stems of related words, and how close each is."""

    word: str
    stem: str
    weight: float
    code: bool
    others: dict[str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """A text, the form of the answer that it wants, and its words that count."""

    text: str
    form: str
    terms: tuple[Term, ...]

    @property
    def wide(self) -> tuple[str, ...]:
        """The stems to be searched for, also of related words."""
        return tuple(dict.fromkeys(stem for term in self.terms for stem in (term.stem, *term.others)))

    @property
    def own(self) -> tuple[str, ...]:
        """The stems of its own words."""
        return tuple(dict.fromkeys(term.stem for term in self.terms))


def form_of(text: str) -> str:
    """The form of a question in lower case."""
    return next((form for form, pattern in _FORMS if pattern.search(text)), OTHER)


def question(text: str, meanings: Meanings) -> Question:
    """What `text` asks."""
    terms = tuple(_term(word, meanings) for word in dict.fromkeys(content(words(text))))
    return Question(text, form_of(text.lower()), terms)


def _term(word: str, meanings: Meanings) -> Term:
    weight = 0.2 if word.isdigit() else meanings.weight(word)
    others: dict[str, float] = {}
    related = {} if is_code(word) else meanings.related(word)
    for other, close in related.items():
        others[stem(other)] = max(close, others.get(stem(other), 0.0))
    return Term(word, stem(word), weight, is_code(word), others)
