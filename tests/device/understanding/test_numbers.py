from __future__ import annotations

import pytest

from device.understanding.numbers import spellings, spoken, words


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (25, "twenty five"),
        (100, "one hundred"),
        (125, "one hundred twenty five"),
        (2700, "two thousand seven hundred"),
        (999_999, "nine hundred ninety nine thousand nine hundred ninety nine"),
        (-5, "minus five"),
    ],
)
def test_words(number: int, said: str) -> None:
    assert words(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, ("zero", "nought")),
        (7, ("seven",)),
        (19.5, ("nineteen point five", "nineteen and a half")),
        (20.3, ("twenty point three",)),
        (-5.5, ("minus five point five", "minus five and a half")),
        (100, ("one hundred", "a hundred")),
        (2700, ("two thousand seven hundred", "twenty seven hundred")),
        (3000, ("three thousand",)),
    ],
)
def test_spellings(number: float, said: tuple[str, ...]) -> None:
    assert spellings(number) == said


def test_hundreds_are_said_with_and_without_and() -> None:
    assert set(spellings(125)) == {
        "one hundred twenty five",
        "one hundred and twenty five",
        "a hundred twenty five",
        "a hundred and twenty five",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Set the Lamp to 25%!", "set the lamp to twenty five percent"),
        ("21.5°C", "twenty one point five degrees celsius"),
        ("70 °F", "seventy degrees fahrenheit"),
        ("19.50", "nineteen point five"),
        ("19,5 degrees", "nineteen point five degrees"),
        ("20.0 degrees", "twenty degrees"),
        ("-5°", "minus five degrees"),
        ("lamp2", "lamp two"),
        ("Lamp-2", "lamp two"),
        ("Anna’s lamp", "anna's lamp"),
        ("'quoted'", "quoted"),
        ("night_light", "night light"),
        ("TV & radio", "tv and radio"),
        ("2700K", "two thousand seven hundred k"),
        ("007", "seven"),
        ("1234567", "one two three four five six seven"),
        ("Küche", "küche"),
        ("  \t?! ", ""),
    ],
)
def test_spoken(text: str, said: str) -> None:
    assert spoken(text) == said
