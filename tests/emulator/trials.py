"""What a device must do, seen in an emulated one: a trial returns its figures, or fails with what it saw."""

from __future__ import annotations

import json
import re
import subprocess
import time

import numpy as np
import soundfile

from device.audio.wav import read
from device.events import SAMPLE_RATE
from tests.device.broker import wait_for
from tests.emulator.card import Card
from tests.emulator.house import House
from tests.emulator.machine import Machine
from tests.recordings import WAKE_AND_COMMAND
from tests.virtual_audio import VirtualAudio

START = 400.0
"""Seconds for a start, here where each of its instructions is a dozen of ours."""

TOPIC, PAYLOAD = "zigbee2mqtt/kitchen lamp/set", {"state": "ON"}
"""What the recording asks for."""


def first_start(house: House, machine: Machine) -> dict[str, float]:
    """From the power to the broker's knowing it, and to the first audio, with nobody's help."""
    wait_for(lambda: house.online() or not machine.on, START)
    assert machine.on, f"the machine is off: {machine.said[-500:]}"
    online = machine.age
    wait_for(lambda: _reached(house, machine), START)
    show = house.inside(machine, "systemctl show mynah -p ActiveEnterTimestampMonotonic --value")
    return {"online_s": round(online, 1), "listening_s": round(int(show) / 1e6, 1)}


def lonely_start(machine: Machine, card: Card) -> dict[str, object]:
    """From the power to the note on the card, on a board without microphone and network: it says so."""

    def note() -> str:
        return (card.read("mynah-problems.txt") or b"").decode("utf-8-sig").replace("\r", "")

    wait_for(lambda: "no microphone" in note() or not machine.on, 3 * START)
    assert machine.on, f"the machine is off: {machine.said[-500:]}"
    noted = machine.age
    lines = [" ".join(paragraph.split()) for paragraph in note().split("\n\n")]
    assert any("broker" in line and "unreachable" in line for line in lines), lines
    return {"noted_s": round(noted, 1), "problems": lines[2:]}


def _reached(house: House, machine: Machine) -> bool:
    """Whether a person can get in, and the service says that it is ready."""
    try:
        return house.inside(machine, "systemctl is-active mynah || true").strip() == "active"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        time.sleep(2)
        return False


def spoken(house: House, machine: Machine, audio: VirtualAudio) -> dict[str, object]:
    """Said into the microphone, done on the broker. An emulated ear may lose audio: told thrice at most."""
    path = house.folder / "spoken.wav"
    samples = read(WAKE_AND_COMMAND)
    soundfile.write(path, np.concatenate([samples, np.zeros(SAMPLE_RATE, np.int16)]), SAMPLE_RATE)
    before = len(house.ears.payloads(TOPIC))
    attempts, said = 0, 0.0
    while attempts < 3 and len(house.ears.payloads(TOPIC)) == before:
        attempts += 1
        audio.play(path)
        said = time.monotonic()
        while len(house.ears.payloads(TOPIC)) == before and time.monotonic() < said + 30:
            time.sleep(0.02)
    waited = time.monotonic() - said
    sent = house.ears.payloads(TOPIC)
    assert len(sent) == before + 1, f"{len(sent) - before} messages"
    assert json.loads(sent[-1]) == PAYLOAD, sent[-1]
    return {"said": attempts, "spoken_to_command_s": round(waited, 1)}


def figures(house: House, machine: Machine) -> dict[str, object]:
    """Of the device as it runs: memory, disks, packages, the unit's score."""

    def ask(command: str) -> str:
        return house.inside(machine, command)

    process = ask("systemctl show mynah -p MainPID --value").strip()
    status = ask(f"cat /proc/{process}/status")
    memory = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+)", status, re.M))
    score = re.search(
        r"exposure level for mynah.service: ([\d.]+)", ask("systemd-analyze security mynah --no-pager")
    )
    assert score, "systemd-analyze gives no score"
    ports = ask("ss -Hltn | awk '{print $4}' | grep -v -e ^127.0.0. -e :22$ || true").split()
    assert not ports, f"somebody may connect to {ports}"
    root = ask("df --output=size,used -k /media/root").split()
    return {
        "resident_mb": round(int(memory["VmRSS"]) / 1024),
        "peak_mb": round(int(memory["VmHWM"]) / 1024),
        "security": float(score[1]),
        "root_size_mb": int(root[-2]) // 1024,
        "root_used_mb": int(root[-1]) // 1024,
        "packages": int(ask("dpkg-query -W | wc -l")),
        "ports_open": len(ports),
    }


def watchdog(house: House, machine: Machine) -> dict[str, float]:
    """A daemon that stands still is started again."""
    before = house.inside(machine, "systemctl show mynah -p NRestarts --value").strip()
    with house.coming_online(START):
        house.inside(machine, "systemctl kill --signal=STOP mynah")
        stopped = time.monotonic()
    after = house.inside(machine, "systemctl show mynah -p NRestarts --value").strip()
    assert int(after) > int(before), f"{before} restarts before, {after} after"
    log = house.inside(machine, "journalctl -u mynah --no-pager | grep -i watchdog")
    assert "Watchdog timeout" in log, log
    return {"watchdog_back_s": round(time.monotonic() - stopped, 1)}
