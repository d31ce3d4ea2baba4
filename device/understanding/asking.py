"""Which texts are questions that the home's papers may answer. What a paper says is read out, never done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from device.events import Act, Also, Intent, NotRecognized, Request, Transcript
from device.understanding.acts import UNKNOWN
from device.understanding.scope import WONDERED
from device.understanding.wondering import wonders

ANSWER = "MynahAnswer"
ENOUGH = 0.5
"""The probability of an answer to what is only refused otherwise: what a wrong one costs."""

_QUESTION = re.compile(
    r"\b(?:how|what|why|where|when|which|who|what's|how's|where's)\b"
    r"|^(?:and |so |but |please )?(?:can|could|may|must|should|do|does|did|is|are|will|am)"
    r" (?:i|we|you|it|the|my|there|this|that|a|an|one|somebody)\b"
    r"|\b(?:mean|means|manual|instructions|say about)\b|\?$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"^(?:and|what about|how about)\b|\b(?:that|it|this|these|those|they|them|there|afterwards)\b",
    re.IGNORECASE,
)


REFUSED = frozenset({"MynahCannot", "HassGetWeather"})
"""Requests for what Mynah has not, which it only refuses: a paper may know."""


FAILING = frozenset({"MynahFacts"})
"""Requests that Mynah answers where it happens to know."""


class Papers(Protocol):
    def answers(self, text: str) -> float:
        """The probability that the papers answer `text`, perhaps after a question; 0 where they hardly do."""


def is_question(text: str) -> bool:
    return _QUESTION.search(text.strip()) is not None


def follows(text: str) -> bool:
    """Whether a question may go on with what was asked before: "and how long does that take"."""
    return _FOLLOWS.search(text.strip()) is not None


def looked_up(acts: Sequence[Act], heard: Transcript, papers: Papers | None) -> Sequence[Act]:
    """`acts`, or where they are nothing that is understood, the question that the papers are asked."""
    if not is_question(heard.text):
        return acts
    if not all(map(_is_nothing, acts)):
        return _unanswered(acts, heard) if _may_fail(acts) else acts
    if papers is None:
        return _unanswered(acts, heard)
    probability = papers.answers(heard.text)
    refused = isinstance(acts[0], Request)
    if probability <= (ENOUGH if refused else 0.0) and (refused or not follows(heard.text)):
        return _unanswered(acts, heard)
    return (Request(Intent(ANSWER, {"question": heard.text}, min(probability, heard.confidence))),)


def _unanswered(acts: Sequence[Act], heard: Transcript) -> Sequence[Act]:
    """`acts` of what nothing answers, with the whole question where somebody may be asked."""
    if not wonders(heard.text):
        return acts
    if isinstance(first := acts[0], Request):
        asked = replace(first.intent, slots={**first.intent.slots, WONDERED: heard.text})
        return (replace(first, intent=asked), *acts[1:])
    why = first.reason if isinstance(first, NotRecognized) else UNKNOWN
    return (NotRecognized(heard.text, why),)


def _may_fail(acts: Sequence[Act]) -> bool:
    """Whether it turns out only later that nothing answers."""
    return len(acts) == 1 and isinstance(acts[0], Request) and acts[0].intent.name in FAILING


def _is_nothing(act: Act) -> bool:
    """Whether nobody else has an answer to it."""
    match act:
        case Request(intent):
            return intent.name in REFUSED
        case Also(slots):
            return set(slots) == {"words"}
    return isinstance(act, NotRecognized)
