"""What the head `requests` learns, and how it is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.errors import MynahError
from device.home.model import Home
from device.understanding.frames import frames
from device.understanding.pieces import words
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from training.evaluate.requests import INTENTS, Kind, is_answered, judged
from training.text.corpora import OUT_OF_SCOPE, Example, Slot, tags
from training.text.requests import SKIP, Maker, Recipe, familiar, marked

RECIPE = Recipe.load()


def maker(seed: int = 1) -> Maker:
    return Maker(RECIPE, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("intent", "text", "label"),
    [
        ("iot_hue_lightoff", "lights off", "light_off"),
        ("iot_hue_lightchange", "make it magenta in here", "light_colour"),
        ("iot_hue_lightchange", "change the lights", SKIP),
        ("lists_createoradd", "add milk to my list", "list_add"),
        ("lists_createoradd", "make a new list", "list_create"),
        ("lists_createoradd", "add the song to my playlist", SKIP),
        ("shopping_list", "do i have milk on my list", "list_has"),
        ("time", "what time is it in london", OUT_OF_SCOPE),
        ("time", "what time is it", "time"),
        ("weather_query", "will it rain", OUT_OF_SCOPE),
    ],
)
def test_intents_of_corpora_become_labels(intent: str, text: str, label: str) -> None:
    assert RECIPE.label(Example(text, intent)) == label


def test_every_label_is_one_of_the_devices() -> None:
    corpora = {label for rows in RECIPE.intents.values() for _, label in rows}
    assert corpora | RECIPE.said.keys() <= {*frames(), OUT_OF_SCOPE, SKIP}
    assert frames().keys() <= RECIPE.said.keys()


def test_made_sentences_mark_what_they_name() -> None:
    one = maker()
    made = [one.made("light_off") for _ in range(50)]
    assert len({example.text for example in made}) > 30
    assert any(slot.name == "place" for example in made for slot in marked(example))
    for example in made:
        assert not set("()[]{}|") & set(example.text)
        for slot in marked(example):
            assert example.text[slot.begin : slot.end].strip() == example.text[slot.begin : slot.end]


def test_names_are_swapped_and_stay_marked() -> None:
    text = "turn off the lamp in the kitchen"
    example = Example(text, "light_off", (Slot("thing", 13, 17), Slot("place", 25, 32)))
    found = {maker(seed).swapped(example).text for seed in range(30)}
    assert len(found) > 10
    swapped = next(one for seed in range(30) if (one := maker(seed).swapped(example)).text != text)
    assert {tag[2:] for tag in tags(swapped, words(swapped.text)) if tag != "O"} <= {"thing", "place"}


def test_a_command_that_is_none() -> None:
    made = {maker(seed).no_command(Example("turn on the fan", "turn_on")).text for seed in range(40)}
    assert all("turn on the fan" in text and text != "turn on the fan" for text in made)


def test_familiar_are_the_words_around_names() -> None:
    text = "turn off the orangery lights"
    examples = [Example(f"{text} number{n}", "light_off", (Slot("place", 13, 21),)) for n in range(9)]
    assert familiar(examples) == ("lights", "off", "the", "turn")


def test_a_recipe_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "requests.yaml"
    file.write_text("fill: {colour: [red]}\n")
    with pytest.raises(MynahError, match="not a recipe of requests"):
        Recipe.load(file)


def test_judging() -> None:
    understanding = Understanding(Sentences.load(), Home.load())

    def kind(text: str, label: str) -> Kind:
        return judged(understanding, Example(text, label)).kind

    assert kind("turn off the lights", "light_off") is Kind.DONE
    assert kind("turn off the lights", OUT_OF_SCOPE) is Kind.WRONG
    assert kind("what time is it", OUT_OF_SCOPE) is Kind.ANSWERED
    assert kind("quantum", "light_off") is Kind.REFUSED
    assert not is_answered("HassTurnOn")
    assert INTENTS.keys() <= frames().keys()
