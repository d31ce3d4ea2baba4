"""The facts that the user has told, on the disk: one JSON file.

{"facts": [{"thing": "spare key", "relation": "is in", "what": "blue drawer", "since": "2026-03-02"}]}
"""

from __future__ import annotations

import json
from pathlib import Path

from device.knowledge.facts.facts import SAID, Fact, Facts
from device.memory.kept import Kept


def fact_store(file: Path | None) -> Kept[Facts]:
    """`file`: where they are kept; None: in memory."""
    return Kept(Facts(), file, loads, dumps)


def loads(content: bytes) -> Facts:
    """Raises ValueError for what is no file of facts."""
    try:
        entries = json.loads(content)["facts"]
        facts = tuple(_fact(one) for one in entries)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("these are no facts, or only a part of them") from None
    return Facts(facts)


def _fact(entry: dict[str, str]) -> Fact:
    parts = [entry["thing"], entry["relation"], entry["what"], entry.get("since", "")]
    if not all(isinstance(part, str) for part in parts):
        raise TypeError(parts)
    thing, relation, what, since = parts
    return Fact(thing, relation, what, SAID, since)


def dumps(facts: Facts) -> bytes:
    entries = [
        {"thing": one.thing, "relation": one.relation, "what": one.what, "since": one.since}
        for one in facts.facts
    ]
    return json.dumps({"facts": entries}, ensure_ascii=False, indent=1).encode()
