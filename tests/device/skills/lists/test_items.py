from __future__ import annotations

import pytest

from device.skills.lists.items import THINGS, parted, things
from device.understanding.numbers import spoken


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("milk", ["milk"]),
        ("milk and eggs", ["milk", "eggs"]),
        ("milk eggs and some bread", ["milk", "eggs", "bread"]),
        ("fish and chips", ["fish and chips"]),
        ("fish and chips and mac and cheese", ["fish and chips", "mac and cheese"]),
        ("apples and fish and chips", ["apples", "fish and chips"]),
        ("some milk and the eggs", ["milk", "eggs"]),
        ("brown bread and tomato soup", ["brown bread", "tomato soup"]),
        ("dragon scales and unicorn glitter", ["dragon scales", "unicorn glitter"]),
        ("milk and milk", ["milk"]),
        ("a", ["a"]),
        ("", []),
        ("to call mom", ["call mom"]),
        ("two bottles of wine and a loaf of bread", ["two bottles of wine", "loaf of bread"]),
    ],
)
def test_items_are_parted(text: str, items: list[str]) -> None:
    assert list(parted(text, things())) == items


def test_the_file_of_things() -> None:
    lines = [line for line in THINGS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert 1500 <= len(lines) <= 3000
    assert len(set(lines)) == len(lines)
    assert [line for line in lines if spoken(line) != line] == []
