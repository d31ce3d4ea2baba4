"""Conditions as they are asked for, "open", "locked", and what makes them true in the state of a device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONDITIONS: Mapping[str, tuple[str, bool]] = {
    "on": ("on", True),
    "off": ("on", False),
    "open": ("open", True),
    "closed": ("open", False),
    "locked": ("locked", True),
    "unlocked": ("locked", False),
    "armed": ("armed", True),
    "disarmed": ("armed", False),
}
"""The key of the state, and the value that makes the condition true."""


def holds(known: Mapping[str, Any], wanted: str) -> bool | None:
    """Whether what is `known` of a device makes it `wanted`; None if that is not known. What a contact at it
    says comes first."""
    key, value = CONDITIONS[wanted]
    if key == "open" and "contact" in known:
        return (not known["contact"]) == value
    return known[key] == value if key in known else None


def opposite(wanted: str) -> str:
    key, value = CONDITIONS[wanted]
    return next(word for word, meaning in CONDITIONS.items() if meaning == (key, not value))
