"""A request beside its reason, "it's late, turn off the lamp". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from device.events import Intent
from device.understanding.mentions import LENGTHS, MOMENTS, NUMBERS
from device.understanding.requesting import denies

FEWEST = 3
"""Words of a request."""
OPENING = (
    r"(?:(?:oh|ah|well|hey|hi|hello|sorry|thanks|thank you|ok|okay|dear|please|because|since|as|cos|cause|so"
    r"|and|will you|would you|could you|can you) )*"
)
REASON = re.compile(
    OPENING + r"(?:i'm|i am|i've|i can't|i cannot|it's|its|it is|there's|there is|we're|we are|we've|we have"
    r"|that's|(?:my|the|our) (?:\w+ ){1,2}(?:is|are|was|has|have)"
    r"|(?:i|we) (?:just |have |had |only )?"
    r"(?:\w{2,}ed|felt|got|went|woke|fell|left|lost|broke|came|need|want))\b.*"
)
"""What tells why."""
ASKING = re.compile(r"(?:.* )?(?:could you|can you|would you|please)")
"""What leads to a request, if there is no reason."""
LEADING = re.compile(r"(?:(?:could|can|would|will) you |please |kindly |just |now )+")
"""What a request begins with before its verb."""
TAG = re.compile(r"(?: (?:will|would|could|can|won't) you)+$")
"""What makes a request polite behind it."""
ELSEWHERE = re.compile(
    r"\b(?:says?|said|reads?|writes?|yells?|shouts?|calls?|called|asks?|tells?|wants?|sings?|type|spell|sign|book|game"
    r"|dont|cant|wont|cannot|hardly|refuse|avoid|forbid\w*|bad|risky|warning|beware|without|moment|soon|later|every"
    r"|each|time|before|after|until|by|case|example|joke|trap|last|mad|always|often|used|remember|again)\b"
)
"""What says that nothing is asked for, or not now."""
VERBS = frozenset(
    {"turn", "switch", "set", "put", "make", "open", "close", "shut", "raise", "lower", "dim", "brighten"}
    | {"start", "stop", "pause", "resume", "play", "mute", "unmute", "change", "vacuum", "hoover", "clean"}
    | {"increase", "decrease", "reduce", "heat", "cool", "warm", "draw", "pull"}
)
"""Words with which such a request begins."""
HARMLESS = frozenset({"am", "day", "now", "today", "tonight", "night", "one"})
"""Words of times and numbers that a reason may have."""
GUARDED = re.compile(r"\b(?:un)?lock|\b(?:doors?|gates?|garage|alarm|siren|valve|water)\b")
"""What nobody asks for in passing."""
NOT_HERE = ("HassNevermind", "HassBroadcast", "HassRespond")
FREE = frozenset({"item", "message", "text", "words"})
"""Slots that hold any words."""


def beside(words: Sequence[str], named: Sequence[bool]) -> Iterator[str]:
    """Each part of `words` that may be a request, whose rest only tells why; long parts first.

    `named`: which of the words name something of the home. In a reason none does.
    """
    for at in range(1, len(words) - FEWEST + 1):
        before = " ".join(words[:at])
        if words[at] in VERBS and _tells_why(before, named[:at], True):
            yield from _unguarded(words[at:])
    lead = LEADING.match(" ".join(words))
    first = len(lead[0].split()) if lead else 0
    for at in (
        range(len(words) - 1, first + FEWEST - 1, -1)
        if words[first : first + 1] and words[first] in VERBS
        else ()
    ):
        if _tells_why(" ".join(words[at:]), named[at:], False):
            yield from _unguarded(words[first:at])


def _unguarded(request: Sequence[str]) -> Iterator[str]:
    text = TAG.sub("", " ".join(request))
    if not GUARDED.search(text):
        yield text


def _tells_why(rest: str, named: Sequence[bool], ahead: bool) -> bool:
    times = {*rest.split()} & ((NUMBERS | MOMENTS | LENGTHS) - HARMLESS)
    told = REASON.fullmatch(rest) or (ahead and ASKING.fullmatch(rest))
    return bool(told) and not (times or any(named) or denies(rest) or ELSEWHERE.search(rest))


def is_told(intent: Intent) -> bool:
    """Whether it is a request to the home, all of whose words are known."""
    return intent.name.startswith("Hass") and intent.name not in NOT_HERE and FREE.isdisjoint(intent.slots)
