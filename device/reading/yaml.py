"""YAML files, as tables and lists that know where they stand.

They hold sentences, in which "on", "off", "yes" and "no" are words. Only `true` and `false` are booleans.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from device.errors import MynahError
from device.reading import text
from device.reading.located import Items, Origin, Table, as_table


def load(path: Path, error: type[MynahError], what: str = "the file") -> Table:
    """The document in a file, called `what` in errors, which must be a mapping or empty. Raises `error`."""
    origin = Origin(str(path), error, "a mapping (key: value)", "a list (lines that begin with -)")
    loader = _Loader(text.load(path, error))
    loader.origin = origin
    try:
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as reason:
        unfinished = "end of stream" in str(reason.problem)
        mark = reason.context_mark if unfinished else reason.problem_mark
        message = f"not valid YAML: {reason.problem}; check indentation and quotes"
        raise origin.wrong(message, mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as reason:
        raise origin.wrong(f"not valid YAML: {str(reason).splitlines()[0]}", 1) from None
    finally:
        loader.dispose()
    return Table({}, 1, {}, origin) if document is None else as_table(document, what, origin, 1)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """`origin`: what the document comes from."""

    origin: Origin


def _table(loader: Any, node: Any) -> Table:
    values = loader.construct_mapping(node, deep=True)
    lines = {str(loader.construct_object(key)): key.start_mark.line + 1 for key, _ in node.value}
    named = {str(key): value for key, value in values.items()}
    return Table(named, node.start_mark.line + 1, lines, loader.origin)


def _items(loader: Any, node: Any) -> Items:
    values = loader.construct_sequence(node, deep=True)
    return Items(values, (item.start_mark.line + 1 for item in node.value), loader.origin)


def _boolean(loader: Any, node: Any) -> bool | str:
    word = node.value.lower()
    return bool(word == "true") if word in ("true", "false") else str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _table)
_Loader.add_constructor("tag:yaml.org,2002:seq", _items)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)
