from __future__ import annotations

import pytest

from device.understanding.rewording import ahead, other


def readings(text: str) -> list[str]:
    return list(other(text, lambda words: "hall" if "hall" in words.split() else ""))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Could you ever turn on the lamp", "turn on the lamp"),
        ("I'd like the lamp in red", "set the lamp to red"),
        ("I'd like the blinds closed", "close the blinds"),
        ("We want the fan off", "turn off the fan"),
        ("get the kettle going", "turn on the kettle"),
        ("drop the lamp to 20%", "set the lamp to twenty percent"),
        ("put the radio at half volume", "put the radio at fifty percent"),
        ("let the blinds down", "close the blinds"),
        ("roll the shutters all the way up", "open the shutters"),
        ("pull the awning out", "open the awning"),
        ("open the blinds in the office halfway", "set the blinds in the office to fifty percent"),
        ("turn on the light over the stove", "turn on the stove light"),
        ("make it 2 degrees warmer upstairs", "turn up the heating upstairs by two degrees"),
        ("I'm cooking, could you turn on the lamp", "turn on the lamp"),
        ("It's dark in the hall, turn on the light", "turn on the light in the hall"),
        ("turn on the lamp because I can see nothing", "turn on the lamp"),
        ("turn the lamp and the fan on", "turn on the lamp and the fan"),
    ],
)
def test_it_can_be_said_in_other_words(text: str, reading: str) -> None:
    assert reading in readings(text)


@pytest.mark.parametrize(
    "text",
    [
        "if it's dark, turn on the lamp",
        "I'm leaving once you turn on the lamp, turn on the lamp",
        "I did not say that, turn on the lamp",
        "turn on the lamp, I'm kidding",
        "we said never, turn on the lamp",
        "I asked him, turn on the lamp",
    ],
)
def test_a_condition_is_no_reason(text: str) -> None:
    assert "turn on the lamp" not in readings(text)


def test_up_and_down_say_nothing_of_an_awning() -> None:
    assert "open the awning" not in readings("roll up the awning")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("turn on the lamp and the fan at ten percent",
         "turn on the lamp at ten percent and turn on the fan at ten percent"),
        ("set both the lamp and the fan to ten percent",
         "set the lamp to ten percent and set the fan to ten percent"),
    ],
)  # fmt: skip
def test_a_value_at_the_end_is_for_all(text: str, reading: str) -> None:
    assert reading in ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "set the lamp to twenty percent and the fan to ten percent",
        "turn on the lamp and turn on the fan at ten percent",
        "turn on the lamp at ten percent",
    ],
)
def test_each_may_have_its_own_value(text: str) -> None:
    assert not list(ahead(text))
