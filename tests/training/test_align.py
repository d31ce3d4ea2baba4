"""Forced alignment finds the path that made the scores."""

from __future__ import annotations

import numpy as np
import pytest

from training.hearing.align import align, states

INDEX = {"SIL": 0, "AH": 1, "B": 2, "K": 3}


def scores(path: list[int], noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    values = np.full((len(path), len(INDEX)), -4.0, np.float32)
    values[np.arange(len(path)), path] = -0.1
    return values + rng.normal(0, noise, values.shape).astype(np.float32)


@pytest.mark.parametrize(
    "path",
    [
        [2, 1, 3],  # no silence at all
        [0, 0, 2, 2, 1, 3, 3, 0],  # silence at the ends
        [2, 1, 1, 0, 0, 3, 0],  # and between the words
    ],
)
def test_silence_is_optional_everywhere(path: list[int]) -> None:
    found = align(scores(path, 0.3), states([[("B", "AH")], [("K",)]], INDEX))
    assert found is not None
    assert found[0].tolist() == path


def test_the_pronunciation_that_was_said_is_chosen() -> None:
    word = [("B", "AH"), ("K", "AH", "B")]
    found = align(scores([3, 3, 1, 2]), states([word], INDEX))
    assert found is not None
    assert found[0].tolist() == [3, 3, 1, 2]
    assert found[1] == pytest.approx(-0.1, abs=1e-5)


def test_too_few_frames_for_the_phones_is_none() -> None:
    assert align(scores([2]), states([[("B", "AH", "K")]], INDEX)) is None


def test_every_phone_lasts_at_least_a_frame() -> None:
    found = align(scores([0, 0, 0, 0]), states([[("B", "AH", "K")]], INDEX))
    assert found is not None
    assert {1, 2, 3} <= set(found[0].tolist())
