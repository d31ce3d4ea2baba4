from __future__ import annotations

import pytest

from device.events import Also, Cancel, Correct, Intent, NotRecognized, Request
from device.understanding.acts import acts
from device.understanding.parsing import MOST, parts

WHOLE = {
    "turn on the lamp": Intent("HassTurnOn", {"name": "lamp"}, 1.0),
    "turn off the kitchen": Intent("HassTurnOff", {"area": "kitchen"}, 1.0),
    "close the blinds": Intent("HassTurnOff", {"device_class": "blind"}, 1.0),
    "rock and roll": Intent("HassTurnOn", {"name": "rock and roll"}, 1.0),
}
FOLLOWS = {
    "and the radio": Intent("MynahAlso", {"name": "radio"}, 1.0),
    "and hall lights": Intent("MynahAlso", {"area": "hall", "domain": "light"}, 1.0),
    "except the hall": Intent("MynahAlso", {"except_area": "hall"}, 1.0),
    "in ten minutes": Intent("MynahTiming", {"minutes": 10}, 1.0),
    "never mind": Intent("HassNevermind", {}, 1.0),
}


def match(text: str, follows: bool) -> Intent | None:
    return (FOLLOWS if follows else WHOLE).get(text)


def parse(text: str) -> list[str]:
    """Names of intents, and in quotes what is not known."""
    found = parts(text, match, {"and", "except", "in", "never"}, {"turn", "close", "rock"})
    return [part.name if isinstance(part, Intent) else repr(part) for part in found]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("turn on the lamp", ["HassTurnOn"]),
        ("rock and roll", ["HassTurnOn"]),
        ("turn on the lamp and close the blinds", ["HassTurnOn", "HassTurnOff"]),
        ("turn on the lamp and then close the blinds", ["HassTurnOn", "HassTurnOff"]),
        ("turn on the lamp then close the blinds", ["HassTurnOn", "HassTurnOff"]),
        ("turn on the lamp and the radio", ["HassTurnOn", "MynahAlso"]),
        ("and the radio", ["MynahAlso"]),
        ("and close the blinds", ["HassTurnOff"]),
        ("close the blinds in ten minutes", ["HassTurnOff", "MynahTiming"]),
        ("in ten minutes close the blinds", ["MynahTiming", "HassTurnOff"]),
        ("turn on the lamp never mind", ["HassTurnOn", "HassNevermind"]),
        ("turn on the lamp and eat it", ["HassTurnOn", "'eat it'"]),
        ("eat it and drink it", ["'eat it and drink it'"]),
        ("turn on the lamp close the blinds", ["'turn on the lamp close the blinds'"]),
        ("", ["''"]),
        ("and " * (MOST + 1), [repr("and " * (MOST + 1))]),
    ],
)
def test_parts(text: str, names: list[str]) -> None:
    assert parse(text) == names


def of(*intents: Intent | str) -> list[object]:
    return list(acts(intents, 1.0, "text"))


def test_timing_belongs_to_the_request_before_or_after_it() -> None:
    lamp, later = WHOLE["turn on the lamp"], FOLLOWS["in ten minutes"]
    both = [Request(Intent("HassTurnOn", {"name": "lamp", "minutes": 10}, 1.0))]
    assert of(lamp, later) == of(later, lamp) == both
    assert of(later) == [Also({"minutes": 10})]


def test_an_exception_restricts_the_request_before_it() -> None:
    restricted = Intent("HassTurnOff", {"area": "kitchen", "except_area": "hall"}, 1.0)
    assert of(WHOLE["turn off the kitchen"], FOLLOWS["except the hall"]) == [Request(restricted)]


def test_the_kind_that_is_said_last_holds_for_both_rooms() -> None:
    first, second = of(WHOLE["turn off the kitchen"], FOLLOWS["and hall lights"])
    assert first == Request(Intent("HassTurnOff", {"domain": "light", "area": "kitchen"}, 1.0))
    assert second == Also({"area": "hall", "domain": "light"})


def test_what_is_no_request_becomes_an_act_of_its_own() -> None:
    assert of(Intent("HassNevermind", {}, 1.0)) == [Cancel()]
    assert of(Intent("MynahCorrect", {"number": 15}, 0.7)) == [Correct({"number": 15}, 0.7)]


def test_what_is_not_known_keeps_its_text() -> None:
    assert of("purple monkeys") == [NotRecognized("purple monkeys", "no sentence that is known")]
