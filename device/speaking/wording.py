"""Numbers and lists as they are read out."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float) -> str:
    """21.0 → "21", 19.5 → "19.5"."""
    return f"{value:.1f}".removesuffix(".0")


def listed(names: Sequence[str], word: str = "and") -> str:
    """["a", "b", "c"] → "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def are(names: Sequence[str]) -> str:
    """ "are" behind several names, or a plural, "the shutters"; otherwise "is"."""
    plural = len(names) > 1 or (names[0].endswith("s") and not names[0].endswith("ss"))
    return "are" if plural else "is"


def capitalized(text: str) -> str:
    """With its first letter as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def sentence(parts: Sequence[str]) -> str:
    """Notes as one sentence."""
    return capitalized(", ".join(parts))


YOURS = {"my": "your", "mine": "yours", "me": "you", "i": "you", "myself": "yourself", "i'm": "you're"}
"""Words of somebody who speaks of themselves, as they are said back."""


def said_back(text: str) -> str:
    """ "call my mom" → "call your mom"."""
    return " ".join(YOURS.get(word, word) for word in text.split())


INFINITIVES = {
    "Turned": "turn", "Set": "set", "Made": "make", "Switched": "switch", "Opened": "open", "Closed": "close",
    "Locked": "lock", "Unlocked": "unlock", "Stopped": "stop", "Playing": "play", "Paused": "pause",
    "Skipped": "skip", "Went": "go", "Muted": "mute", "Unmuted": "unmute", "Started": "start", "Sent": "send",
    "Activated": "activate", "Added": "add", "Announced": "announce",
}  # fmt: skip
"""Words with which replies say what was done."""


def to_do(reply: str) -> str:
    """What is to be done, from the reply that says that it was: "Turned on the lamp" → "turn on the lamp"."""
    first, space, rest = reply.partition(" ")
    return INFINITIVES.get(first, first[:1].lower() + first[1:]) + space + rest
