"""The thread that writes the journal, and what can go wrong with the disk and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device.memory.journal import writer as writing
from device.memory.journal.entries import Changed, Forget
from device.memory.journal.journal import reading
from device.memory.journal.writer import DEFAULT, Bounds, Writer

DAY = 86_400.0


class Clock:
    """Both clocks: `now` of the wall, and passed time."""

    def __init__(self) -> None:
        self.now, self.passed = 1_000_000.0, 100.0

    def wall(self) -> float:
        return self.now

    def elapsed(self) -> float:
        return self.passed

    def pass_by(self, seconds: float) -> None:
        self.now, self.passed = self.now + seconds, self.passed + seconds


@contextmanager
def running(file: Path, clock: Clock, told: list[str], bounds: Bounds = DEFAULT) -> Iterator[Writer]:
    writer = Writer(file, bounds, told.append, clock.wall, clock.elapsed)
    writer.start()
    try:
        yield writer
    finally:
        writer.close()


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(writing, "BATCH", 0.02)
    monkeypatch.setattr(writing, "AGAIN", 0.05)
    return tmp_path / "state" / "journal.sqlite"


def times(file: Path) -> list[float]:
    with reading(file) as past:
        return [one.at for one in past.all_changes()]


def changed(clock: Clock, value: bool = True) -> Changed:
    return Changed("lamp", "on", value, clock.elapsed())


def test_what_waits_is_written_at_the_end(file: Path) -> None:
    clock, told = Clock(), list[str]()
    with running(file, clock, told) as writer:
        for number in range(50):
            writer.take(changed(clock, bool(number % 2)))
    assert times(file) == [clock.now] * 50
    assert told == []


def test_nothing_is_opened_before_there_is_something_to_write(file: Path) -> None:
    with running(file, Clock(), []):
        time.sleep(0.1)
    assert not file.parent.exists()


def test_a_clock_that_jumps_moves_what_this_run_wrote(file: Path) -> None:
    clock, told = Clock(), list[str]()
    with running(file, clock, told) as writer:
        writer.take(changed(clock))
        until(lambda: len(times(file)) == 1)
    with running(file, clock, told) as writer:
        clock.pass_by(10)
        writer.take(changed(clock, False))
        until(lambda: len(times(file)) == 2)
        clock.pass_by(5)
        writer.take(changed(clock))
        clock.now += 50_000
    assert times(file) == [1_000_000.0, 1_050_010.0, 1_050_015.0]


def test_a_torn_journal_is_put_aside_and_a_new_one_begins(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 1000)
    clock, told = Clock(), list[str]()
    with running(file, clock, told) as writer:
        writer.take(changed(clock))
        until(lambda: told[-1:] == [""])
    assert len(told) == 2
    assert "journal.sqlite.damaged" in told[0]
    assert "\n" not in told[0]
    assert times(file) == [clock.now]
    assert file.with_name("journal.sqlite.damaged").read_bytes().startswith(b"no database")


def test_a_disk_without_room_loses_nothing(file: Path) -> None:
    file.parent.mkdir()
    file.mkdir()  # cannot be written, whoever asks
    clock, told = Clock(), list[str]()
    with running(file, clock, told) as writer:
        writer.take(changed(clock))
        until(lambda: told)
        writer.take(changed(clock, False))
        time.sleep(0.3)
        assert len(told) == 1
        file.rmdir()
        until(lambda: len(told) == 2)
    assert "the journal is not written" in told[0]
    assert told[1] == ""
    assert len(times(file)) == 2


def test_what_is_forgotten_is_what_was_taken_before(file: Path) -> None:
    clock = Clock()
    with running(file, clock, []) as writer:
        writer.take(changed(clock))
        writer.take(Forget())
        writer.take(changed(clock, False))
    assert len(times(file)) == 1


def test_old_entries_go_only_where_the_clock_is_trusted(file: Path) -> None:
    clock = Clock()
    with running(file, clock, [], Bounds(days=1)) as writer:
        writer.take(changed(clock))
    clock.now += 1000 * DAY
    with running(file, clock, [], Bounds(days=1)) as writer:
        writer.take(changed(clock, False))
    assert len(times(file)) == 2
    clock.passed += 2 * DAY
    clock.now += 2 * DAY
    with running(file, clock, [], Bounds(days=1)) as writer:
        writer.take(changed(clock))
    assert len(times(file)) == 1
