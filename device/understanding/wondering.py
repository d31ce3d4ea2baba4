"""Which texts ask for something that a person may know: questions, not commands in the form of one.

"Can you turn on the lamp" wants something done, and "how are you" is small talk; "how loud is the washing
machine" can be passed on.
"""

from __future__ import annotations

import re

LEAST = 3
"""Words of a question that somebody else understands."""

_LEADS = re.compile(
    r"^(?:(?:and|so|but|then|please|hey|well|ok|okay|um|sorry|excuse me|by the way|any idea"
    r"|(?:do|would) you (?:happen to )?know|(?:can|could|would|will) you (?:please )?tell me|tell me"
    r"|does (?:anybody|anyone) know|i (?:wonder|am wondering|was wondering)|i'm wondering"
    r"|i (?:want|need|would like) to know|i'd like to know),? )+"
)
_WORDS = r"(?:how|what|why|where|when|which|who|whose|whom)"
_BEGINS = re.compile(
    rf"^(?:(?:at|in|on|for|from|to|with|by|until|since|after|of|about|under|into) )?{_WORDS}(?:'\w+)?\b"
    r"|^(?:can|could|may|must|should|shall|do|does|did|is|are|was|were|will|would|has|have|am|isn't|aren't"
    r"|doesn't|don't) (?:i|we|he|she|it|they|the|my|our|there|this|that|these|those|a|an|one|any|some|anybody"
    r"|anyone|somebody|someone|people|both|all|it's)\b"
)
_LATER = re.compile(rf"\b{_WORDS}(?:'s| (?:do|does|did|is|are|was|can|could|should|must|may|will|would))\b")
"""A question behind what it is about: "the display shows E9 what does that mean"."""
_ORDERS = re.compile(
    r"^(?:turn|switch|set|make|put|open|close|lock|unlock|start|stop|play|pause|add|remove|remind|wake|cancel"
    r"|announce|broadcast|tell|say|ask|remember|forget|dim|show|call|send|create|delete|let|give|read|find"
    r"|don't|do not|never)\b"
)
_CONTINUES = re.compile(r"^(?:what|how) (?:about|else)\b|^what(?:'s| is) up\b|^what if\b")
_ANYBODY = re.compile(
    r"\b(?:how|where|when|what|which|why)\b[\w' ]*? (?:do|can|should|must|would|could) you"
    r" (?!think|feel|like|love|hate|want|know|mean|say|remember|do\b|prefer|believe|dream|sleep|live|learn"
    r"|understand|hear|speak|work|tell|help)"
)
""" "How do you descale it": anybody does."""
_YOU = re.compile(r"\b(?:you|your|yours|yourself|you're|mynah)\b")


def wonders(text: str) -> bool:
    """Whether `text` is a question that nobody needs to do anything for, but to answer it."""
    said = " ".join(text.lower().split()).rstrip(" .!")
    bare = _LEADS.sub("", said.rstrip("? "))
    asked = _ANYBODY.sub("how ", bare)
    if len(bare.split()) < LEAST or _CONTINUES.search(bare) or _YOU.search(asked):
        return False
    if _BEGINS.search(bare):
        return True
    return not _ORDERS.search(bare) and (said.endswith("?") or _LATER.search(bare) is not None)
