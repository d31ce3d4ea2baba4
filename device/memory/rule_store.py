"""The rules that the user has spoken, on the disk: one JSON file.

{"rules": [{"name": "tell you when the lamp is on", "when": ["the lamp is on"], "action": "tell",
            "text": "The lamp is on", "every": 600.0, "once": true}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.memory.kept import Kept
from device.memory.rules import ACTIONS, EVERY, Rule, Rules


def rule_store(file: Path | None) -> Kept[Rules]:
    """`file`: where they are kept; None: in memory."""
    return Kept(Rules(), file, loads, dumps)


def loads(content: bytes) -> Rules:
    """Raises ValueError for what is no file of rules."""
    try:
        return Rules().plus(_rule(one) for one in json.loads(content)["rules"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("these are no rules, or only a part of them") from None


def _rule(entry: Mapping[str, Any]) -> Rule:
    name, when, action, text = entry["name"], entry["when"], entry["action"], entry["text"]
    if not isinstance(when, list) or not all(isinstance(one, str) for one in (name, text, *when)):
        raise TypeError(entry)
    if action not in ACTIONS:
        raise ValueError(action)
    every, once = float(entry.get("every", EVERY)), bool(entry.get("once", False))
    begin, end = entry.get("between", (0, 0))
    between = (int(begin), int(end)) if begin != end else None
    return Rule(name, tuple(when), action, text, between=between, every=every, once=once)


def dumps(rules: Rules) -> bytes:
    entries = [
        {
            **{"name": one.name, "when": list(one.when), "action": one.action, "text": one.text},
            **{"every": one.every, "once": one.once},
            **({"between": list(one.between)} if one.between else {}),
        }
        for one in rules.rules
    ]
    return json.dumps({"rules": entries}, ensure_ascii=False, indent=1).encode()
