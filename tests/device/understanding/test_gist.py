"""What a text in any order of words names and asks for."""

from __future__ import annotations

import pytest

from device.understanding.gist import gists
from device.understanding.vocabulary import Name, Vocabulary

HOME = Vocabulary(
    names=(
        Name("desk lamp", "desk lamp", "light"),
        Name("gate", "gate", "cover"),
        Name("study blind", "study blind", "cover"),
        Name("sprinkler", "sprinkler", "switch"),
        Name("front door", "front door", "lock"),
    ),
    areas=(Name("office", "office"), Name("lounge", "lounge")),
)
MEANT = {
    "gate to close please": "close the gate",
    "desk lamp on i'm doing my make up": "turn on the desk lamp",
    "the lamp of the desk make it off": "turn off the desk lamp",
    "sprinkler on in twenty minutes": "turn on the sprinkler in twenty minutes",
    "study blind down to a third": "set the study blind to thirty three percent",
    "in the office put colour green at lamp": "set the lamp in the office to green",
    "lounge to nineteen and a half degrees": "set the heating in the lounge to nineteen point five degrees",
    "can we have the desk lamp on low": "set the desk lamp to low",
    "do shut that one now": "close that one",
    "lock up the front door": "lock the front door",
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_what_is_named_and_one_deed_make_a_sentence(text: str, meant: str) -> None:
    assert meant in list(gists(text, HOME))


@pytest.mark.parametrize(
    "text",
    [
        "desk lamp off and gate open",  # two deeds
        "the desk lamp is on",
        "don't close the gate",
        "tom turned up the desk lamp",
        "there's nothing good on the desk lamp",
        "the granary desk lamp on",  # another's name may begin before it
        "the light in the granary off",
        "everything but the desk lamp off",
        "desk lamp left on",
        "the desk lamp shines on and on",
        "grandma loves the desk lamp on",
        "desk lamp five times brighter than the sun",
        "put the desk lamp on my list",
        "the cup fell off the desk lamp",
        "the sign says close the gate",
        "take forty from savings and put it in checking",  # "it" may be anything
        "i need to find it and turn it off",
        "what about the gate open",
        "open the blinds of the neighbours in the pub",
        " ".join(["desk lamp on"] * 6),
    ],
)
def test_nothing_is_made_of_talk_other_things_and_several_deeds(text: str) -> None:
    assert list(gists(text, HOME)) == []
