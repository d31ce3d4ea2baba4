"""What must not be learnt, in the example home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from device.conversation.conversation import Conversation
from device.events import Transcript
from device.home.model import Home
from device.learning.checks import Checks
from device.learning.pairs import Pair
from device.learning.proposals import Proposal
from device.learning.sentences import with_learnt
from device.memory.learnt import Lesson
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding


@pytest.fixture(scope="module")
def checks() -> Checks:
    home = Home.load()
    understanding = Understanding(Sentences.load(), home)
    view = Conversation(home).view()
    return Checks(home, lambda text: understanding.acts(Transcript(text, 1.0)), view.handle)


def settled(checks: Checks, said: str, means: str, intent: str = "", **slots: Any) -> Lesson | str:
    evidence = Pair(said, means, intent, slots, 0.0)
    return checks.settled(Proposal(Lesson(said, means, intent, slots), (evidence,)))


@pytest.mark.parametrize(
    ("said", "means", "intent", "slots", "why"),
    [
        ("bolt me in", "lock the front door", "HassTurnOn", {"name": "front door"}, "guarded"),
        ("let me in", "unlock the front door", "HassTurnOff", {"name": "front door"}, "guarded"),
        ("time for bed", "turn off everything", "HassTurnOff", {}, "everything"),
        ("lights out time", "turn off all the lights", "HassTurnOff", {"domain": "light"}, "everything"),
        ("no more brewing", "turn off the coffee machine", "HassTurnOff", {}, "no request"),
        ("who is there", "turn on the floor lamp", "HassTurnOn", {}, "no request"),
        ("the cat is asleep", "turn on the floor lamp", "HassTurnOn", {}, "no request"),
        ("if it rains brew", "turn on the floor lamp", "HassTurnOn", {}, "no request"),
        ("everything bright", "turn on the floor lamp", "HassTurnOn", {}, "everything"),
        ("lights out time", "turn off everything in the kitchen", "HassTurnOff", {}, "everything"),
        ("turn on the radio", "turn on the floor lamp", "HassTurnOn", {}, "already"),
        ("party time", "add milk to the shopping list", "HassListAddItem", {}, "what it is for"),
        ("party time", "turn on the piano", "HassTurnOn", {}, "not understood"),
        ("party t1me", "turn on the floor lamp", "HassTurnOn", {}, "no word"),
        ("big door", "front door", "", {}, "guarded"),
        ("kitchen", "floor lamp", "", {}, "something else"),
        ("kitchen lamp", "floor lamp", "", {}, "something else"),
        ("light", "floor lamp", "", {}, "something else"),
        ("big lamp", "piano", "", {}, "nothing"),
    ],
)
def test_it_is_not_learnt(
    checks: Checks, said: str, means: str, intent: str, slots: Mapping[str, Any], why: str
) -> None:
    reason = settled(checks, said, means, intent, **slots)
    assert isinstance(reason, str)
    assert why in reason


def test_it_is_learnt(checks: Checks) -> None:
    found = settled(checks, "party time", "turn on the floor lamp", "HassTurnOn", name="floor lamp")
    assert isinstance(found, Lesson)
    assert (found.intent, found.slots) == ("HassTurnOn", {"name": "floor lamp"})
    assert settled(checks, "big lamp", "floor lamp") == Lesson("big lamp", "floor lamp")


def test_what_nobody_can_have_said_is_left_out() -> None:
    home = Home.load()
    odd = tuple(
        Lesson(said, "x", "HassTurnOn", {"name": "radio"}) for said in ("{nothing}", "a (b", "<turn>", "")
    )
    home.rearrange(replace(home.layout, learnt=odd))
    assert with_learnt(Sentences.load(), home).blocks == Sentences.load().blocks


def test_a_sentence_for_all_things_of_a_kind_leaves_out_what_is_guarded() -> None:
    home = Home.load()
    lesson = Lesson("fire up the {name}", "turn on the {name}", "HassTurnOn", {"domain": "lock"})
    home.rearrange(replace(home.layout, learnt=(lesson,)))
    [block, *_] = with_learnt(Sentences.load(), home).blocks
    assert block.lists["thing"].values == []  # type: ignore[attr-defined]
