"""Topics that others name."""

from __future__ import annotations

LONGEST = 60_000
"""Bytes; MQTT's most are 65,535, and something may come behind it."""


def is_plain(topic: object) -> bool:
    """Whether one can publish to it, and subscribe to nothing else with it: a topic and no filter."""
    if not isinstance(topic, str) or not topic or any(one in topic for one in "+#\0"):
        return False
    try:
        return len(topic.encode()) <= LONGEST
    except UnicodeEncodeError:  # JSON may hold halves of characters
        return False
