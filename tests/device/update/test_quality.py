"""A version with which more turns fail takes itself back; chance does not do that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.system.problems import Problems
from device.update.quality import MOST, counted, turned, worse
from device.update.trial import EVERY, Trial
from device.update.versions import BASE, RUNNING, Counts, State, Versions, read_state

BASE_IS = "0.1.0 on Python 3.11"


@pytest.mark.parametrize(
    ("own", "usual", "is_worse"),
    [
        ((50, 15), (200, 16), True),
        ((50, 6), (200, 16), False),  # by chance
        ((30, 20), (200, 16), False),  # too few to tell
        ((50, 15), (40, 2), False),  # too little to compare with
        ((MOST, 300), (200, 16), False),  # it has proved itself
        ((50, 0), (200, 0), False),
        ((50, 50), (200, 200), False),
    ],
)
def test_more_failures_than_usual_are_noticed(own: Counts, usual: Counts, is_worse: bool) -> None:
    assert worse(own, usual) is is_worse


def test_what_is_long_ago_counts_less() -> None:
    assert counted((MOST, 40), [True, False]) == (MOST // 2 + 2, 21)


def taken_back(rate: float, rng: np.random.Generator) -> bool:
    """Whether a version with that rate is, after one with 8 % failures, within 300 turns."""
    state = State("b", current="2", usual=(200, 16))
    for _ in range(300 // EVERY):
        state = turned(state, (rng.random(EVERY) < rate).tolist())
    return state.current != "2"


def test_twice_three_times_and_as_many_failures() -> None:
    rng = np.random.default_rng(7)
    same, thrice = (sum(taken_back(rate, rng) for _ in range(200)) / 200 for rate in (0.08, 0.24))
    assert same <= 0.05
    assert thrice >= 0.95


def test_the_version_before_takes_its_place_and_the_bad_one_is_refused() -> None:
    state = State("0.1 on Python", current="2", previous="1", own=(40, 12), usual=(100, 5))
    after = turned(state, [True] * EVERY)
    assert (after.current, after.previous, after.own) == ("1", None, (100, 5))
    assert "22 of 50 turns failed, and 5 of 100 before" in after.refused["2"]
    assert "1 runs" in after.failure
    assert turned(replace(state, pending="3"), [True] * EVERY).current == "2"  # one thing at a time


def test_a_confirmed_version_is_compared_with_what_ran_before() -> None:
    state = State("b", current="1", pending="2", own=(120, 9)).confirmed("2")
    assert (state.own, state.usual) == ((0, 0), (120, 9))


def test_a_state_of_an_older_version_can_be_read() -> None:
    assert read_state('{"base": "b", "current": "1"}').own == (0, 0)


def test_the_running_version_asks_to_be_started_anew(tmp_path: Path) -> None:
    versions, problems = Versions(tmp_path / "versions"), Problems()
    state = State(BASE_IS, current="2", own=(40, 12), usual=(100, 5))
    versions.change(BASE_IS, lambda _: state)
    trial = Trial(problems, versions, {BASE: BASE_IS, RUNNING: "2"})
    trial.count([True] * EVERY)
    assert trial.restart
    assert versions.read(BASE_IS).current is None

    not_launched = Trial(problems, versions, {})
    for _ in range(EVERY):
        not_launched.turned(True)
    assert not not_launched.restart
