"""facts.toml: what the user has written down about the home.

[[fact]]
thing = "boiler"
relation = "is on the circuit"     # or belongs to, controls, feeds, was bought, is in, is under …
what = "basement"
since = "2024-05-01"               # if it matters
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from device.errors import FactsError
from device.knowledge.facts.facts import PLACES, RELATIONS, Fact
from device.reading import text, toml
from device.reading.located import Origin, Table, hint
from device.understanding.numbers import spoken

KEYS = ("thing", "relation", "what", "since")


def read(file: Path) -> tuple[Fact, ...]:
    """Raises FactsError with file and line."""
    content = text.load(file, FactsError, "name a file of facts that can be read")
    document = toml.parse(content, Origin(str(file), FactsError))
    document.only(("fact",))
    entries = document.get("fact", [])
    if not isinstance(entries, list):
        raise document.wrong("facts are tables; begin each with [[fact]]", "fact")
    return tuple(_facts(file, entries))


def _facts(file: Path, entries: list[Table]) -> Iterator[Fact]:
    for entry in entries:
        entry.only(KEYS, "key of a fact")
        for key in KEYS[:3]:
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise entry.wrong(f"a fact needs {key} = “…”, a text", key)
        relation = " ".join(entry["relation"].split())
        if relation not in (*RELATIONS, *PLACES):
            known = (*RELATIONS, *PLACES)
            raise entry.wrong(f"no relation is called {relation!r}; {hint(relation, known)}", "relation")
        since = str(entry.get("since", ""))
        yield Fact(spoken(entry["thing"]), relation, spoken(entry["what"]), file.name, since)
