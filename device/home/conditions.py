"""Conditions as they are asked for, "open", "locked", "playing", and what makes them true of a device."""

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
ACTIVITIES = ("playing", "paused", "cleaning", "mowing", "docked", "returning")
"""Conditions that are what a player, a vacuum or a mower does: the state's `activity`."""


def is_condition(wanted: object) -> bool:
    return wanted in CONDITIONS or wanted in ACTIVITIES


def holds(known: Mapping[str, Any], wanted: str) -> bool | None:
    """Whether what is `known` of a device makes it `wanted`; None if that is not known. What a contact at it
    says comes first. A player that only tells that it is on, plays."""
    if wanted in ACTIVITIES:
        if known.get("on") is False:
            return False
        unsaid = known.get("on") if wanted == "playing" else None
        return known["activity"] == wanted if "activity" in known else unsaid
    key, value = CONDITIONS[wanted]
    if key == "open" and "contact" in known:
        return (not known["contact"]) == value
    return known[key] == value if key in known else None


def opposite(wanted: str) -> str:
    key, value = CONDITIONS[wanted]
    return next(word for word, meaning in CONDITIONS.items() if meaning == (key, not value))
