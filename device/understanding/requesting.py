"""Whether a text that no template knows may ask for something, or only tells something. Pure."""

from __future__ import annotations

import re
from enum import Enum

from device.understanding.frames import Text, things
from device.understanding.mentions import WHOLE

DENIES = re.compile(
    r"\b(?:not|cannot|no|less|never|nobody|none|if|when|whenever|once|until|till|unless|except|only|instead|rather|kidding|joking"
    r"|testing|psych|already|said|says|told|asked|mean|meant|sorry|think|thought|wonder|might|did|does|was|were"
    r"|who|why|how|he|she|they|wants|song|movie|ignore|suppose|imagine|pretend)\b"
    r"|n't\b"
    r"|\b(?:do|did|does|is|was|were|ca|wo|have|has|should|would|could)nt\b"
    r"|^(?:should|shall|may|maybe|gonna"
    r"|(?:i|we)(?:'m|'re| am| are)? (?:gonna|going to)(?! (?:bed|sleep|work|school|the|my|our|a)\b))\b"
    r"|^(?:oh |and |so )?(?:is|are|has|have|which|where) (?!it possible|there any way|you able)"
    r"|^(?:oh |and |so )?(?:will|would|do) (?:the|my|our|your|all|it|this|that|these|those)\b"
    r"|\b(?:i|we)'d have\b"
    r"|\b(?:i|we) (?:can |do |still |just )*(?:see|hear|notice|remember|know|hope|guess|believe|bet)\b"
    r"|\b(?:before|after|while|as soon as) (?:i|we|you|it|the|my|somebody|anybody)\b"
    r"|\b(?:stop|quit|avoid|refrain from|hold off|keep from|without) (?:on )?"
    r"(?:turn|switch|shutt|open|clos|dimm|lower|rais|start|lock|unlock)ing\b"
    r"|\bleave (?:\w+ ){1,5}(?:alone|be|as|on|off|open|closed|shut|locked)\b"
    r"|\b(?:type|spell|write|say|sing|called|titled|named) (?:turn|switch|open|close)\b"
    r"|\b(?:that|how) you can\b"
    r"|\btoo (?:early|late|often|soon|many times)\b"
)
"""What denies, asks, tells or sets a condition."""
DEEDS = re.compile(
    r"\b(?:i|we|you) (?:just |already |have |had )?(?!need)"
    r"(?:\w+ed|put|shut|left|made|got|went|forgot|bought|ran)\b"
)
"""What somebody has done."""
SENSES = re.compile(r"\b(?:i|we) (?:can't|cannot|can barely|can hardly) (?:hear|see)\b")
"""What only seems to deny something."""
LIKES = re.compile(
    r"\b(?:i|we) (?:really |do |just |also )*"
    r"(?:like|love|enjoy|hate|prefer|have to|must|ought to)\b|\blol\b"
)
"""What somebody likes, or has to do, may be no wish."""
OPENING = frozenset({"oh", "well", "hey", "so", "now", "and", "but", "look", "wow", "great"})
AMONG = frozenset(
    {"all", "both", "every", "these", "those", "this", "that", "your", "our", "here", "of", "in", "at", "and"}
)
"""Words that do not end what a sentence is about: "both lamps in the hall are on"."""
BE = frozenset({"is", "are", "isn't", "stays", "stay", "keeps", "keep", "looks", "look", "has", "have"})
PAST = re.compile(r"(?!.*eed$)\w{3,}ed$|^(?:went|came|got|broke|fell)$")
STATES = frozenset(
    {"on", "off", "open", "shut", "drawn", "up", "down", "in", "out", "full", "empty", "fine", "ok", "okay"}
    | {"done", "gone", "ready", "now", "still", "again", "all", "just", "back", "here", "there", "today"}
    | {"and", "at", "the", "moment", "running", "broken", "been", "left", "lit", "set", "to"}
)
"""Words of how something is. What is wanted otherwise has another one: "too dark", "dusty"."""


class Mood(Enum):
    """What a text does."""

    ASKS = "asks"
    """It may ask for something."""
    UNCLEAR = "unclear"
    """It tells something, which may be a wish."""
    TELLS = "tells"
    """It asks for nothing."""


def denies(text: str) -> bool:
    """Whether `text` denies, asks, tells or sets a condition."""
    return DENIES.search(SENSES.sub("", text)) is not None


def mood(text: Text) -> Mood:
    """Of `text`, which no template knows. A question counts as one that asks for nothing to be done."""
    if denies(text.text) or DEEDS.search(text.text):
        return Mood.TELLS
    verb = _verb(text)
    if verb is None:
        return Mood.UNCLEAR if LIKES.search(text.text) else Mood.ASKS
    if PAST.fullmatch(text.words[verb]) or all(
        _is_state(text, at) for at in range(verb + 1, len(text.words))
    ):
        return Mood.TELLS
    return Mood.ASKS if "too" in text.words[verb:] else Mood.UNCLEAR


def _verb(text: Text) -> int | None:
    """Where the verb is that tells how a thing is, in "the lamp is on"; None in another sentence."""
    begin = next((at for at, word in enumerate(text.words) if word not in OPENING), 0)
    free = set(text.rest("name", "place", "strange thing", "strange place"))
    nouns = WHOLE.union(*(one.words for one in things().values()), AMONG)
    for at in range(begin, len(text.words)):
        word = text.words[at]
        if at > begin and at in free and (word in BE or PAST.fullmatch(word)):
            return at
        if word.endswith("'s") and word.removesuffix("'s") in nouns:
            return at
        if at in free and word not in nouns:
            return None
    return None


def _is_state(text: Text, at: int) -> bool:
    word = text.words[at]
    coloured = any(one.begin <= at < one.end for one in text.of("colour"))
    return coloured or word in STATES or PAST.fullmatch(word) is not None
