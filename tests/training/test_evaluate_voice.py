"""How Mynah's voice is measured; the recognizer is not run here."""

from __future__ import annotations

import pytest

from training.evaluate.voice import apart, report, words, written


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("Alarm set at 6:30 in the morning", "Alarm set at 6.30 in the morning.", 0),
        ("Cancelled the timer", "Canceled the timer.", 0),
        ("It is 21.5 °C", "It is 21.5 degrees Celsius.", 0),
        ("The dishwasher is on", "The dish washer is on", 0),
        ("Added tea to the shopping list", "Added T to the shopping list.", 1),
        ("The lamp is on", "", 4),
    ],
)
def test_words_are_compared_as_they_are_spoken(said: str, heard: str, wrong: int) -> None:
    assert apart(words(said), words(written(heard))) == wrong


def test_the_report_shows_what_was_misheard() -> None:
    told = report(["The lamp is on", "It is noon"], ["The lamp is on.", "It is new."])
    assert told.startswith("7 words, 14.3% wrong")
    assert "'It is noon': 'It is new.'" in told
