from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from device.events import Intent
from device.memory.agenda import ALARM, DELAYED, TIMER, Agenda, Entry
from device.memory.agenda_store import agenda_store, dumps, loads

NOW = datetime(2026, 3, 2, 18, 0)
REQUEST = Intent("HassTurnOn", {"name": "lamp", "names": ["a", "b"]}, 1.0)
ENTRIES = (
    Entry(TIMER, NOW, 1, "pasta", 300, area="kitchen"),
    Entry(TIMER, NOW, 2, seconds=600, left=30),
    Entry(ALARM, NOW, 3, days=("monday", "friday"), given=NOW + timedelta(seconds=1)),
    Entry(DELAYED, NOW, 4, text="turn on the lamp", requests=(REQUEST,)),
)


def with_(entry: Entry, agenda: Agenda) -> Agenda:
    return agenda.with_(agenda.new(entry))


def test_what_is_written_is_read() -> None:
    agenda = Agenda(ENTRIES, 7)
    assert loads(dumps(agenda)) == agenda


def test_it_is_kept_for_the_next_process(tmp_path: Path) -> None:
    file = agenda_store(tmp_path / "agenda.json")
    assert file.read() == Agenda()
    file.change(lambda agenda: with_(ENTRIES[0], agenda))
    assert [entry.name for entry in agenda_store(tmp_path / "agenda.json").read().entries] == ["pasta"]


def test_what_another_process_changes_is_seen(tmp_path: Path) -> None:
    ours, theirs = agenda_store(tmp_path / "agenda.json"), agenda_store(tmp_path / "agenda.json")
    ours.change(lambda agenda: with_(ENTRIES[0], agenda))
    theirs.change(lambda agenda: with_(ENTRIES[1], agenda))
    assert len(ours.read().entries) == 2
    theirs.change(lambda agenda: agenda.without([1]))
    assert [entry.id for entry in ours.change(lambda agenda: with_(ENTRIES[2], agenda)).entries] == [2, 3]


WHOLE = dumps(Agenda(ENTRIES, 4))
DOCUMENT = json.loads(WHOLE)
ENTRY = DOCUMENT["entries"][0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not an agenda"),
        (WHOLE[: len(WHOLE) // 2], "only a part"),
        (b"[1, 2]", "not an agenda"),
        (b"\xff\x00", "not an agenda"),
        (b"[" * 100_000, "recursion"),
        (json.dumps({**DOCUMENT, "version": 2}).encode(), "version 2"),
        (json.dumps({**DOCUMENT, "entries": [{"kind": "egg"}]}).encode(), "makes no sense"),
        (json.dumps({**DOCUMENT, "entries": [{**ENTRY, "seconds": "five"}]}).encode(), "makes no sense"),
        (json.dumps({**DOCUMENT, "entries": [ENTRY, ENTRY]}).encode(), "two entries have one id"),
    ],
    ids=[
        "empty",
        "torn",
        "foreign",
        "bytes",
        "deep",
        "newer",
        "strange entry",
        "wrong type",
        "doubled entry",
    ],
)
def test_a_file_that_makes_no_sense_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, problem: str
) -> None:
    file = tmp_path / "agenda.json"
    file.write_bytes(content)
    store = agenda_store(file)
    assert store.read() == Agenda()
    assert len(caplog.messages) == 1
    assert problem in caplog.text
    assert "agenda.json.damaged" in caplog.text
    assert (tmp_path / "agenda.json.damaged").read_bytes() == content
    store.change(lambda agenda: with_(ENTRIES[0], agenda))
    assert len(agenda_store(file).read().entries) == 1


def test_a_timer_is_an_instant_and_an_alarm_a_time_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    try:
        in_zone("Europe/Berlin")
        content = dumps(Agenda((ENTRIES[0], ENTRIES[2]), 3))
        in_zone("Europe/London")
        timer, alarm = loads(content).entries
        assert timer.at == datetime(2026, 3, 2, 17, 0)
        assert alarm.at == datetime(2026, 3, 2, 18, 0)
        in_zone("Europe/Berlin")
        second = datetime(2026, 10, 25, 2, 30, fold=1)  # the hour comes twice
        [again] = loads(dumps(Agenda((Entry(TIMER, second, 1, seconds=60),), 1))).entries
        assert again.at.timestamp() == second.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    finally:
        monkeypatch.undo()
        time.tzset()


WRITER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from device.events import Change
from device.memory.agenda import REMINDER, Entry
from device.memory.memory import Memory

memory, begin = Memory(folder=Path(sys.argv[1])), int(sys.argv[2])
for number in range(begin, 100_000):
    at = datetime(2026, 3, 2) + timedelta(days=number)
    entry = memory.agenda.new(Entry(REMINDER, at, text=str(number)))
    memory.apply([Change("reminder.set", {}, entry)])
    print(number, flush=True)
    for due in memory.due(at - timedelta(days=1)):
        print("due", due.text, due.missed, flush=True)
        memory.settle(due)
"""
KILLS = 12


def test_nothing_is_lost_or_doubled_when_the_power_goes(tmp_path: Path) -> None:
    chance = random.Random(1)
    acknowledged: set[int] = set()
    done: list[int] = []
    told: set[int] = set()
    for _ in range(KILLS):
        begin = max([-1, *acknowledged, *_texts(tmp_path)]) + 1
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(begin)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(chance.uniform(0, 0.2))
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.readlines()
        child.wait()
        for words in (line.split() for line in lines if line.endswith("\n")):
            if words[0] != "due":
                acknowledged.add(int(words[0]))
            elif words[2] == "True":
                told.add(int(words[1]))
            else:
                done.append(int(words[1]))
    kept = _texts(tmp_path)
    assert len(done) > KILLS
    assert len(kept) == len(set(kept))
    assert len(done) == len(set(done))
    assert not acknowledged - set(kept) - set(done) - told


def _texts(folder: Path) -> list[int]:
    return [int(entry.text) for entry in agenda_store(folder / "agenda.json").read().entries]
