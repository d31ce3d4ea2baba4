"""Numbers and lists as they are read out."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float) -> str:
    """21.0 → "21", 19.5 → "19.5"."""
    return f"{value:.1f}".removesuffix(".0")


def listed(names: Sequence[str], word: str = "and") -> str:
    """["a", "b", "c"] → "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def capitalized(text: str) -> str:
    """With its first letter as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def sentence(parts: Sequence[str]) -> str:
    """Notes as one sentence."""
    return capitalized(", ".join(parts))
