"""What others say, read with suspicion: JSON as the standard has it, and no more of it than makes sense."""

from __future__ import annotations

import json
import math
from typing import Any

HIGHEST = 1e30
"""Nothing in a home is counted so far; floats end at 1.8e308, and Python's integers nowhere."""


def parsed(payload: bytes | str) -> Any:
    """JSON, with null for numbers that are not finite, or huge: the rest of the message may be good.

    ValueError for what is none, or is nested too deeply.
    """
    try:
        return json.loads(payload, parse_float=_number, parse_int=_number, parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _number(text: str) -> int | float | None:
    value = float(text)
    if not math.isfinite(value) or abs(value) > HIGHEST:
        return None
    return value if any(one in text for one in ".eE") else int(text)
