"""The demonstration itself, for one command: recording → daemon with its own models → broker → lamp."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.script import SCRIPT

ROOT = Path(__file__).parents[2]
RECORDINGS = SCRIPT.parent / "recordings"
LAMPS = ("kitchen lamp", "floor lamp", "bedside lamp")
RECORDING = RECORDINGS / "turn on the kitchen lamp.flac"


@pytest.mark.parametrize(("state", "status"), [("ON", 0), ("PURPLE", 1)])
def test_it_ends_well_only_if_the_home_changed_as_commanded(tmp_path: Path, state: str, status: int) -> None:
    began = time.monotonic()
    scene = f'[[scene]]\nrecording = "{RECORDING}"\nchanges."kitchen lamp" = {{ state = "{state}" }}\n'
    done = shown(tmp_path, scene)
    assert done.returncode == status, done.stdout + done.stderr
    assert "heard      “turn on the kitchen lamp”" in done.stdout
    assert 'published  zigbee2mqtt/kitchen lamp/set  {"state": "ON"}' in done.stdout
    assert "changed    kitchen lamp (kitchen): state OFF → ON" in done.stdout
    assert time.monotonic() - began > 3.0  # it was said in real time


def test_a_question_is_answered_without_the_wake_word(tmp_path: Path) -> None:
    asked = f'[[scene]]\nrecording = "{RECORDINGS}/turn on the lamp.flac"\nasks = {list(LAMPS)}\n'
    answered = f'[[scene]]\nrecording = "{RECORDINGS}/the bedside one.flac"\nanswers = true\n'
    done = shown(tmp_path, f'{asked}{answered}changes."bedside lamp" = {{ POWER = "ON" }}\n')
    assert done.returncode == 0, done.stdout + done.stderr
    assert "asks       “Which lamp" in done.stdout
    assert "answers    “Which lamp" in done.stdout


def shown(folder: Path, scenes: str) -> subprocess.CompletedProcess[str]:
    """The demonstration of `scenes`."""
    script = folder / "script.toml"
    script.write_text(scenes, "utf-8")
    command = [sys.executable, "-m", "demo", "--script", str(script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)


def test_when_it_is_ended_nobody_listens_any_more() -> None:
    command = [sys.executable, "-m", "demo", "--microphone"]
    demo = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert demo.stdout
    while "Ctrl-C ends it" not in (line := demo.stdout.readline()):
        assert line, "it ended by itself"
    demo.send_signal(signal.SIGTERM)
    _, said = demo.communicate(timeout=30)  # the daemon has that pipe, too, as long as it lives
    assert demo.returncode == 128 + signal.SIGTERM
    assert "INFO ending" in said
