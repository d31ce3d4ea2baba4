"""Topics that others name."""

from __future__ import annotations

import re

LONGEST = 60_000
"""Bytes; MQTT's most are 65,535, and something may come behind it."""
LEVELS = 100
"""Brokers know an end: mosquitto throws out who names a topic of more than 200."""

RESERVED = ("$", "~")
"""`$` begins what is the broker's own; `~` stands for a base topic that nobody told."""
NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
UNWANTED = re.compile(rf"[+#\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{NONCHARACTERS}]")
"""Wildcards; characters for which a broker may close the connection (MQTT 5, 1.5.4), and halves of some."""


WILDCARDS = "+#"


def matches(pattern: str, topic: str) -> bool:
    """Whether a subscription to `pattern` brings messages on `topic` (MQTT 5, 4.7)."""
    if pattern == topic:
        return True
    if not any(one in pattern for one in WILDCARDS):
        return False
    levels, parts = pattern.split("/"), topic.split("/")
    if levels[-1] == "#":
        levels, parts = levels[:-1], parts[: len(levels) - 1]
    return len(levels) == len(parts) and all(
        level in ("+", part) for level, part in zip(levels, parts, strict=True)
    )


def is_pattern(topic: object) -> bool:
    """Whether one can subscribe to it: a topic, or a pattern that names at least one level."""
    if not isinstance(topic, str):
        return False
    levels = topic.split("/")
    named = [level for level in levels if level != "+"]
    if named and named[-1] == "#" and levels[-1] == "#":
        named.pop()
    return bool(named) and is_plain("/".join(named)) and topic.count("/") < LEVELS


def is_plain(topic: object) -> bool:
    """Whether one can publish to it, and subscribe to nothing else with it: a topic and no filter."""
    if not isinstance(topic, str) or not topic or topic.startswith(RESERVED):
        return False
    if UNWANTED.search(topic) or topic.count("/") >= LEVELS:
        return False
    return len(topic.encode()) <= LONGEST


def level(name: str) -> str:
    """`name` as one level of a topic: "hey mynah" is hey_mynah."""
    return "".join("_" if character in "+#/\0 " else character for character in name)
