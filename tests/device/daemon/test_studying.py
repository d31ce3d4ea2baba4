"""The journal is looked into beside the voice loop, and nobody waits."""

from __future__ import annotations

from collections.abc import Callable

from device.channels.steps import Idle
from device.daemon.studying import AGAIN, Studying
from device.learning.study import Study

WRONG = Study()


def ticked(studying: Studying, told: Callable[[], bool], now: float = 0.0) -> None:
    while not told():
        studying.tick(now)


def test_the_result_is_told_on_the_thread_that_ticks() -> None:
    found: list[Study] = []
    studying = Studying(lambda: WRONG, found.append)
    ticked(studying, lambda: bool(found))
    assert found == [WRONG]
    studying.tick(1.0)
    assert found == [WRONG]


def test_a_journal_that_cannot_be_read_stops_nothing() -> None:
    looked: list[int] = []

    def look() -> Study:
        looked.append(1)
        raise OSError("no")

    studying = Studying(look, lambda _: None)
    ticked(studying, lambda: bool(looked))
    studying.take(Idle())
    studying.tick(9.0)
    assert looked == [1]


def test_what_is_to_be_checked_is_checked_bit_by_bit() -> None:
    left = [True, True, False]
    studying = Studying(lambda: WRONG, lambda _: None, lambda: left.pop(0))
    ticked(studying, lambda: not left)
    studying.tick(AGAIN / 2)
    assert left == []
