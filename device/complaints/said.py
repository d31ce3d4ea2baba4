"""What is watched: texts of people, and turns that went wrong. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 500
"""Characters of a text that are read."""
MYNAH = "Mynah"
"""What failed turns are complaints about."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in at `at`, in seconds: a text, or a message's payload. `about`: what it is about, where that
    is known; `otherwise`: where it names nothing. `failed`: it is a complaint, whatever it says."""

    content: str | bytes
    at: float
    about: str = ""
    otherwise: str = MYNAH
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A `text` about `subject`, said at `at`."""

    text: str
    subject: str
    at: float


def said(heard: Heard, names: Iterable[str]) -> Said:
    """What was `heard` as a text about one thing, perhaps one of `names`."""
    text = text_of(heard.content) if isinstance(heard.content, bytes) else heard.content[:LONGEST]
    return Said(text, heard.about or subject_of(text, names, heard.otherwise), heard.at)


def text_of(payload: bytes) -> str:
    """The text in a message: plain, or `text`, `message`, `body` or `review` of JSON; "" where none is."""
    text = payload.decode("utf-8", "replace").strip()
    if text.startswith(("{", "[")):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        found = content if isinstance(content, dict) else {}
        keys = ("text", "message", "body", "review")
        text = next((found[key] for key in keys if isinstance(found.get(key), str)), "")
    return " ".join(text.split())[:LONGEST]


def subject_of(text: str, names: Iterable[str], otherwise: str) -> str:
    """Which of `names` a text is about: the longest that is in it; else `otherwise`."""
    words = " ".join(["", *re.findall(r"[^\W_]+", text.lower()), ""])
    inside = (name for name in names if name and f" {name.lower()} " in words)
    return max(inside, key=len, default=otherwise)
