"""The made-up year of `mynah bench --journal`."""

from __future__ import annotations

from pathlib import Path

from device.bench.journal import TURNS, busy, entries, filled
from device.memory.journal.entries import Turned


def test_a_year_is_in_order_and_the_same_each_time() -> None:
    year = list(entries(500, 4e7))
    assert year == list(entries(500, 4e7))
    assert [one.at for one in year] == sorted(one.at for one in year)
    assert sum(isinstance(one, Turned) for one in year) == 500 / TURNS


def test_its_size_is_that_of_the_file(tmp_path: Path) -> None:
    report = filled(tmp_path / "journal.sqlite", 2000)
    assert (report["rows"], 0 < report["mb"] < 1) == (2000, True)
    assert busy(tmp_path / "busy.sqlite", seconds=0.1)["written"] == 5
