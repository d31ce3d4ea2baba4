"""Which texts are questions that a person may answer."""

from __future__ import annotations

import pytest

from device.understanding.wondering import wonders


@pytest.mark.parametrize(
    "text",
    [
        "How loud is the coffee machine?",
        "what does error E77 mean",
        "the display shows F30 what does that mean",
        "can I wash shoes in the machine",
        "how do you dye a shirt",
        "do you know where the spare fuse is",
        "can you tell me when the bin is collected",
        "is it allowed to use oat milk",
        "and how long does that take",
        "at how many degrees do I wash jackets",
        "which beans taste best",
        "where is my phone",
    ],
)
def test_a_question(text: str) -> None:
    assert wonders(text)


@pytest.mark.parametrize(
    "text",
    [
        "turn on what I like",
        "can you iron my shirts",
        "could you open the blorb?",
        "would you please play jazz",
        "remind me when the washing is done",
        "how are you",
        "what is your favourite food",
        "what do you think of me",
        "how do you feel today",
        "what about the kitchen",
        "frobnicate the garage",
        "why",
        "thank you very much",
        "don't tell me what to do",
    ],
)
def test_no_question_for_a_person(text: str) -> None:
    assert not wonders(text)
