"""What hassil's match of a sentence says: how likely it is, its free words, its intent. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hassil.recognize import RecognizeResult

from device.events import Intent
from device.understanding.matching import Bound

JOINING = frozenset(
    {"and", "or", "but", "not", "except", "this", "that", "in", "on", "to", "at", "off", "a", "an", "another"}
)
"""Words that are no part of what a thing is called."""
SENTENCE = re.compile(
    r"\b(?:would|could|can|will) you\b|\bmake sure\b|\b(?:i'm|i am|you're|he's|she's|we're|they're)\b"
)
"""What no thing for a list has, nor what takes its place."""
THINGS = ("item", "words")
"""Slots of things for a list, in any words."""
ALL = frozenset({"all", "every", "everything", "everywhere"})
"""Words that say that everything is meant."""
QUESTIONS = ("any", "all", "which", "how_many")
"""Home Assistant's response keys that say what is asked about several devices."""


def rank(match: RecognizeResult) -> tuple[int, float, bool, bool, int, int]:
    """As few free words as can be; what is likelier to be said; a thing by its name before a room; the room
    in which Mynah stands before the whole house; then the template with more words and fewer slots."""
    assert isinstance(match.intent_data, Bound)
    group = match.intent_data.group
    cost, contextual = (group.cost, group.contextual) if group is not None else (0.0, False)
    free, named = sum(len(text.split()) for text in free_texts(match)), "name" in match.entities
    return -free, -cost, named, contextual, match.text_chunks_matched, -len(match.entities)


def tells_apart(match: RecognizeResult) -> bool:
    """Whether free words can be what they stand for: what "the … one" says of a thing, a few words without a
    joint; a thing for a list, which asks for nothing."""
    things = (str(one.value) for one in match.entities_list if one.is_wildcard and one.name in THINGS)
    if any(map(SENTENCE.search, things)):
        return False
    which = match.entities.get("which")
    words = str(which.value).split() if which is not None and which.is_wildcard else []
    return len(words) <= 3 and JOINING.isdisjoint(words)


def free_texts(match: RecognizeResult) -> list[str]:
    """The texts that its wildcards match."""
    return [str(entity.value) for entity in match.entities_list if entity.is_wildcard]


def intent_of(match: RecognizeResult, confidence: float, text: str = "") -> Intent:
    response = match.intent_data.response or "default"
    return Intent(match.intent.name, _slots(match), confidence, response, not ALL.isdisjoint(text.split()))


def _slots(match: RecognizeResult) -> Mapping[str, Any]:
    slots: dict[str, Any] = {}
    for entity in match.entities_list:
        value = entity.value.strip() if entity.is_wildcard else entity.value
        if value == "":  # it says what is meant anyway
            continue
        several = entity.name in slots and isinstance(value, str)  # "milk and eggs" are both the item
        slots[entity.name] = f"{slots[entity.name]} and {value}" if several else value
    if match.intent.name == "HassGetState" and match.response in QUESTIONS:
        slots["question"] = match.response
    return slots
