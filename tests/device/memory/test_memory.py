from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from device.events import Change
from device.memory.agenda import REMINDER, TIMER, Entry, instant
from device.memory.memory import Memory
from device.system.watch import ClockWatch

NOW = datetime(2026, 3, 2, 18, 0)


class Elapsed:
    """A clock that nobody sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def timer(memory: Memory, now: datetime, seconds: int = 300) -> Entry:
    entry = memory.agenda.new(Entry(TIMER, now + timedelta(seconds=seconds), seconds=seconds))
    memory.apply([Change("timer.start", {}, entry)])
    return entry


def test_each_is_given_once(tmp_path: Path) -> None:
    memory = Memory(folder=tmp_path)
    entry = timer(memory, NOW)
    assert memory.next_due == entry.at
    assert not memory.is_due(entry.at - timedelta(seconds=1))
    assert memory.is_due(entry.at)
    [due] = memory.due(entry.at)
    memory.settle(due)
    assert not memory.is_due(entry.at)
    assert [one.id for one in memory.agenda.ringing] == [entry.id]
    after = Memory(folder=tmp_path)  # it rings on after a restart, and ends
    assert [one.id for one in after.agenda.ringing] == [entry.id]
    assert after.due(entry.at + timedelta(minutes=10)) == ()
    assert after.agenda.entries == ()


def test_what_was_given_before_a_crash_is_told_after_it(tmp_path: Path) -> None:
    memory = Memory(folder=tmp_path)
    entry = memory.agenda.new(Entry(REMINDER, NOW, text="call mom"))
    memory.apply([Change("reminder.set", {}, entry)])
    assert [due.missed for due in memory.due(NOW)] == [False]
    after = Memory(folder=tmp_path)
    assert after.is_due(NOW)
    [due] = after.due(NOW)
    assert due.missed
    assert after.due(NOW) == ()
    after.settle(due)
    assert Memory(folder=tmp_path).due(NOW) == ()


def test_what_another_process_cancels_is_not_given(tmp_path: Path) -> None:
    ours, theirs = Memory(folder=tmp_path), Memory(folder=tmp_path)
    entry = timer(ours, NOW)
    theirs.apply([Change("timer.cancel", {}, entry)])
    assert ours.is_due(entry.at)
    assert ours.due(entry.at) == ()


def test_the_network_sets_the_clock_by_years(tmp_path: Path) -> None:
    before = timer(Memory(folder=tmp_path), NOW, seconds=600)
    elapsed, boot = Elapsed(), datetime(2023, 1, 1)
    memory = Memory(folder=tmp_path, watch=ClockWatch(elapsed))
    assert not memory.is_due(boot)
    made = timer(memory, boot)
    elapsed.seconds += 10
    now = NOW + timedelta(minutes=5)
    assert not memory.is_due(now)
    assert [one.at for one in memory.agenda.entries] == [before.at, now + timedelta(seconds=290)]
    elapsed.seconds += 290
    assert [due.id for due in memory.due(now + timedelta(seconds=300))] == [made.id, before.id]


def test_time_that_passes_is_no_clock_that_is_set() -> None:
    elapsed = Elapsed()
    watch = ClockWatch(elapsed)
    assert watch.jumped(instant(NOW)) == 0
    elapsed.seconds += 3600
    assert watch.jumped(instant(NOW) + 3601) == 0
    assert watch.jumped(instant(NOW) + 3601 - 86400) == -86400
