"""The filters, functions and tests that a template may use: Home Assistant's common ones, each with an end.

https://www.home-assistant.io/docs/configuration/templating/
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Undefined

from device.mqtt.payload import parsed

MOST = 10_000
"""Characters of a text; parts of a list with all that is in it."""
MOST_MATCHED = 200
"""Characters in which a pattern is searched: the steps grow with their square."""
MISSING = object()


class Refused(ValueError):
    """A template does what it may not, or cannot be rendered."""


def measured(value: Any) -> Any:
    """`value`, unless it is too much, or no data."""
    left, waiting = MOST, [value]
    while waiting:
        one = waiting.pop()
        left -= len(one) if isinstance(one, str | bytes) else 1
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
        elif not isinstance(one, str | int | float | None):
            raise Refused("its result is not data")
        if left < 0:
            raise Refused("it makes too much")
    return value


def _given(value: Any) -> Any:
    """`value`, which must not be undefined."""
    if isinstance(value, Undefined):
        raise Refused("it needs what the message does not have")
    return measured(value)


def _number(convert: Callable[[Any], Any], what: str) -> Callable[..., Any]:
    def filtered(value: Any, default: Any = MISSING, base: int = 10) -> Any:
        try:
            if what == "int" and isinstance(value, str) and base != 10:
                return int(value, base)
            return convert(value)
        except (TypeError, ValueError, OverflowError):
            if default is MISSING:
                raise Refused(f"{what} of {str(value)[:40]!r}") from None
            return default

    return filtered


def _round(value: Any, precision: int = 0, method: str = "common", default: Any = MISSING) -> Any:
    try:
        number, power = float(value), 10 ** max(-9, min(9, int(precision)))
        scaled = {
            "ceil": lambda: -(-number * power // 1) / power,
            "floor": lambda: number * power // 1 / power,
            "half": lambda: round(number * 2) / 2,
        }
        found = scaled[method]() if method in scaled else round(number, max(-9, min(9, int(precision))))
        return int(found) if precision == 0 and method != "half" else found
    except (TypeError, ValueError, OverflowError):
        if default is MISSING:
            raise Refused(f"round of {str(value)[:40]!r}") from None
        return default


def _replace(value: Any, old: Any, new: Any, count: int | None = None) -> str:
    text, old, new = str(_given(value)), str(old), str(measured(new))
    if len(text) + text.count(old) * len(new) > MOST:
        raise Refused("it makes too much")
    return text.replace(old, new, -1 if count is None else count)


PRINTF = re.compile(r"%(?:[-+ #0]*\d{0,2}(?:\.\d{0,2})?[sdiufFeEgGxXoc%])")
BRACES = re.compile(r"\{\w{0,20}(?::[^{}]{0,12})?\}|\{\{|\}\}")


def _format(value: Any, *args: Any, **kwargs: Any) -> str:
    """Both `"%.1f"|format(x)` and `"{:02x}".format(x)`, with widths of two digits at most."""
    text = str(_given(value))
    measured([*args, *kwargs.values()])
    if "%" in text:
        if "%" in PRINTF.sub("", text) or len(text) > MOST // 100:
            raise Refused("its format is not supported")
        return text % (kwargs or args)
    rest = BRACES.sub("", text)
    wide = any(re.search(r"\d{3}", spec) for spec in re.findall(r":([^}]*)", text))
    if "{" in rest or "}" in rest or wide or len(text) > MOST // 100:
        raise Refused("its format is not supported")
    return text.format(*map(_plain, args), **{key: _plain(one) for key, one in kwargs.items()})


def _plain(value: Any) -> Any:
    """What has no attributes to be reached by a format."""
    return value if isinstance(value, int | float | str) else str(_given(value))


def _default(value: Any, default: Any = "", boolean: bool = False) -> Any:
    return default if isinstance(value, Undefined) or (boolean and not value) else value


def _iif(value: Any, yes: Any = True, no: Any = False, none: Any = MISSING) -> Any:
    if value is None and none is not MISSING:
        return none
    return yes if value else no


def _bool(value: Any, default: Any = MISSING) -> Any:
    words = {"true": True, "yes": True, "on": True, "enable": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "disable": False, "0": False}
    if isinstance(value, int | float):
        return bool(value)
    if str(value).lower() in words:
        return words[str(value).lower()]
    if default is MISSING:
        raise Refused(f"bool of {str(value)[:40]!r}")
    return default


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _length(value: Any) -> int:
    return len(_given(value))


def _joined(value: Any, by: str = "") -> str:
    return str(measured(str(by).join(map(str, measured(list(_given(value)))))))


def _json(value: Any, *_: Any, **__: Any) -> str:
    return json.dumps(_given(value))


def _pattern(text: Any) -> re.Pattern[str]:
    """A pattern whose time does not run away: no group is repeated, and at most two things are."""
    text = str(text)
    repeats = len(re.findall(r"(?<!\\)[*+{]", text))
    if len(text) > 100 or repeats > 2 or re.search(r"\)[*+{]|\\\d|\(\?", text):
        raise Refused("its pattern is not supported")
    try:
        return re.compile(text)
    except re.error:
        raise Refused("its pattern is none") from None


def _matched(search: str) -> Callable[..., Any]:
    def filtered(value: Any, find: Any = "", replace: Any = "", *_: Any) -> Any:
        text = str(_given(value))
        if len(text) > MOST_MATCHED or len(str(replace)) > MOST_MATCHED:
            raise Refused("a text is too long for a pattern")
        pattern = _pattern(find)
        if search == "sub":
            return measured(pattern.sub(lambda match: match.expand(str(replace)), text))
        found = getattr(pattern, search)(text)
        return found if search == "findall" else bool(found)

    return filtered


def _found_at(value: Any, find: Any = "", index: int = 0) -> Any:
    return _matched("findall")(value, find)[int(index)]


def _text(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value, *_: change(str(_given(value)))


INT = _number(lambda value: int(float(value)) if isinstance(value, str) else int(value), "int")
FLOAT = _number(float, "float")
BOTH: Mapping[str, Callable[..., Any]] = {"int": INT, "float": FLOAT, "bool": _bool, "iif": _iif}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **BOTH,
    "is_number": _is_number,
    "min": lambda *values: min(*values) if len(values) > 1 else min(_given(values[0])),
    "max": lambda *values: max(*values) if len(values) > 1 else max(_given(values[0])),
}
FILTERS: Mapping[str, Callable[..., Any]] = {
    **BOTH,
    "is_number": _is_number,
    "measured": measured,
    "round": _round,
    "abs": lambda value: abs(FLOAT(value)) if isinstance(value, str) else abs(value),
    "multiply": lambda value, by, default=MISSING: FLOAT(value, default) * FLOAT(by),
    "add": lambda value, by, default=MISSING: FLOAT(value, default) + FLOAT(by),
    "bitwise_and": lambda value, other: INT(value) & INT(other),
    "bitwise_or": lambda value, other: INT(value) | INT(other),
    "string": _text(str),
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "title": _text(str.title),
    "capitalize": _text(str.capitalize),
    "trim": _text(str.strip),
    "replace": _replace,
    "format": _format,
    "default": _default,
    "d": _default,
    "is_defined": _given,
    "length": _length,
    "count": _length,
    "first": lambda value: _given(value)[0],
    "last": lambda value: _given(value)[-1],
    "min": lambda value: min(_given(value)),
    "max": lambda value: max(_given(value)),
    "join": _joined,
    "tojson": _json,
    "to_json": _json,
    "from_json": lambda value: parsed(str(_given(value))),
    "regex_replace": _matched("sub"),
    "regex_match": _matched("match"),
    "regex_search": _matched("search"),
    "regex_findall": _matched("findall"),
    "regex_findall_index": _found_at,
}
TESTS = (
    *("defined", "undefined", "none", "number", "string", "boolean", "true", "false", "integer", "float"),
    *("mapping", "sequence", "in", "even", "odd", "eq", "equalto", "==", "ne", "!=", "lt", "le", "gt", "ge"),
    *("lessthan", "greaterthan", "<", "<=", ">", ">="),
)
