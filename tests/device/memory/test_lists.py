from __future__ import annotations

import pytest

from device.events import Change
from device.memory.lists import Lists, find

THERE = ("oat milk", "soy milk", "a dozen eggs", "cherries", "tomatoes", "glass", "brown bread")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("oat milk", ["oat milk"]),
        ("milk", ["oat milk", "soy milk"]),
        ("egg", ["a dozen eggs"]),
        ("cherry", ["cherries"]),
        ("tomato", ["tomatoes"]),
        ("glass", ["glass"]),
        ("bread", ["brown bread"]),
        ("white bread", []),
        ("brown", []),
        ("", []),
    ],
)
def test_what_is_meant_by_a_word(text: str, found: list[str]) -> None:
    assert list(find(THERE, text)) == found


def change(do: str, **values: str) -> Change:
    return Change(f"list.{do}", {"list": "shopping list", **values})


def test_changes_make_new_lists() -> None:
    before = Lists()
    lists = before.after(change("add", item="milk")).after(change("add", item="eggs"))
    assert lists.items["shopping list"] == ("milk", "eggs")
    assert before.items["shopping list"] == ()
    assert lists.after(change("add", item="milk")) == lists
    assert lists.after(change("remove", item="milk")).items["shopping list"] == ("eggs",)
    assert lists.after(change("clear")).items["shopping list"] == ()
    assert lists.after(Change("timer.start", {"name": "x"})) == lists


def test_lists_are_made_and_deleted() -> None:
    party = Change("list.create", {"list": "party list"})
    lists = Lists.of(["wishes"]).after(party)
    assert (lists.names, lists.usual) == (("wishes", "party list"), "wishes")
    assert lists.after(Change("list.delete", {"list": "party list"})).names == ("wishes",)
    added = lists.after(Change("list.add", {"list": "party list", "item": "cake"}))
    assert added.after(party) == added
