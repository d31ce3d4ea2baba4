"""What texts name."""

from __future__ import annotations

import pytest

from device.home.model import Home
from device.understanding.frames import Text, frames, idle, sentences
from device.understanding.mentions import mentions
from device.understanding.tagging import Span

VOCABULARY = Home.load().vocabulary


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dim the kitchen lamp in the hall", ["name kitchen lamp", "place hall"]),
        ("at six thirty p m on friday", ["time at six thirty p m on friday"]),
        ("for tomorrow at six in the morning", ["time tomorrow at six in the morning"]),
        ("in two minutes from now", ["time in two minutes from now"]),
        ("for an hour and a half", ["time for an hour and a half"]),
        ("by twenty percent", ["number twenty percent"]),
        ("what day of the week is it", []),
        ("warm white or red", ["colour warm white", "colour red"]),
        ("my packing list", ["list packing list"]),
        ("my list of things to do", ["list to do list"]),
        ("read my reminder list", []),
        ("", []),
    ],
)
def test_mentions(text: str, found: list[str]) -> None:
    assert [f"{one.kind} {one.text}" for one in mentions(text.split(), VOCABULARY)] == found


def test_what_a_model_found_is_named_where_the_home_has_no_such_thing() -> None:
    words = ["brighten", "the", "porch", "of", "the", "house", "in", "the", "kitchen"]
    tagged = [Span("place", 2, 3), Span("place", 5, 6), Span("place", 8, 9)]
    found = [(one.kind, one.text) for one in mentions(words, VOCABULARY, tagged)]
    assert found == [("strange place", "porch"), ("place", "kitchen")]


@pytest.mark.parametrize(
    ("label", "text", "sentence"),
    [
        ("light_dimmer", "soften all the lights by ten percent", "dim all the lights by ten percent"),
        ("light_dimmer", "soften the lights to ten percent", "set the lights to ten percent"),
        ("alarm_cancel", "scrap every alarm", "cancel all alarms"),
        ("alarm_cancel", "scrap my yoga alarm", "cancel the yoga alarm"),
        ("alarm_set", "up at five hundred thirty", "set an alarm for five thirty"),
        ("list_create", "found a camping list", "create a list called camping"),
        ("reminder_set", "do not let me forget to call mum tomorrow", "remind me to call mum tomorrow"),
        ("clean", "suck up the dirt in the kitchen", "vacuum the kitchen"),
        ("light_on", "some light in the hall at nine pm", "turn on the lights in the hall at nine pm"),
    ],
)
def test_the_sentence_holds_what_the_text_names(label: str, text: str, sentence: str) -> None:
    words = tuple(text.split())
    said = sentences(frames()[label], Text(words, mentions(words, VOCABULARY), VOCABULARY, idle()))
    assert sentence in [one.sentence for one in said]
