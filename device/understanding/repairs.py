"""A sentence that is corrected while it is said: "open the blinds, no, the curtains". Pure.

What is said before the correction is the reparandum, which words stand for it after it is the speaker's to
know (Shriberg 1994); so each reading is only one that may be meant, and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from device.understanding.fillers import unrepeated
from device.understanding.rewording import NUMBER
from device.understanding.times import WEEK

REPAIR = re.compile(
    r" (?:(?:no|nah|oh|er|um|uh|wait|sorry|oops|actually)"
    r"(?: (?:no|wait|sorry|i meant|i mean|i said|make (?:that|it)|actually|not that|er|um))*"
    r"|i meant?(?: to say)?|i said|make that|or rather|scratch that) "
)
"""What stands between something and what replaces it."""
_VALUE = rf"(?!and\b){NUMBER}(?: (?:percent|degrees?|minutes?|hours?|seconds?))?"
_INSTEAD = rf"(?! oh (?!no|wait|sorry)){REPAIR.pattern}(?:just )?(?:to )?"  # "seven oh five" is a time
ALIKE = tuple(
    re.compile(rf"\b(?:{kind})(?={_INSTEAD}(?:{kind})\b){_INSTEAD}")
    for kind in (_VALUE, "on|off", "up|down", "am|pm", "|".join(WEEK))
)
"""A value and another one of its kind that corrects it: nothing else can be meant."""
ENDING = re.compile(r"(?: i meant?| sorry| rather| instead| yes that one)+$")
"""What says so only behind it."""
CLEAR = re.compile(r"\b(?:no (?:not|wait|sorry|i mean)|wait no|sorry no|i meant?|oops)\b")
"""What is no part of anything's name."""
MOST, READINGS = 6, 16
"""Words that are replaced, and readings that are looked at."""


def of_a_kind(text: str) -> str | None:
    """`text` with each value that is corrected by another one of its kind given up for that: "ten no fifteen
    minutes"; None where there is none."""
    told = text
    for pattern in ALIKE:
        told = pattern.sub("", told)
    return None if told == text or REPAIR.search(told) else told


def repaired(text: str) -> Iterator[str]:
    """What `text`, as it is spoken, may mean once it is corrected; the least that is replaced comes first.

    None where it corrects nothing.
    """
    said = ENDING.sub("", text)
    first, *others = REPAIR.split(f" {said} ")
    if not others or not all(part.strip() for part in (first, *others)):
        return
    readings: Sequence[str] = (first.strip(),)
    for other in others:
        other = other.strip().removeprefix("just ")
        again = (unrepeated(one) for before in readings for one in _replaced(before, other))
        readings = [*islice(dict.fromkeys(again), READINGS)]
    yield from readings


def _replaced(before: str, other: str) -> Iterator[str]:
    """`other` in the place of the last words of `before`; alone; in the place of one word further ahead."""
    words = before.split()
    for count in range(1, min(MOST, len(words)) + 1):
        yield " ".join((*words[: len(words) - count], other))
    yield other
    for at in range(len(words) - 2, max(-1, len(words) - 2 - MOST), -1):
        yield " ".join((*words[:at], other, *words[at + 1 :]))
