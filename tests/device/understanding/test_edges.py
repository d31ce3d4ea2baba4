"""How the texts of a template may begin and end."""

from __future__ import annotations

import random

import pytest
from hassil.expression import Sentence
from hassil.intents import RangeSlotList, SlotList, TextSlotList, WildcardSlotList
from hassil.parse_expression import parse_sentence

from device.home.model import Home
from device.understanding.edges import MOST, Edges
from device.understanding.sentences import Sentences
from tests.device.understanding.expansion import sample

RULES = {"turn": parse_sentence("(turn|switch)"), "please": parse_sentence("[please]")}
LISTS: dict[str, SlotList] = {
    "way": TextSlotList.from_strings(["on", "off"], name="way"),
    "many": TextSlotList.from_strings([f"thing{number}" for number in range(MOST + 1)], name="many"),
    "percent": RangeSlotList("percent", 0, 100),
    "anything": WildcardSlotList("anything"),
}
EDGES = {
    "<turn> {way} the lamp[s]": (("switch", "turn"), ("lamp", "s")),
    "[would you] <please> set it to {percent}": (("please", "set", "would"), None),
    "{anything} now": (None, ("now",)),
    "{many} (go|went) {way}": (None, ("off", "on")),
    "{way} it [goes] {way}": (("off", "on"), ("off", "on")),
    "[perhaps] <please>": (None, None),
    "<nothing known> {nobody}": (None, None),
    "(lights;out)": (("lights", "out"), ("lights", "out")),
}


@pytest.mark.parametrize(("template", "edges"), EDGES.items())
def test_a_template_says_how_its_texts_begin_and_end(template: str, edges: tuple[object, object]) -> None:
    found, sentence = Edges(RULES, LISTS), parse_sentence(template)
    assert (found.first(sentence), found.last(sentence)) == edges


def test_a_rule_that_refers_to_itself_may_begin_with_anything() -> None:
    rules: dict[str, Sentence] = {"loop": parse_sentence("<loop> on")}
    assert Edges(rules, {}).first(parse_sentence("<loop>")) is None


def test_each_text_of_the_shipped_templates_begins_and_ends_so() -> None:
    chance, told = random.Random(5), 0
    for group in Sentences.load().groups(Home.load()):
        for sentence, needs in zip(group.sentences, group.needs, strict=True):
            text = sample(group, sentence.expression, chance)
            told += (needs.first is not None) + (needs.last is not None)
            assert needs.met(text), (sentence.text, text, needs)
    assert told > 1000
