"""`mynah history`, and a journal whose process is killed while it writes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from device.cli import main
from device.memory.journal.entries import Changed, Turned
from device.memory.journal.journal import FILE, reading
from device.memory.journal.store import Store
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, wait_for
from tests.device.test_process import ROOT, Process

RECORDING = ROOT / "demo" / "recordings" / "turn on the kitchen lamp.flac"
WRITING = """
import sys
from pathlib import Path
from device.memory.journal.entries import Changed
from device.memory.journal.store import Store

store = Store(Path(sys.argv[1]))
for number in range(1_000_000):
    store.write(Changed("lamp", "brightness", float(10 * number + one), float(number)) for one in range(10))
    print(number, flush=True)
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    return tmp_path


def filled(state: Path) -> None:
    store = Store(state / FILE)
    now = time.time()
    store.write(
        [Changed("front door", "locked", False, now - 7200), Changed("front door", "locked", True, now)]
    )
    store.write([Turned(now - 60, "lock the front door", "HassTurnOn", 0.98, True, {"reply": "Locked it"})])
    store.close()


def test_it_is_shown_in_order(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(state)
    assert main(["history", "--json", "--since", "1h"]) == 0
    turn, change = map(json.loads, capsys.readouterr().out.splitlines())
    assert (turn["text"], turn["reply"], turn["fine"]) == ("lock the front door", "Locked it", True)
    assert (change["thing"], change["key"], change["value"]) == ("front door", "locked", True)


def test_it_is_exported_and_forgotten(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(state)
    assert main(["history", "--export", str(state / "out.jsonl")]) == 0
    assert len((state / "out.jsonl").read_text().splitlines()) == 3
    assert main(["history", "--forget", "states", "--until", "1h"]) == 0
    assert main(["history", "--forget", "turns"]) == 0
    capsys.readouterr()
    assert main(["history"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("front door: locked yes")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [([], "it is off; set journal = true"), (["--since", "soon"], "--since soon: not a time")],
)
def test_what_is_wrong_is_one_line(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    assert main(["history", *arguments]) != 0
    error = capsys.readouterr().err
    assert problem in error


def test_a_kill_tears_nothing(tmp_path: Path) -> None:
    file = tmp_path / FILE
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", WRITING, str(file)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        with reading(file) as past:
            count = sum(1 for _ in past.all_changes())
        assert count % 10 == 0
        assert count >= 10 * len(lines)
        file.unlink()
        for ending in ("-wal", "-shm"):
            file.with_name(FILE + ending).unlink(missing_ok=True)


@needs_mosquitto
def test_a_turn_and_what_the_lamp_says_are_in_the_journal(tmp_path: Path, broker: Mosquitto) -> None:
    journal = "[memory]\njournal = true\n"
    command = ["--input", str(RECORDING), str(RECORDING)]
    with (
        Subscriber(broker.port) as lamp,
        Process(tmp_path, broker.port, *command, mqtt=journal, program="device.cli") as process,
    ):
        wait_for(lambda: lamp.payloads("zigbee2mqtt/kitchen lamp/set"), 60)
        lamp.say("zigbee2mqtt/kitchen lamp", '{"state": "ON"}')
        assert process.child.wait(60) == 0
    with reading(tmp_path / FILE) as past:
        change = past.last("kitchen lamp", "on")
        turns = list(past.turns())
    assert change is not None
    assert [turn.text for turn in turns] == ["turn on the kitchen lamp"] * 2
    assert turns[0].did(change)
    assert turns[0].at <= change.at < turns[0].at + 5
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
