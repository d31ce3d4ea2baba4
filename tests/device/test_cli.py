"""The command line: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from device.audio import wav
from device.cli import COMMANDS, main
from device.errors import AudioError, UsageError
from device.events import Change
from device.memory.agenda import TIMER, Entry
from device.memory.memory import Memory
from device.system.guard import guarded

ROOT = Path(__file__).parents[2]


def mynah(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "device.cli", *arguments]
    # No settings of the machine's own.
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, input=stdin, text=True, capture_output=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert COMMANDS[command][1:] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [[], ["sing"], ["turn"], ["turn", "--loud", "a.wav"], ["understand"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: mynah" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_say_writes_a_file(tmp_path: Path) -> None:
    out = tmp_path / "said.wav"
    done = mynah("say", "--voice", "espeak", "--out", str(out), "It is 7:30")
    assert (done.returncode, done.stderr) == (0, "")
    assert 0.5 < wav.seconds(out) < 3


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--voice", "no.onnx", "hello"], 1, "no.onnx: no such file"),
        (["--voice", "", "hello"], 2, "name one with --voice hibari"),
        (["--voice", "espeak", "--out", "/proc/said.wav", "hello"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_said_is_one_line(arguments: list[str], status: int, message: str) -> None:
    done = mynah("say", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)
    assert message in done.stderr


def test_understand_gives_a_line_of_json_for_each_text() -> None:
    done = mynah("understand", "--json", "Turn on the kitchen lamp!", "purple monkeys")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {
        "text": "Turn on the kitchen lamp!",
        "intents": [{"name": "HassTurnOn", "slots": {"name": "kitchen lamp"}, "confidence": 1.0}],
        "intent": {"name": "HassTurnOn", "slots": {"name": "kitchen lamp"}, "confidence": 1.0},
        "commands": [{"topic": "zigbee2mqtt/kitchen lamp/set", "payload": {"state": "ON"}}],
        "done": [],
        "reply": "Turned on the kitchen lamp",
        "question": None,
        "source": None,
        "due": None,
    }
    assert second["intent"] is None
    assert second["commands"] == []


def test_understand_reads_lines() -> None:
    done = mynah("understand", "-", stdin="turn on the kitchen lamp\n\nturn off the kitchen lamp\n")
    assert done.stdout.count("HassTurnO") == 2
    assert 'sends   zigbee2mqtt/kitchen lamp/set {"state": "OFF"}' in done.stdout


def test_own_sentences_replace_the_shipped_ones(tmp_path: Path) -> None:
    coffee = tmp_path / "coffee.yaml"
    coffee.write_text(
        """
        language: en
        intents:
          OrderDrink:
            data:
              - sentences: ["(make|give) me [a] {size} {drink}"]
        lists:
          size: {values: [small, large]}
          drink: {values: [{in: latte, out: "caffe latte"}, espresso]}
        """
    )
    done = mynah(
        "understand",
        "--json",
        "--sentences",
        str(coffee),
        "give me a large latte",
        "turn on the kitchen lamp",
    )
    order, lamp = map(json.loads, done.stdout.splitlines())
    assert order["intent"]["name"] == "OrderDrink"
    assert order["intent"]["slots"] == {"size": "large", "drink": "caffe latte"}
    assert order["commands"] == []
    assert lamp["intent"] is None


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--config", "[mqtt]\nhots = 'a'", "no setting is called mqtt.hots: did you mean mqtt.host?"),
        ("--home", "nonsense = 1", "nonsense"),
        ("--sentences", "intents:\n  A:\n    data:\n      - sentences: ['make {drnk}']\n", "{drnk}"),
        ("--sentences", "intents: [", ""),
    ],
    ids=["settings", "home", "unknown list", "no YAML"],
)
def test_a_bad_file_is_one_line_naming_it_and_status_1(
    tmp_path: Path, option: str, content: str, message: str
) -> None:
    file = tmp_path / ("bad.yaml" if option == "--sentences" else "bad.toml")
    file.write_text(content)
    done = mynah("understand", option, str(file), "turn on the kitchen lamp")
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"mynah: {file}:")
    assert message in line


@pytest.mark.parametrize("option", ["--config", "--home", "--sentences"])
def test_a_file_that_is_not_there(tmp_path: Path, option: str) -> None:
    done = mynah("understand", option, str(tmp_path / "absent"), "hello")
    assert done.returncode == 1
    assert str(tmp_path / "absent") in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wake_bundle_that_is_not_there(tmp_path: Path) -> None:
    done = mynah("detect", "--bundle", str(tmp_path / "absent"), "a.wav")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "no bundle here" in done.stderr


def test_errors_on_purpose_and_faults_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(error: BaseException) -> int:
        def work() -> int:
            raise error

        return guarded(work)

    assert fails(AudioError("a.wav: empty")) == 1
    assert fails(UsageError("name a file")) == 2
    assert fails(ZeroDivisionError("by zero")) == 1
    assert fails(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.splitlines() == [
        "mynah: a.wav: empty",
        "mynah: name a file",
        "mynah: a fault in Mynah: ZeroDivisionError: by zero (--debug shows where)",
    ]


def test_a_reader_that_has_enough_is_no_fault() -> None:
    command = f"{sys.executable} -m device.cli understand {'hello ' * 2000} | head -1"
    done = subprocess.run(command, shell=True, cwd=ROOT, text=True, capture_output=True)
    assert done.stdout == "hello\n"
    assert "Traceback" not in done.stderr


def test_numpy_has_one_thread() -> None:
    code = "import device.cli, os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, text=True, capture_output=True
    )
    assert done.stdout == "1\n"


def test_lists_are_shown_and_cleared(tmp_path: Path) -> None:
    state = {"STATE_DIRECTORY": str(tmp_path)}
    (tmp_path / "lists.json").write_text('{"lists": {"shopping list": ["milk"], "party list": []}}')
    shown = [json.loads(line) for line in mynah("lists", "--json", **state).stdout.splitlines()]
    assert shown == [
        {"list": "shopping list", "items": ["milk"]},
        {"list": "to-do list", "items": []},
        {"list": "party list", "items": []},
    ]
    assert mynah("lists", "--clear", "shopping list", **state).stdout.startswith("shopping list: empty\n")
    wrong = mynah("lists", "--clear", "wine list", **state)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no such list; there is shopping list, to-do list, party list" in wrong.stderr


def test_chat_lets_time_pass() -> None:
    lines = ["set a timer for one minute called tea", "turn on the floor lamp in two minutes", "+150"]
    done = mynah("chat", "--json", "--clock", "2026-03-02T18:00", stdin="\n".join(lines))
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["text"] for one in told] == [*lines[:2], None, None]
    assert [one["due"] and one["due"]["kind"] for one in told] == [None, None, "timer", "delayed"]
    assert told[2]["due"]["at"] == "2026-03-02T18:01:00"
    assert told[2]["reply"] == "Your tea timer is done"
    assert told[3]["commands"] == [{"topic": "zigbee2mqtt/floor lamp/set", "payload": {"state": "ON"}}]


def test_timers_are_shown_and_cancelled(tmp_path: Path) -> None:
    memory = Memory(folder=tmp_path)
    for seconds in (3600, 7200):
        entry = Entry(
            TIMER, datetime.now() + timedelta(seconds=seconds), name=f"a {seconds}", seconds=seconds
        )
        memory.apply([Change("timer.start", {}, memory.agenda.new(entry))])
    shown = mynah("timers", "--json", STATE_DIRECTORY=str(tmp_path))
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(one["id"], one["kind"], one["name"], one["paused"]) for one in told] == [
        (1, "timer", "a 3600", False),
        (2, "timer", "a 7200", False),
    ]
    assert mynah("timers", "--cancel", "7", STATE_DIRECTORY=str(tmp_path)).returncode == 2
    assert "timer a 3600" in mynah("timers", "--cancel", "1", STATE_DIRECTORY=str(tmp_path)).stdout
    assert [entry.id for entry in memory.agenda.entries] == [2]
    mynah("timers", "--cancel", "all", STATE_DIRECTORY=str(tmp_path))
    assert mynah("timers", STATE_DIRECTORY=str(tmp_path)).stdout == "nothing is due\n"
