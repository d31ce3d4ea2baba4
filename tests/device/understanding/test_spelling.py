from __future__ import annotations

import pytest

from device.understanding.spelling import corrected

KNOWN = {
    "turn",
    "on",
    "close",
    "lock",
    "unlock",
    "the",
    "vacuum",
    "curtains",
    "light",
    "kitchen",
    "heater",
    "door",
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("turn on the vaccuum", "turn on the vacuum"),
        ("close the cutains", "close the curtains"),
        ("close the curatins", "close the curtains"),
        ("turn on the kitchem light", "turn on the kitchen light"),
    ],
)
def test_a_letter_is_forgiven(text: str, meant: str) -> None:
    assert corrected(text, KNOWN) == meant


@pytest.mark.parametrize(
    "text",
    [
        "turn on heather",  # a name
        "turn on the lighter",  # a word
        "ulock the door",  # to lock, or to unlock
        "turn on the ligt",  # too short
        "turn on the kxtchxn light",
    ],
)
def test_what_is_not_clear_stays(text: str) -> None:
    assert corrected(text, KNOWN) == text
