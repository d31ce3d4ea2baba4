"""TOML files, as tables that know where they stand.

`tomllib` tells no lines. They are found by the way in which TOML is usually written: a header or a key begins
a line. A part that is written otherwise gets the line of the whole that it belongs to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.errors import MynahError
from device.reading import text
from device.reading.located import Items, Origin, Table

KeyPath = tuple[str | int, ...]
"""The way to a value: keys, and indices in lists."""

HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def load(path: Path, error: type[MynahError], advice: str = text.ADVICE) -> Table:
    """The document in a file. Raises `error`, with `advice` where the file cannot be read."""
    return parse(text.load(path, error, advice), Origin(str(path), error))


def parse(content: str, origin: Origin) -> Table:
    """The document in a text. Raises the error of `origin` where it is not TOML."""
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as reason:
        raise origin.wrong(f'not TOML: {reason}; a line looks like  key = "text in quotes"') from None
    return _table(tables, (), 0, _lines(content), origin)


def _table(
    values: Mapping[str, Any], path: KeyPath, line: int, found: Mapping[KeyPath, int], origin: Origin
) -> Table:
    lines = {key: found.get((*path, key), line) for key in values}
    located = {key: _located(value, (*path, key), lines[key], found, origin) for key, value in values.items()}
    return Table(located, line, lines, origin)


def _located(value: Any, path: KeyPath, line: int, found: Mapping[KeyPath, int], origin: Origin) -> Any:
    if isinstance(value, dict):
        return _table(value, path, line, found, origin)
    if not isinstance(value, list):
        return value
    lines = [found.get((*path, index), line) for index in range(len(value))]
    items = (_located(item, (*path, at), lines[at], found, origin) for at, item in enumerate(value))
    return Items(items, lines, origin)


def _lines(content: str) -> dict[KeyPath, int]:
    """The line of each header, and of each key that is not in an entry of an array of tables.

    Such an entry is one thing: its keys stand where it begins.
    """
    lines: dict[KeyPath, int] = {}
    last: dict[KeyPath, int] = {}  # the index of the last entry of each array of tables
    table: KeyPath = ()
    for number, row in enumerate(content.split("\n"), 1):
        if header := HEADER.match(row):
            table = ()
            for name in _names(header[2]):
                table = (*table, name)
                lines.setdefault(table, number)
                if table in last:
                    table = (*table, last[table])
            if header[1] == "[[":
                array = table[:-1] if table[:-1] in last else table
                last[array] = last.get(array, -1) + 1
                table = (*array, last[array])
                lines[table] = number
        elif (key := KEY.match(row)) and not any(isinstance(step, int) for step in table):
            path = table
            for name in _names(key[1]):
                path = (*path, name)
                lines.setdefault(path, number)
    return lines


def _names(dotted: str) -> list[str]:
    return [name.strip().strip("\"'") for name in dotted.split(".")]
