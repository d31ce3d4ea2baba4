"""rules.toml: rules that the user has written.

[[rule]]
name = "heating with an open window"
when = ["the bedroom window is open", "the heating is on"]
for = "ten minutes"                          # how long all of it must be so
between = "07:00-22:00"                      # or at = "20:00"
days = ["weekday"]                           # monday … sunday, weekday, weekend
tell = "The window is open and the heating is on"       # or ask, or do, with a sentence
at_most_once_in = "one hour"
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from device.errors import RulesError
from device.knowledge.rules.amounts import seconds
from device.memory.rules import ACTIONS, EVERY, Rule
from device.reading import toml
from device.reading.located import Items, Table, hint
from device.understanding.numbers import spoken
from device.understanding.times import REPEATED, WEEK

KEYS = ("name", "when", "for", "between", "at", "days", *ACTIONS, "at_most_once_in")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MOMENT = 5
"""Minutes after `at` in which a rule still counts: Mynah may have been off."""
DAY = 24 * 60
"""Minutes."""
MOST = 500
"""Rules that a file may have."""


def read(file: Path) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules of a file, and a line for each entry that makes none. Raises RulesError where there is no
    file, or it is not TOML."""
    document = toml.load(file, RulesError, "name a file of rules that can be read")
    rules: dict[str, Rule] = {}
    faults: list[str] = []
    try:
        document.only(("rule",))
        entries = document.get("rule", [])
        if not isinstance(entries, Items) or not all(isinstance(one, Table) for one in entries):
            raise document.wrong("rules are tables; begin each with [[rule]]", "rule")
        if len(entries) > MOST:
            raise document.wrong(f"there are more than {MOST} rules; leave some out", "rule")
    except RulesError as error:
        return (), (str(error),)
    for entry in entries:
        try:
            rule = _rule(entry, f"{file.name}:{entry.line}")
            if rule.name in rules:
                raise entry.wrong(f"two rules are called {rule.name!r}; give one another name", "name")
            rules[rule.name] = rule
        except RulesError as error:
            faults.append(str(error))
    return tuple(rules.values()), tuple(faults)


def _rule(entry: Table, source: str) -> Rule:
    entry.only(KEYS, "key of a rule")
    actions = [key for key in ACTIONS if key in entry]
    if len(actions) != 1:
        raise entry.wrong(f"a rule needs one of {', '.join(ACTIONS)}; this has {len(actions)} of them")
    [action] = actions
    when = tuple(_texts(entry, "when"))
    window = _between(entry)
    if not when and window is None:
        raise entry.wrong("a rule needs when = “…”, a condition or a list of them")
    return Rule(
        name=_text(entry, "name"),
        when=when,
        action=action,
        text=_text(entry, action),
        lasting=_seconds(entry, "for", 0.0),
        between=window,
        days=_days(entry),
        every=_seconds(entry, "at_most_once_in", EVERY),
        source=source,
    )


def _text(entry: Table, key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise entry.wrong(f"a rule needs {key} = “…”, a text", key)
    return " ".join(value.split())


def _texts(entry: Table, key: str) -> list[str]:
    value: Any = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one.strip() for one in values):
        raise entry.wrong(f"{key} must be a text or a list of texts", key)
    return list(values)


def _seconds(entry: Table, key: str, usual: float) -> float:
    if key not in entry:
        return usual
    found = seconds(spoken(str(entry[key])))
    if found is None:
        raise entry.wrong(f"{key} is {entry[key]!r}; write a length of time such as “ten minutes”", key)
    return found


def _between(entry: Table) -> tuple[int, int] | None:
    if "at" in entry and "between" in entry:
        raise entry.wrong("a rule has at or between, and not both", "at")
    if "at" in entry:
        minute = _minute(str(entry["at"]))
        if minute is None:
            raise entry.wrong(f"at is {entry['at']!r}; write a time such as “20:00”", "at")
        return minute, (minute + MOMENT) % DAY
    if "between" not in entry:
        return None
    begin, _, end = str(entry["between"]).partition("-")
    window = _minute(begin.strip()), _minute(end.strip())
    if window[0] is None or window[1] is None or window[0] == window[1]:
        raise entry.wrong(
            f"between is {entry['between']!r}; write two times such as “22:00-07:00”", "between"
        )
    return window[0], window[1]


def _minute(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    return None if found is None else int(found[1]) * 60 + int(found[2])


def _days(entry: Table) -> tuple[str, ...]:
    days: set[str] = set()
    for said in _texts(entry, "days"):
        name = said.lower().removesuffix("s")
        if name not in REPEATED:
            raise entry.wrong(f"no day is called {said!r}; {hint(said, list(REPEATED))}", "days")
        days |= {*REPEATED[name]}
    return tuple(day for day in WEEK if day in days)
