"""WordNet's database → which words are related, and how closely. Format: WordNet's manual, wndb(5)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from device.errors import MynahError

PARTS = ("noun", "verb", "adj")
POINTERS = {"@": 0.7, "+": 0.9, "&": 0.6, "*": 0.5, ">": 0.4}
"""How close a pointer's target is: a kind of, derived from, similar to, entails, causes."""
NAMED = 0.6
"""How close the words of a name are: "washing" and "machine" to "washer"."""
POINTED = 2
"""Senses of a word whose pointers count, the most common first."""
_MARKER = re.compile(r"\(.*\)")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A set of words that mean the same, and what it points to."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, Key], ...]


def relations(folder: Path) -> Mapping[str, Mapping[str, float]]:
    """For each word, those that are related to it and how close each is, 0…1. Raises MynahError."""
    try:
        meanings = dict(_meanings(folder))
        senses = list(_senses(folder))
    except (OSError, ValueError, IndexError) as error:
        raise MynahError(
            f"{folder}: no WordNet there ({error}); install wordnet-base, or name its folder"
        ) from error
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for word, rank, key in senses:
        for other, close in _related(word, rank, key, meanings):
            if other != word:
                found[word][other] = max(close, found[word].get(other, 0.0))
    return found


def _related(word: str, rank: int, key: Key, meanings: Mapping[Key, _Meaning]) -> Iterator[tuple[str, float]]:
    """What one sense of a word relates it to; `rank` counts from 0, the most common sense."""
    close = 1.0 if rank == 0 else 0.8 if rank < 3 else 0.5
    for other in meanings[key].words:
        yield other, close
        parts = other.split("_")
        if len(parts) == 2 and "_" not in word:
            yield from ((part, close * NAMED) for part in parts)
    for symbol, target in meanings[key].pointers:
        if symbol in POINTERS and rank < POINTED and target in meanings:
            pointed = POINTERS[symbol] * (1.0 if rank == 0 else 0.8)
            yield from ((other, pointed) for other in meanings[target].words)


def _meanings(folder: Path) -> Iterator[tuple[Key, _Meaning]]:
    for part in PARTS:
        for fields in _lines(folder / f"data.{part}"):
            count = int(fields[3], 16)
            words = tuple(_MARKER.sub("", fields[4 + 2 * at]).lower() for at in range(count))
            begin = 4 + 2 * count
            pointers = (fields[begin + 1 + 4 * at : begin + 5 + 4 * at] for at in range(int(fields[begin])))
            to = tuple((symbol, (part_of, offset)) for symbol, offset, part_of, _ in pointers)
            yield (part[0], fields[0]), _Meaning(words, to)


def _senses(folder: Path) -> Iterator[tuple[str, int, Key]]:
    for part in PARTS:
        for fields in _lines(folder / f"index.{part}"):
            offsets = fields[int(fields[3]) + 6 :]
            yield from ((fields[0].lower(), rank, (part[0], offset)) for rank, offset in enumerate(offsets))


def _lines(file: Path) -> Iterator[list[str]]:
    """The fields of each line, without the licence at the top and the explanations."""
    for line in file.read_text("latin-1").splitlines():
        if not line.startswith("  "):
            yield line.split(" | ")[0].split()
