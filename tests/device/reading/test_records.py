from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import pytest

from device.reading import records
from device.reading.records import Kind, Mistake

KINDS = {PurePath: Kind("a path", lambda value: PurePath(value) if isinstance(value, str) else None)}


@dataclass(frozen=True, slots=True)
class Inner:
    number: int | str = 3
    share: float = 0.5
    word: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner = field(default_factory=Inner)
    paths: tuple[PurePath, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    loud: bool = False


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, Outer()),
        ({"inner": {"number": "a", "share": 1}}, Outer(Inner("a", 1.0))),
        ({"paths": "a"}, Outer(paths=(PurePath("a"),))),
        ({"paths": ["a", "b"]}, Outer(paths=(PurePath("a"), PurePath("b")))),
        ({"levels": {"x": 1}, "loud": True}, Outer(levels={"x": 1.0}, loud=True)),
    ],
)
def test_tables_are_records(table: Mapping[str, Any], expected: Outer) -> None:
    assert records.read(Outer, table, KINDS) == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"iner": {}}, "no setting is called iner: did you mean inner?"),
        (
            {"inner": {"zzz": 1}},
            "no setting is called inner.zzz: there are inner.number, inner.share, inner.word",
        ),
        ({"inner": 1}, "inner is a table: write [inner] and its settings below"),
        ({"inner": {"number": True}}, "inner.number is True, but must be a whole number or text in quotes"),
        ({"inner": {"word": 7}}, "inner.word is something else, but must be text in quotes"),
        ({"paths": [1]}, "paths is [1], but must be a list of a path"),
        ({"levels": {"a": "b"}}, "levels is {'a': 'b'}, but must be a table of names and numbers"),
        ({"loud": 1}, "loud is 1, but must be true or false"),
    ],
)
def test_a_mistake_names_the_key(table: Mapping[str, Any], message: str) -> None:
    with pytest.raises(Mistake) as raised:
        records.read(Outer, table, KINDS)
    assert str(raised.value) == message
