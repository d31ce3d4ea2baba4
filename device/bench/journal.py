"""What a journal costs: a year of a busy home, questions to it, busy moments, kills while it is written."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from device.conversation.conversation import Conversation
from device.events import Transcript
from device.home.model import Home
from device.memory.journal.database import connect
from device.memory.journal.entries import Changed, Entry, Turned
from device.memory.journal.journal import Journal, kept
from device.memory.journal.store import DAY, Store
from device.memory.journal.writer import Bounds, Writer
from device.memory.memory import Memory
from device.understanding.understanding import Understanding

ROWS = 1_000_000
"""A year of a busy home: a change every half minute."""
SERIES: Mapping[tuple[str, str], float] = {
    ("kitchen lamp", "on"): 0.1,
    ("floor lamp", "on"): 0.1,
    ("radio", "on"): 0.1,
    ("coffee machine", "on"): 0.1,
    ("front door", "locked"): 0.1,
    ("bathroom heating", "on"): 0.1,
    ("coffee machine", "power"): 0.3,
    ("bathroom heating", "temperature"): 0.1,
}
"""What changes, and its share of all changes."""
TURNS = 50
"""Changes for each turn."""
QUESTIONS = (
    "when was the front door last unlocked",
    "how long has the radio been on",
    "was the kitchen lamp on last night",
    "how often did the coffee machine run today",
    "was the floor lamp on at six",
    "who turned on the kitchen lamp",
    "what happened in the last hour",
    "what did i say yesterday",
    "how often was the radio turned on this week",
)
RATE, SECONDS = 50, 20
"""Changes a second, and for how long, of a busy moment."""
KILLS = 50
WRITING = "import sys; from device.bench.journal import write_until_killed; write_until_killed(sys.argv[1])"


def entries(rows: int, until: float) -> Iterator[Entry]:
    """A year of them up to `until`, in their order."""
    rng, step = random.Random(1), 365 * DAY / rows
    keys, shares = list(SERIES), list(SERIES.values())
    on: dict[tuple[str, str], bool] = {}
    for number in range(rows):
        at = until - 365 * DAY + number * step
        if number % TURNS == 0:
            body = {
                "acts": ["request"],
                "commands": ["zigbee2mqtt/kitchen lamp/set"],
                "reply": "Turned it on",
            }
            yield Turned(at, "turn on the kitchen lamp", "HassTurnOn", 0.97, True, body)
            continue
        [series] = rng.choices(keys, shares)
        if series[1] in ("power", "temperature"):
            yield Changed(*series, round(rng.uniform(5, 60), 1), at)
        else:
            on[series] = not on.get(series, False)
            yield Changed(*series, on[series], at)


def filled(file: Path, rows: int) -> dict[str, float]:
    """Write `rows` entries; how large they are, and how long that takes."""
    began, batch = time.perf_counter(), list[Entry]()
    with closing(Store(file)) as store:
        for entry in entries(rows, time.time()):
            batch.append(entry)
            if len(batch) == 5_000:
                store.write(batch)
                batch.clear()
        store.write(batch)
        size = store.size
    return {"rows": rows, "mb": round(size / 1e6, 1), "seconds": round(time.perf_counter() - began, 1)}


def questions(journal: Journal, home: Home, understanding: Understanding) -> dict[str, float]:
    """Milliseconds until each question is answered, understanding it left out."""
    conversation = Conversation(home, memory=Memory(journal=journal))
    took: dict[str, float] = {}
    for text in QUESTIONS:
        acts = understanding.acts(Transcript(text, 1.0))
        began = time.perf_counter()
        outcome = conversation.respond(acts)
        took[f"{text}? {outcome.reply.text}"] = round(1000 * (time.perf_counter() - began), 1)
        conversation.begin()
    return took


def busy(file: Path, seconds: float = SECONDS, rate: int = RATE) -> dict[str, float]:
    """The share of a core, and bytes a second, that `rate` changes a second cost."""
    writer = Writer(file, Bounds())
    writer.start()
    cpu, written = time.process_time(), _written()
    count = 0
    for count in _paced(seconds, rate):
        writer.take(Changed("kitchen lamp", "brightness", float(count), time.monotonic()))
    writer.close()
    share = (time.process_time() - cpu) / seconds
    return {
        "changes_a_second": rate,
        "percent_of_a_core": round(100 * share, 2),
        "kb_a_second": round((_written() - written) / seconds / 1000, 1),
        "written": count + 1,
    }


def _paced(seconds: float, rate: int) -> Iterator[int]:
    began = time.monotonic()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        yield number


def _written() -> int:
    """Bytes that this process has had written to the disk; 0 where nobody says."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("write_bytes")), 0)


def write_until_killed(file: str) -> None:
    """A change every two milliseconds, each told on standard output with its time."""
    writer = Writer(Path(file), Bounds())
    writer.start()
    for number in _paced(3600, 500):
        writer.take(Changed("kitchen lamp", "brightness", float(number), time.monotonic()))
        print(number, time.monotonic(), flush=True)


def killed(folder: Path, kills: int = KILLS) -> dict[str, float]:
    """Kill a process that writes, at random moments: how many seconds are lost at most, and how many files
    are torn or have a gap."""
    rng, lost, torn = random.Random(2), 0.0, 0
    for kill in range(kills):
        file = folder / f"killed {kill}.sqlite"
        command = [sys.executable, "-c", WRITING, str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(1.2, 3.2))
            process.kill()
            told = [line.split() for line in process.stdout.read().splitlines() if line.count(" ") == 1]
        times = {int(number): float(at) for number, at in told}
        numbers = list(_numbers(file))
        torn += numbers != list(range(len(numbers))) or not numbers
        last = max(times)
        kept_until = times.get(len(numbers) - 1, min(times.values()))
        lost = max(lost, times[last] - kept_until)
    return {"kills": kills, "torn": torn, "seconds_lost_at_most": round(lost, 2)}


def _numbers(file: Path) -> Iterable[int]:
    with closing(connect(file, reading=True)) as connection:
        [(fine,)] = connection.execute("PRAGMA integrity_check").fetchall()
        if fine != "ok":
            raise sqlite3.DatabaseError(fine)
        return [int(row[0]) for row in connection.execute("SELECT value FROM change ORDER BY id")]


def measured(
    folder: Path, rows: int, home: Home, understanding: Understanding, kills: int
) -> dict[str, object]:
    """All of it, in `folder`."""
    file = folder / "journal.sqlite"
    report: dict[str, object] = {"journal": filled(file, rows)}
    journal = kept(file, Bounds())
    report["questions_ms"] = questions(journal, home, understanding)
    journal.sink.close()
    report["busy"] = busy(folder / "busy.sqlite")
    report["killed"] = killed(folder, kills)
    return report
