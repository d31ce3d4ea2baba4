"""Words around a request that mean nothing: "please", "if you can". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from device.events import Transcript
from device.understanding.numbers import ONES, TENS

ADDRESSES = ("dear", "my dear", "darling", "love", "sweetheart", "mate", "pal", "buddy", "sir", "madam")
"""Whom one speaks to; behind fewer words than `SPOKEN_TO`, it was not said to Mynah: "good night, dear"."""
SPOKEN_TO = 3
NO_ADDRESS = frozenset(
    {"my", "our", "a", "an", "the", "your", "her", "his", "to", "for", "and", "with", "of", "i"}
)
"""Words before one that is no address: "call my love"."""
BEHIND = (
    *(
        "too",
        "again",
        "also",
        "instead",
        "if you can",
        "if you could",
        "if you would",
        "if you don't mind",
        "if you please",
    ),
    *("when you get a chance", "when you can", "while you're at it", "would you", *ADDRESSES),
)
"""Words that mean something before others: "too loud"."""


def without(phrases: Iterable[str], text: str, fewest: int = SPOKEN_TO) -> str:
    """`text` without `phrases` and addresses at its ends; the longest come first. `fewest`: words that stay
    before an address."""
    phrases, before = (*ADDRESSES, *phrases), ""
    while before != text:
        before = text
        for phrase in phrases:
            rest = text.removesuffix(f" {phrase}")
            if phrase not in ADDRESSES or (
                len(rest.split()) >= fewest and rest.split()[-1] not in NO_ADDRESS
            ):
                text = rest
            text = text if phrase in BEHIND else text.removeprefix(f"{phrase} ")
    return text


HESITATION = re.compile(
    r"\b(and|or|then|the|a|an|my|our|your|to|of|in|on|at|for)[ ,.…]+(?:uh|um|er|erm|uhm|hm+)\b[ ,.…]*",
    re.IGNORECASE,
)
"""Between a word that goes on and what it goes on with; elsewhere it may lead to a correction."""


def unhesitant(heard: Transcript) -> Transcript:
    """`heard`, with "the counter light" for "the er counter light"."""
    return replace(heard, text=HESITATION.sub(r"\1 ", heard.text))


def unrepeated(text: str) -> str:
    """`text` with "yes" for "yes yes yes"; a number may be said twice."""
    words = text.split()
    return " ".join(
        word for at, word in enumerate(words) if not at or word != words[at - 1] or word in (*ONES, *TENS)
    )
