"""Slots of a text, from what a model holds each of its words to be: B-name begins a slot, I-name goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

OUTSIDE = "O"
NEVER = 1e9


class Span(NamedTuple):
    """Words `begin` up to `end` fill the slot `name`."""

    name: str
    begin: int
    end: int


def may_follow(tags: Sequence[str]) -> npt.NDArray[np.bool_]:
    """[before, after]: whether a tag may come after another: I-name only after B-name or I-name."""
    return np.array(
        [[not after.startswith("I-") or before[2:] == after[2:] for after in tags] for before in tags]
    )


def likeliest(logits: npt.NDArray[np.float32], tags: Sequence[str]) -> list[str]:
    """The best row of tags that is allowed: `logits` (words, tags) → one tag for each word."""
    if not len(logits):
        return []
    forbidden = np.where(may_follow(tags), 0.0, NEVER)
    first = np.array([NEVER if tag.startswith("I-") else 0.0 for tag in tags])
    score, came = logits[0] - first, list[npt.NDArray[np.int64]]()
    for row in logits[1:]:
        ways = score[:, None] - forbidden
        came.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + row
    best = [int(score.argmax())]
    for back in reversed(came):
        best.append(int(back[best[-1]]))
    return [tags[one] for one in reversed(best)]


def spans(tags: Sequence[str]) -> list[Span]:
    """The slots that a row of tags marks; an I-name that follows no slot of its name begins one."""
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag == OUTSIDE:
            continue
        goes_on = tag.startswith("I-") and found and found[-1].end == place and found[-1].name == tag[2:]
        if goes_on:
            found[-1] = found[-1]._replace(end=place + 1)
        else:
            found.append(Span(tag[2:], place, place + 1))
    return found
