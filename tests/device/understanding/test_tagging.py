"""From what each word may be to the slots of a text."""

from __future__ import annotations

import numpy as np

from device.understanding.tagging import Span, likeliest, spans

TAGS = ("O", "B-room", "I-room", "B-time", "I-time")


def rows(*best: tuple[float, ...]) -> np.ndarray:
    return np.array(best, np.float32)


def test_the_best_tag_of_each_word_is_taken_where_that_is_allowed() -> None:
    logits = rows((5, 0, 0, 0, 0), (0, 5, 0, 0, 0), (0, 0, 5, 0, 0), (5, 0, 0, 0, 0))
    assert likeliest(logits, TAGS) == ["O", "B-room", "I-room", "O"]


def test_a_slot_begins_before_it_goes_on() -> None:
    assert likeliest(rows((3, 2, 0, 0, 0), (0, 0, 9, 0, 0)), TAGS) == ["B-room", "I-room"]
    assert likeliest(rows((0, 1, 4, 0, 0)), TAGS) == ["B-room"]
    assert likeliest(rows((0, 9, 0, 0, 0), (0, 0, 2, 0, 3)), TAGS) == ["B-room", "I-room"]


def test_nothing_has_no_tags() -> None:
    assert likeliest(np.zeros((0, 5), np.float32), TAGS) == []


def test_tags_mark_slots() -> None:
    assert spans(["O", "B-room", "I-room", "B-room", "O", "B-time"]) == [
        Span("room", 1, 3),
        Span("room", 3, 4),
        Span("time", 5, 6),
    ]
    assert spans(["I-time", "I-time", "I-room"]) == [Span("time", 0, 2), Span("room", 2, 3)]
