"""Numbers and lengths of time in words. Pure."""

from __future__ import annotations

import re

from device.understanding.numbers import spellings

_NUMBERS = {text: float(number) for number in range(-60, 3001) for text in spellings(number)}
UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0}
LENGTH = re.compile(r"(.+?) (second|minute|hour|day)s?(?: and (.+))?")
SPECIAL = {
    "half an hour": 1800.0,
    "an hour and a half": 5400.0,
    "a quarter of an hour": 900.0,
    "a while": 600.0,
}


def number(text: str) -> float | None:
    """ "minus eighteen", "twenty one point five"; None for what is no number."""
    whole, point, tenths = text.partition(" point ")
    if text in ("a", "an"):
        return 1.0
    if (value := _NUMBERS.get(whole)) is None or not point:
        return value
    digits = [_NUMBERS.get(one) for one in tenths.split()]
    if not digits or any(one is None or not 0 <= one <= 9 for one in digits):
        return None
    share = sum(int(one or 0) / 10 ** (place + 1) for place, one in enumerate(digits))
    return value - share if whole.startswith("minus") else value + share


def seconds(text: str) -> float | None:
    """ "ten minutes", "an hour and five minutes"; None for what is no length of time."""
    if text in SPECIAL:
        return SPECIAL[text]
    found = LENGTH.fullmatch(text)
    if found is None or (count := number(found[1])) is None or count <= 0:
        return None
    more = seconds(found[3]) if found[3] else 0.0
    return None if more is None else count * UNITS[found[2]] + more
