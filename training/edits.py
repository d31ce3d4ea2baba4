"""How far two sequences are from each other: of phones, of words."""

from __future__ import annotations

from collections.abc import Sequence


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Insertions, deletions and substitutions from `one` to `other` (Levenshtein's distance)."""
    row = list(range(len(other) + 1))
    for i, part in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, target in enumerate(other, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (part != target))
    return row[-1]
