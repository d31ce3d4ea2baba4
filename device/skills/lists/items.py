"""What was said to be written on a list, as items. Pure, but for the file of known things."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

THINGS = Path(__file__).parent / "en" / "items.txt"
"""What people write on lists, a line each. It can be heard, and tells where an item ends."""
LEADING = re.compile(r"^(?:(?:a|an|the|some|any|more|my|our|us|me|to|also|and|please) )+(?=\S)")
ANOTHER_LIST = re.compile(r" (?:to|on|onto|off|from) (?:the|my|our) (?:\S+ ){0,3}list$")
"""The end of an item that names a list of its own: "milk to the list and bread to the to-do list"."""
LONGEST = 200
"""Characters of an item."""


@functools.cache
def things() -> frozenset[str]:
    lines = (line.strip() for line in THINGS.read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def parted(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The items in `text`: "milk eggs and some bread" → milk, eggs, bread. `known`: things by their names."""
    pieces = _joined(text.split(" and "), known)
    if len(pieces) > 1:  # commas are not heard, and not typed by everybody
        pieces = [item for piece in pieces for item in _split(piece.split(), known) or [piece]]
    items = (LEADING.sub("", piece.strip()) for piece in pieces)
    return tuple(dict.fromkeys(item for item in items if item))


def _joined(pieces: Sequence[str], known: Collection[str]) -> list[str]:
    """`pieces`, those together that are one thing with its "and": "fish and chips"."""
    found: list[str] = []
    for piece in pieces:
        both = f"{found[-1]} and {piece}" if found else ""
        if both and LEADING.sub("", both) in known:
            found[-1] = both
        else:
            found.append(piece)
    return found


def _split(words: Sequence[str], known: Collection[str]) -> list[str] | None:
    """The fewest known things that `words` are made of; None where they are not."""
    if not words:
        return []
    for first in _beginnings(words, known):
        rest = _split(words[len(first.split()) :], known)
        if rest is not None:
            return [first, *rest]
    return None


def _beginnings(words: Sequence[str], known: Collection[str]) -> Iterator[str]:
    """What `words` may begin with, the longest first."""
    for end in range(len(words), 0, -1):
        text = " ".join(words[:end])
        if LEADING.sub("", text) in known:
            yield text
