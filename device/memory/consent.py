"""Whether people want suggestions, on the disk: one JSON file, {"suggest": false}."""

from __future__ import annotations

import json
from pathlib import Path

from device.memory.kept import Kept

STOP, START = "habit.stop", "habit.start"
"""Verbs of changes."""


def consent_store(file: Path | None) -> Kept[bool]:
    """`file`: where it is kept; None: in memory."""
    return Kept(True, file, loads, dumps)


def loads(content: bytes) -> bool:
    """Raises ValueError for what is no such file."""
    try:
        return bool(json.loads(content)["suggest"])
    except (ValueError, TypeError, KeyError):
        raise ValueError("it does not say whether to suggest something") from None


def dumps(suggest: bool) -> bytes:
    return json.dumps({"suggest": suggest}).encode()
