from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from device.memory.agenda import TIMER, Entry
from device.memory.finding import chosen

NOW = datetime(2026, 3, 2, 18, 0)


def timer(number: int, minutes: int, left: int) -> Entry:
    return Entry(TIMER, NOW + timedelta(minutes=left), id=number, seconds=minutes * 60)


@pytest.mark.parametrize(
    ("order", "ids"),
    [("shortest", [2]), ("longest", [1]), ("earliest", [1]), ("latest", [3]), ("first", [1]), ("next", [1])],
)
def test_which_of_several_by_what_tells_it_apart(order: str, ids: list[int]) -> None:
    entries = (timer(1, 60, left=3), timer(2, 5, left=5), timer(3, 10, left=10))
    assert [entry.id for entry in chosen(entries, {"order": order}, NOW)] == ids


def test_two_that_are_equally_short_are_both_meant() -> None:
    entries = (timer(1, 5, left=5), timer(2, 5, left=4), timer(3, 10, left=10))
    assert [entry.id for entry in chosen(entries, {"order": "shortest"}, NOW)] == [1, 2]
    assert chosen((), {"order": "shortest"}, NOW) == ()
