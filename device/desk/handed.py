"""A question that was handed to a person, and what became of it. Frozen values."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OPEN, ANSWERED, CLOSED = STATES = ("open", "answered", "closed")
LONGEST = 500
"""Characters of an answer that are spoken and kept."""
Said = tuple[str, str]
"""What somebody said, and what Mynah replied."""


@dataclass(frozen=True, slots=True)
class Handed:
    """`context`: what was said before. `at`, `ended`: seconds since 1970. `keep`: its answer becomes an
    entry of the FAQ. `sent`: it has left.
    """

    id: str
    at: float
    to: str
    text: str
    context: tuple[Said, ...] = ()
    state: str = OPEN
    answer: str = ""
    ended: float | None = None
    keep: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person sends: an answer to the question `id`; without a `text`, it is to be closed."""

    id: str
    text: str = ""
    keep: bool = False


def new_id() -> str:
    """Nobody answers a question by guessing its id."""
    return secrets.token_hex(4)


def answer_of(payload: bytes) -> Answered:
    """What `payload` says: {"id": …, "text": …, "keep": true} or {"id": …, "close": true}. Raises ValueError
    with what is wrong."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(number := content.get("id"), str):
        raise ValueError('an answer is JSON: {"id": …, "text": …}')
    text = content.get("text", "")
    if content.get("close") is True and not text:
        return Answered(number[:20])
    if not isinstance(text, str) or not (plain := " ".join(text.split())):
        raise ValueError('an answer needs its "text"; to close the question without one, say "close": true')
    return Answered(number[:20], plain[:LONGEST], content.get("keep") is True)


def handed_json(handed: Handed) -> dict[str, Any]:
    """As it is sent, and listed."""
    return {
        "id": handed.id,
        "at": _time(handed.at),
        "to": handed.to,
        "text": handed.text,
        "context": [{"said": said, "reply": reply} for said, reply in handed.context],
        "state": handed.state,
        "answer": handed.answer or None,
        "ended": None if handed.ended is None else _time(handed.ended),
        "keep": handed.keep,
    }


def handed_text(handed: Handed) -> str:
    """As a person reads it."""
    lines = [f"{handed.id}  {_time(handed.at)}  {handed.state}  {handed.text}"]
    lines += [f"          before: {said} → {reply}" for said, reply in handed.context]
    return "\n".join([*lines, *([f"          answer: {handed.answer}"] if handed.answer else [])])


def _time(at: float) -> str:
    return datetime.fromtimestamp(at).isoformat(timespec="seconds")
