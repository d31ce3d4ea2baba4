"""What is wrong, told to those who listen and kept for those who come later."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from device.cli import main
from device.system.problems import Lines, ProblemFile, Problems, kept, problem_file
from tests.device.broker import wait_for


def test_problems_come_and_go() -> None:
    told: list[Lines] = []
    late: list[Lines] = []
    problems = Problems()
    problems.say("microphone", "unplugged: plug it in")
    problems.connect(told.append)
    problems.say("microphone", "unplugged: plug it in")
    problems.say("home", "no name")
    problems.connect(late.append)
    problems.say("microphone", "")
    assert told == [
        ("unplugged: plug it in",),
        ("unplugged: plug it in", "no name"),
        ("no name",),
    ]
    assert late == told[1:]


def test_the_file_has_what_lasts_and_is_written_seldom(tmp_path: Path) -> None:
    file = tmp_path / "problems.txt"
    notes = ProblemFile(file, delay=0.2)
    notes.tell(("the connection is lost",))
    notes.tell(())
    time.sleep(0.4)
    assert not file.exists()
    for number in range(10):
        notes.tell((f"wrong password {number}", "two\nlines"))
    assert not file.exists()
    wait_for(file.exists)
    assert kept(file) == ["wrong password 9", "two lines"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    inode = file.stat().st_ino
    notes.tell(("wrong password 9", "two lines"))
    time.sleep(0.4)
    assert file.stat().st_ino == inode


def test_what_ends_the_daemon_is_written_at_once(tmp_path: Path) -> None:
    notes = ProblemFile(tmp_path / "problems.txt")
    notes.add("mqtt.ca_file: no such file")
    assert kept(tmp_path / "problems.txt") == ["mqtt.ca_file: no such file"]


def test_outside_a_service_nothing_is_kept(tmp_path: Path) -> None:
    assert problem_file({}) is None
    assert problem_file({"RUNTIME_DIRECTORY": "/run/mynah:/run/other"}) == Path("/run/mynah/problems.txt")
    ProblemFile(None, delay=0.0).tell(("a",))
    ProblemFile(None).add("b")
    assert kept(tmp_path / "absent") == []


def test_settings_that_end_the_daemon_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mynah.toml").write_text('[mqtt]\nhots = "a"\n')
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    assert main(["run", "--config", str(tmp_path / "mynah.toml")]) == 1
    (line,) = kept(tmp_path / "problems.txt")
    assert "mqtt.hots: did you mean mqtt.host? (line 2)" in line
