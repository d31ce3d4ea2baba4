from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from device.audio.volume import QuietHours, Volume, gain

NIGHT, NOON = datetime(2026, 3, 2, 23, 30), datetime(2026, 3, 2, 12, 0)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("22:00-07:00", [time(22), time(23, 59), time(0), time(6, 59)], [time(7), time(21, 59)]),
        ("13:00 - 15:30", [time(13), time(15, 29)], [time(12, 59), time(15, 30)]),
    ],
)
def test_quiet_hours(text: str, inside: list[time], outside: list[time]) -> None:
    hours = QuietHours.parse(text)
    assert hours is not None
    assert all(now in hours for now in inside)
    assert not any(now in hours for now in outside)


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "22:60-07:00", "22:00", "night"])
def test_what_is_no_quiet_hours(text: str) -> None:
    assert QuietHours.parse(text) is None


def test_louder_is_louder() -> None:
    gains = [gain(volume) for volume in range(0, 101, 10)]
    assert gains == sorted(gains)
    assert (gains[0], gains[-1]) == (0, 1)


@pytest.mark.parametrize(("now", "spoken"), [(NOON, gain(80)), (NIGHT, gain(30))])
def test_at_night_only_an_alarm_is_loud(now: datetime, spoken: float) -> None:
    volume = Volume(80, 90, QuietHours.parse("22:00-07:00"), 30, clock=lambda: now)
    assert volume.spoken() == spoken
    assert volume.alarm() == gain(90)
    volume.set(20)
    assert volume.spoken() == gain(20)


def test_the_volume_outlasts_a_restart_until_the_settings_change(tmp_path: Path) -> None:
    file = tmp_path / "state" / "volume.json"
    Volume(80, file=file).set(45)
    assert Volume(80, file=file).level == 45
    assert Volume(60, file=file).level == 60


@pytest.mark.parametrize("content", ["", "[]", '{"volume": "loud", "instead_of": 80}', '{"volume": 300}'])
def test_a_torn_file_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "volume.json").write_text(content)
    assert Volume(80, file=tmp_path / "volume.json").level == 80


def test_it_stays_between_silence_and_the_loudest() -> None:
    volume = Volume(80)
    for level, held in ((120, 100), (-5, 0)):
        volume.set(level)
        assert volume.level == held
