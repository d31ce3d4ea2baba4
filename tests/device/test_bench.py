from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from device.bench import daemon, home, latency
from device.bench.announced import announcements
from device.bench.broker import private_broker
from device.cli import main
from device.discovery.announcements import Announcements
from device.errors import AudioError
from device.home.model import Home
from device.settings import Settings
from tests.device import fakes
from tests.device.broker import needs_mosquitto

needs_bundle = pytest.mark.skipif(
    not (Settings().hearing.bundle / "bundle.json").is_file(), reason="device/bundles has no trained models"
)


@needs_mosquitto
def test_latency_is_from_the_endpoint_to_a_subscriber() -> None:
    assistant = fakes.assistant((0.5, 2.5), ["turn on the lamp", "nice weather"])
    assistant.hearing.during = lambda: time.sleep(0.02)  # type: ignore[attr-defined]
    with private_broker() as mqtt:
        found = latency.latencies(assistant, [fakes.audio(5)], mqtt)
    assert (found.files, found.turns, len(found.publish)) == (1, 2, 1)
    assert 20 <= found.command[0] < found.publish[0] < 5000
    assert found.trailing == [500.0]


CHILD = """
import sys, time
held = bytearray(50_000_000)
print("listens for", file=sys.stderr, flush=True)
while sys.stdin.buffer.read(2560):
    end = time.thread_time() + {work}
    while time.thread_time() < end: pass
"""


def test_cost_is_of_the_child() -> None:
    """One works 20 of each 80 ms, if the machine lets it; both hold 50 MB more than they need."""
    busy, idle = (
        daemon.idle_cost([sys.executable, "-c", CHILD.format(work=work)], np.zeros(1280, np.int16), 1.5)
        for work in (0.02, 0)
    )
    assert 2 < busy.cpu < 40
    assert idle.cpu < busy.cpu / 2
    assert 50 < busy.resident < 100
    assert 1.5 <= busy.seconds < 10


def test_a_daemon_that_ends_is_an_error_with_its_last_words() -> None:
    code = "import sys; print('mynah: no bundle', file=sys.stderr); sys.exit(1)"
    with pytest.raises(AudioError, match="the daemon ended: mynah: no bundle"):
        daemon.idle_cost([sys.executable, "-c", code], np.zeros(1280, np.int16), 1)


def test_memory_and_time_of_a_process() -> None:
    held = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert held
    assert daemon.resident_mb(os.getpid()) == pytest.approx(int(held[1]) * 1024 / 1e6, rel=0.1)
    assert daemon.cpu_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.2)


def test_summary() -> None:
    assert latency.summary([]) is None
    assert latency.summary([float(value) for value in range(1, 101)]) == {"median": 50.5, "p90": 90.0}
    assert latency.summary([3.0, 1.0, 2.0]) == {"median": 2.0, "p90": 3.0}


def test_a_made_up_home_is_one(tmp_path: Path) -> None:
    file = tmp_path / "home.toml"
    file.write_text(home.made_up_home(1000))
    assert len(Home.load(file).devices) == 1000
    assert home.made_up_home(1000) == home.made_up_home(1000)


@needs_bundle
def test_the_cost_of_a_home_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--devices", "10", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["devices"] == 10
    assert 0 < report["compile"] < 30
    assert set(report) == {"devices", "compile", "chance", "resident"}
    assert main(["bench", "--devices", "0"]) == 2
    assert "--devices 0: give a number from 1 to" in capsys.readouterr().err


@needs_mosquitto
@needs_bundle
def test_a_home_that_announces_itself_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--announced", "7", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["devices"] == 7
    assert 0 < report["listens"] < report["ready"] < 60
    assert 0 < report["renamed"] < 60
    assert main(["bench", "--announced", "0"]) == 2


def test_made_up_announcements_are_all_understood() -> None:
    found = Announcements()
    said = announcements(101)
    assert all(found.receive(topic, json.dumps(content).encode()) for topic, content in said.items())
    devices = [one.device for one in found.found()]
    assert len({device.name for device in devices}) == 101
    assert {device.protocol for device in devices} == {"zigbee2mqtt", "tasmota", "mqtt"}
