"""Large dictionaries in little memory: all entries in one text, found by bisection."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any


class Packed:
    """What `entries` holds, its values as JSON: a seventh of the memory, and some microseconds to find one.

    Keys hold no tabs.
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        lines = sorted((key.encode(), _json(value)) for key, value in entries.items())
        self._text = b"".join(b"%s\t%s\n" % line for line in lines)
        self._starts = array("I")
        start = 0
        for key, value in lines:
            self._starts.append(start)
            start += len(key) + len(value) + 2

    def get(self, key: str, default: Any = None) -> Any:
        wanted = key.encode()
        at = bisect_left(range(len(self._starts)), wanted, key=self._key)
        if at == len(self._starts) or self._key(at) != wanted:
            return default
        start = self._starts[at] + len(wanted) + 1
        return json.loads(self._text[start : self._text.index(b"\n", start)])

    def __len__(self) -> int:
        return len(self._starts)

    def _key(self, at: int) -> bytes:
        start = self._starts[at]
        return self._text[start : self._text.index(b"\t", start)]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
