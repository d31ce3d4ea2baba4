"""The second head for requests: how it is weighed against the first."""

from __future__ import annotations

import numpy as np

from training.text.vectors import figures, weighed


def test_the_reading_that_is_right_weighs_more() -> None:
    truth = np.array([0, 1, 0, 1], np.int32)
    right = np.array([[0.9, 0.1], [0.1, 0.9], [0.8, 0.2], [0.2, 0.8]], np.float32)
    wrong = 1 - right
    first, second = weighed((right, wrong), truth)
    assert first > second


def test_requests_are_counted_apart_from_what_is_none() -> None:
    found = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8]], np.float32)
    measured = figures(found, np.array([0, 1, 1], np.int32), none=0)
    assert measured["right"] == 2 / 3
    assert measured["requests_right"] == 0.5
