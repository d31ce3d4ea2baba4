"""What stories do not tell: lists that are too long, items that are, and homes without lists."""

from __future__ import annotations

import datetime

import pytest

from device.events import Intent, Outcome
from device.home.model import Home
from device.home.reading import Layout
from device.memory.lists import Lists
from device.skills.lists.handle import HANDLERS
from device.skills.skill import World

NOW = datetime.datetime(2026, 3, 2, 18)


def do(intent: str, lists: Lists, **slots: object) -> Outcome:
    return HANDLERS[intent](Intent(intent, slots, 1.0), World(Home(Layout()), NOW, lists=lists))


@pytest.mark.parametrize("intent", ["HassListAddItem", "MynahRemoveItem", "MynahCreateList"])
def test_what_is_too_long_is_refused_in_one_sentence(intent: str) -> None:
    outcome = do(
        intent, Lists(), item="x" * 300, list="x" * 300 if intent == "MynahCreateList" else "to-do list"
    )
    assert not outcome.fine
    assert outcome.done == ()
    assert outcome.reply.text == "That is too long for a list: say it in fewer words"


def test_a_list_of_five_thousand_items() -> None:
    lists = Lists.of(["wishes"], {"wishes": [f"wish {number}" for number in range(5000)]})
    assert do("MynahGetList", lists).reply.text.startswith("The wishes list has 5000 items: wish 0, wish 1,")
    assert do("MynahGetList", lists, item="wish 4999").reply.text == "Yes, wish 4999 is on the wishes list"
    full = do("HassListAddItem", lists, item="one more")
    assert (full.done, full.reply.text) == (
        (),
        "The wishes list is full: it has 5000 items; take some off first",
    )
    assert len(do("MynahRemoveItem", lists, item="wish 7").done) == 1


@pytest.mark.parametrize("intent", ["HassListAddItem", "MynahGetList", "MynahClearList", "MynahRemoveItem"])
def test_a_home_without_lists(intent: str) -> None:
    outcome = do(intent, Lists.of([]), item="milk")
    assert not outcome.fine
    assert outcome.reply.text == "There is no list: say “create a list called shopping”"


def test_home_assistants_intents_for_the_shopping_list() -> None:
    outcome = do("HassShoppingListAddItem", Lists(), item="milk")
    assert [change.values for change in outcome.done] == [{"list": "shopping list", "item": "milk"}]
