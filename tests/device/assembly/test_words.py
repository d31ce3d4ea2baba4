"""Where the graph of any words does not fit in, commands are heard without it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from device.assembly.words import ROOM, free_megabytes, second_opinion
from device.engine.bundle import SHIPPED, Bundle

ACOUSTIC = Bundle.load(SHIPPED / "english", "hearing")


def test_a_device_without_room_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert second_opinion(tmp_path, ACOUSTIC, free=ROOM - 1) is None
    assert "less than 256 MB are free" in caplog.text


def test_a_bundle_that_is_missing_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert second_opinion(tmp_path / "none", ACOUSTIC, free=ROOM) is None
    assert "without a second opinion" in caplog.text
    assert "no bundle here" in caplog.text


def test_free_memory_is_what_the_kernel_tells(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 999999 kB\nMemAvailable: 307200 kB\n")
    assert free_megabytes(tmp_path / "meminfo") == 300
    assert free_megabytes(tmp_path / "none") == ROOM
