"""A request beside its reason."""

from __future__ import annotations

import pytest

from device.understanding.beside import beside

REASONS = {
    "i'm off to bed now switch everything off": None,
    "it's late turn off the lamp": "turn off the lamp",
    "could you turn off the lamp": "turn off the lamp",
    "turn off the lamp it's too bright in here": "turn off the lamp",
    "turn the lamp on will you i dropped my keys": "turn the lamp on",
    "it is such a bright day so could you close the blinds": "close the blinds",
}


@pytest.mark.parametrize(("text", "request_"), REASONS.items())
def test_what_only_tells_why_is_left_out(text: str, request_: str | None) -> None:
    words = text.split()
    found = [one.text for one in beside(words, [False] * len(words))]
    assert (request_ in found) if request_ else found == ["switch everything off"]


@pytest.mark.parametrize(
    "text",
    [
        "tell mum to turn off the lamp",
        "it's the book turn off the lamp",
        "i'm back at nine turn off the lamp",
        "it's no good turn off the lamp",
        "the sign says turn off the lamp",
        "it's late unlock the front door",
        "it's late open the garage door",
        "turn off the lamp the kitchen",
        "after dinner turn off the lamp",
    ],
)
def test_nothing_is_made_of_talk_times_denials_and_doors(text: str) -> None:
    words = text.split()
    assert list(beside(words, [False] * len(words))) == []


def test_a_reason_names_nothing_of_the_home() -> None:
    words = ["it's", "the", "radio", "turn", "off", "the", "lamp"]
    named = [word == "radio" for word in words]
    assert list(beside(words, named)) == []
    assert [one.text for one in beside(words, [False] * len(words))] == ["turn off the lamp"]


PLAIN = {
    "turn on the porch lamp i'm looking for my keys": True,
    "turn the porch lamp on will you i dropped my keys": True,
    "the baby is asleep so would you close the blinds": True,
    "it's late so please turn the radio off": True,
    "turn on the lamp because the children are not back": True,
    "i want the blinds closed so that she isn't woken": True,
    "turn the radio off she's asleep": True,
    "turn the radio off because it is late unless she listens": False,
    "it's too bright make it dimmer": True,
    "i'm sure i set it to ten": False,
    "turn on the lamp i got": False,
    "turn off the lamp that's new": False,
    "i'm afraid to turn on the lamp": False,
    "it's late turn off the lamp": False,
    "could you turn off the lamp": False,
}


@pytest.mark.parametrize(("text", "plain"), PLAIN.items())
def test_a_reason_that_follows_or_leads_to_its_request_leaves_no_doubt(text: str, plain: bool) -> None:
    words = text.split()
    assert any(one.plain for one in beside(words, [False] * len(words))) == plain
