"""A request beside its reason, "it's late, turn off the lamp". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from device.events import Intent
from device.understanding.mentions import LENGTHS, MOMENTS, NUMBERS
from device.understanding.requesting import denies

FEWEST = 3
"""Words of a request."""
OPENING = (
    r"(?:(?:oh|ah|well|hey|hi|hello|sorry|thanks|thank you|ok|okay|dear|please|because|since|as|cos|cause|so"
    r"|hang on|hold on|wait|ugh|hmm|right|fine|gosh|god"
    r"|and|will you|would you|could you|can you) )*"
)
REASON = re.compile(
    OPENING + r"(?:i'm|i am|i've|i can't|i cannot|it's|its|it is|there's|there is|we're|we are|we've|we have"
    r"|that's|she's|he's|they're|(?:my|the|our) (?:\w+ ){1,2}(?:is|are|was|has|have|can|can't)"
    r"|(?:i|we) (?:just |have |had |only )?"
    r"(?:\w{2,}ed|felt|got|went|woke|fell|left|lost|broke|came|need|want))\b.*"
)
"""What tells why."""
OTHERS = re.compile(rf"^{OPENING}(?:she|he|they)(?:'s|'re| is| are)\b")
"""How somebody else is, which is a reason."""
BOUND = re.compile(r".* (?:so|please|(?:could|can|would|will) you(?: please| kindly| just)?)")
"""How a reason ends from which a request follows: "i'm afraid to turn on the lamp" asks for nothing."""
AFTERWARDS = re.compile(
    r".* (?:on|off|up|down|open|shut|percent|please|now|(?:will|would|could|can|won't) you) \| .*"
    r"|.* \| " + OPENING + r"(?:i'm|i am|i can't|i cannot|it's|it is|there's|there is|we're|we are"
    r"|he's|she's|they're)\b.*"
)
"""A request and a reason that does not tell which thing is meant, as "the lamp i got" does."""
ASKING = re.compile(r"(?:.* )?(?:could you|can you|would you|please)")
"""What leads to a request, if there is no reason."""
BECAUSE = re.compile(r"(?:so that|because|cos|cause) (?:\S+ ){1,12}\S+")
"""A reason that is said to be one."""
UNLESS = re.compile(r"\b(?:if|unless|until|till|when|whenever|except|but|only|instead|and|then|or)\b")
"""What may say more than why."""
RIGHTED = re.compile(r"(?:make|set) (?:it|that) .+")
"""What changes something that was spoken of before."""
SUBJECT = frozenset(
    {"i", "we", "you", "he", "she", "they", "to", "and", "or", "not", "will", "would", "could", "who"}
)
"""Words after which a verb asks for nothing: "i'm sure i set it to ten"."""
LEADING = re.compile(r"(?:(?:could|can|would|will) you |please |kindly |just |now )+")
"""What a request begins with before its verb."""
TAG = re.compile(r"(?: (?:will|would|could|can|won't) you)+$")
"""What makes a request polite behind it."""
ELSEWHERE = re.compile(
    r"\b(?:said|reads?|writ(?:es?|ing)|(?:say|yell|shout|call|ask|tell|sing)(?:s|ing)?|called|wants?"
    r"|type|spell|sign|book|game"
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
FRONT = VERBS | {"let's", "lets", "and", "also", "same"}
"""Words with which what is asked for begins before its reason."""
HARMLESS = frozenset({"am", "day", "now", "today", "tonight", "night", "one"})
"""Words of times and numbers that a reason may have."""
GUARDED = re.compile(r"\b(?:un)?lock|\b(?:doors?|gates?|garage|alarm|siren|valve|water)\b")
"""What nobody asks for in passing."""
NOT_HERE = ("HassNevermind", "HassBroadcast", "HassRespond")
FREE = frozenset({"item", "message", "text", "words"})
"""Slots that hold any words."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be a request. `plain`: nothing else can be meant."""

    text: str
    plain: bool = False


def beside(words: Sequence[str], named: Sequence[bool]) -> Iterator[Beside]:
    """Each part of `words` that may be a request, whose rest only tells why; long parts first.

    `named`: which of the words name something of the home. In a reason none does, but for one that is said to
    be one.
    """
    for at in range(FEWEST, len(words) - 2):
        rest = " ".join(words[at:])
        if BECAUSE.fullmatch(rest) and not UNLESS.search(rest):
            yield Beside(" ".join(words[:at]), True)
    yield from _behind(words, named)
    yield from _ahead(words, named)


def _behind(words: Sequence[str], named: Sequence[bool]) -> Iterator[Beside]:
    """Where the reason comes first."""
    for at in range(1, len(words) - FEWEST + 1):
        before = " ".join(words[:at])
        bound = BOUND.fullmatch(before)
        if (words[at] in VERBS or bound) and _may_go_with(before, named[:at], True):
            if words[at - 1] not in SUBJECT:
                bound = bound or RIGHTED.fullmatch(" ".join(words[at:]))
            yield from _unguarded(words[at:], bool(bound and REASON.fullmatch(before)))


def _ahead(words: Sequence[str], named: Sequence[bool]) -> Iterator[Beside]:
    """Where the request comes first."""
    lead = LEADING.match(" ".join(words))
    first = len(lead[0].split()) if lead else 0
    if not FRONT.intersection(words[first : first + 1]):
        return
    for at in range(len(words) - 1, first + FEWEST - 1, -1):
        rest = " ".join(words[at:])
        if _may_go_with(rest, named[at:], False):
            plain = bool(AFTERWARDS.fullmatch(f"{' '.join(words[first:at])} | {rest}"))
            yield from _unguarded(words[first:at], plain)


def _unguarded(request: Sequence[str], plain: bool) -> Iterator[Beside]:
    text = TAG.sub("", " ".join(request))
    if not GUARDED.search(text):
        yield Beside(text, plain)


def _may_go_with(rest: str, named: Sequence[bool], ahead: bool) -> bool:
    """Whether `rest` tells why something is asked for, or asks politely."""
    times = {*rest.split()} & ((NUMBERS | MOMENTS | LENGTHS) - HARMLESS)
    told = REASON.fullmatch(rest) or (ahead and ASKING.fullmatch(rest))
    doubtful = denies(OTHERS.sub("", rest)) or ELSEWHERE.search(rest)
    return bool(told) and not (times or any(named) or doubtful)


def is_told(intent: Intent) -> bool:
    """Whether it is a request to the home, all of whose words are known."""
    return intent.name.startswith("Hass") and intent.name not in NOT_HERE and FREE.isdisjoint(intent.slots)
