"""A request beside something else: what comes before or behind it only tells why, or whom it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from device.events import Intent
from device.understanding.requesting import NO_REQUEST

FEWEST = 3
"""Words of a request."""
ASKING = (("could", "you"), ("can", "you"), ("would", "you"), ("will", "you"), ("please",), ("and",), ("so",))
"""What leads to a request."""
NOT_BEFORE = frozenset(
    {"to", "can", "could", "should", "would", "will", "must", "may", "might", "i", "we", "you", "they", "or"}
    | {
        "i'll",
        "we'll",
        "you'll",
        "let",
        "help",
        "a",
        "an",
        "the",
        "my",
        "our",
        "your",
        "of",
        "in",
        "on",
        "at",
    }
    | {"for", "with", "from", "by", "about", "and", "turn", "switch", "put", "set", "make"}
)
"""Words behind which no request begins: "he wants me to …"."""
OPENING = frozenset(
    {"so", "because", "cause", "cos", "it's", "its", "i'm", "i've", "i", "we're", "we've", "we", "my", "the"}
    | {"there's", "that's", "for", "you", "he's", "she's", "they're", "somebody", "someone"}
)
"""Words that may begin what only tells why."""

VERBS = frozenset(
    {"turn", "switch", "set", "put", "make", "open", "close", "shut", "raise", "lower", "dim", "brighten"}
    | {"lock", "unlock", "start", "stop", "pause", "resume", "play", "mute", "unmute", "change", "increase"}
    | {"decrease", "reduce", "vacuum", "hoover", "clean", "mow", "skip", "cancel", "activate", "run", "heat"}
    | {"cool", "warm", "draw", "pull", "bring", "kill", "drop", "bump", "crank", "send", "delete", "remove"}
)
"""Words with which such a request begins."""
ELSEWHERE = ("HassNevermind", "HassBroadcast", "HassRespond")
"""Requests that are none to the home."""
OURS = ("MynahCancel", "MynahLevel", "MynahSetAlarm", "MynahSelectOption")
"""Of Mynah's own requests, those that are."""
FREE = frozenset({"item", "message", "text", "words"})
"""Slots that hold any words."""


def beside(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each part of `words` that may be a request, and the rest, which asks for nothing; long parts first."""
    for at in range(1, len(words) - FEWEST + 1):
        before, request = words[:at], words[at:]
        if request[0] in VERBS and _leads(before) and not NO_REQUEST.search(" ".join(before)):
            yield " ".join(request), " ".join(before)
    for at in range(len(words) - 1, FEWEST - 1, -1) if words[0] in VERBS else ():
        request, behind = words[:at], words[at:]
        if behind[0] in OPENING and not NO_REQUEST.search(" ".join(behind)):
            yield " ".join(request), " ".join(behind)


def is_told(intent: Intent) -> bool:
    """Whether it is a request to the home, all of whose words are known."""
    ours = intent.name.startswith(OURS) or (intent.name.startswith("Hass") and intent.name not in ELSEWHERE)
    return ours and FREE.isdisjoint(intent.slots)


def _leads(before: Sequence[str]) -> bool:
    """Whether a request may follow these words."""
    asked = any(tuple(before[-len(one) :]) == one for one in ASKING)
    return asked or before[-1] not in NOT_BEFORE
