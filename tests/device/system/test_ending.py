from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Mapping

import pytest

from device.system.ending import SIGNALS, Ending


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = [signal.getsignal(each) for each in SIGNALS]
    yield
    for each, handler in zip(SIGNALS, before, strict=True):
        signal.signal(each, handler)


def signalled(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_before_the_work_begins_a_signal_ends_the_program_at_once(number: int) -> None:
    Ending()
    with pytest.raises(SystemExit) as end:
        signalled(number)
    assert end.value.code == 0


def done(ending: Ending, source: Iterable[str], signals: Mapping[str, int]) -> list[str]:
    """What was done before the program ended, where a signal comes amid the work on an item."""
    found: list[str] = []
    try:
        for item in ending.items(source):
            if item in signals:
                signalled(signals[item])
            found.append(item)
    except SystemExit:
        return found
    raise AssertionError("the source ended first")


def test_what_is_done_with_an_item_is_finished_before_a_signal_counts() -> None:
    assert done(Ending(), "abc", {"b": signal.SIGTERM}) == ["a", "b"]


def test_a_signal_while_the_next_item_is_awaited_ends_the_program_at_once() -> None:
    def source() -> Iterator[str]:
        yield "a"
        signalled()
        yield "b"

    assert done(Ending(), source(), {}) == ["a"]


def test_a_pause_does_not_begin_after_a_signal() -> None:
    ending = Ending()
    assert list(ending.items("a")) == ["a"]
    signalled()
    with pytest.raises(SystemExit):
        ending.pause(60)


def test_a_second_signal_does_nothing() -> None:
    ending = Ending()
    assert done(ending, "a", {"a": signal.SIGINT}) == ["a"]
    signalled()
