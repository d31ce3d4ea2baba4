"""Words around a request that mean nothing: "please", "if you can". Pure."""

from __future__ import annotations

from collections.abc import Iterable

ADDRESSES = ("dear", "darling", "mate", "sir")
"""Whom one speaks to; behind fewer words than `SPOKEN_TO`, it was not said to Mynah: "good night, dear"."""
SPOKEN_TO = 3
BEHIND = (
    *("too", "instead", "if you can", "if you could", "if you would", "if you don't mind", "if you please"),
    *("when you get a chance", "when you can", "while you're at it", "would you", *ADDRESSES),
)
"""Words that mean something before others: "too loud"."""


def without(phrases: Iterable[str], text: str) -> str:
    """`text` without `phrases` at its ends; the longest come first."""
    phrases, before = tuple(phrases), ""
    while before != text:
        before = text
        for phrase in phrases:
            if phrase not in ADDRESSES or len(text.split()) > SPOKEN_TO:
                text = text.removesuffix(f" {phrase}")
            text = text if phrase in BEHIND else text.removeprefix(f"{phrase} ")
    return text
