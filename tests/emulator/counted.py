"""What a second of audio costs in instructions of an arm64 processor, counted by the emulator.

The machine's clock goes on by a nanosecond an instruction (`-icount shift=0`), so a process's time on it, in
nanoseconds, is the number of instructions that it and the kernel for it have executed. The daemon listens to
a sound card on which all is quiet; then two recordings of different lengths are heard, and what they differ
by is the cost of what one has more.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import time
from pathlib import Path

import numpy as np
import soundfile

from device.audio.wav import read
from device.events import SAMPLE_RATE
from tests.device.broker import wait_for
from tests.emulator.card import Card
from tests.emulator.house import House
from tests.emulator.machine import VIRT, Machine
from tests.emulator.trials import START
from tests.recordings import WAKE_AND_COMMAND

COUNTED = dataclasses.replace(
    VIRT,
    name="counted",
    arguments=(*VIRT.arguments, "-icount", "shift=0"),
    processors=1,
    sound=("-audiodev", "none,id=sound", "-device", "intel-hda", "-device", "hda-duplex,audiodev=sound"),
)

SETTLED = 120.0
"""Seconds after the machine's start."""
SHORT, LONG = 5, 35
"""Seconds of a quiet room."""

LISTENED = 120.0
"""Seconds of the machine's clock in which the daemon is watched, once it has settled."""
CLOCKS = "systemctl show mynah -p CPUUsageNSec --value; cut -d' ' -f1 /proc/uptime"

RUN = "export OPENBLAS_NUM_THREADS=1; bash -c 'time -p mynah {what} /boot/firmware/{name}.wav' 2>&1"


def furnish(card: Card, folder: Path) -> None:
    """The recordings: a quiet room, and a command said once and twice."""
    room = np.random.default_rng(0).normal(0, 30, LONG * SAMPLE_RATE).astype(np.int16)
    turn = read(WAKE_AND_COMMAND)
    recordings = {
        "short": room[: SHORT * SAMPLE_RATE],
        "long": room,
        "turn": turn,
        "turns": np.concatenate([turn, room[: 2 * SAMPLE_RATE], turn]),
    }
    for name, samples in recordings.items():
        soundfile.write(folder / f"{name}.wav", samples, SAMPLE_RATE)
        card.write(f"{name}.wav", (folder / f"{name}.wav").read_bytes())


def trial(house: House, machine: Machine) -> dict[str, float]:
    """Millions of instructions: for a second of listening, for a turn, and to start."""
    wait_for(lambda: house.online() or not machine.on, 3 * START)
    assert machine.on, f"the machine is off: {machine.said[-500:]}"
    listening = _listening(house, machine)
    wait_for(lambda: _stopped(house, machine), START)

    def cost(what: str, name: str, turns: int = 0) -> float:
        said = house.inside(machine, RUN.format(what=what, name=name), 1800)
        assert said.count("  sent ") == turns, said  # it costs less not to hear
        times = dict(re.findall(r"^(user|sys) ([\d.]+)$", said, re.M))
        return 1e3 * (float(times["user"]) + float(times["sys"]))

    short, long = cost("detect", "short"), cost("detect", "long")
    turn, turns = cost("turn", "turn", 1), cost("turn", "turns", 2)
    return {
        "listening_minstr_per_s": listening,
        "detection_minstr_per_s": round((long - short) / (LONG - SHORT), 1),
        "turn_minstr": round(turns - turn),
        "start_minstr": round(turn),
    }


def _listening(house: House, machine: Machine) -> float:
    """Millions of instructions a second of the daemon that waits for its wake word."""
    seen: list[tuple[float, float]] = []  # nanoseconds of work, seconds of the clock

    def watched() -> bool:
        try:
            work, now = house.inside(machine, CLOCKS).split()
        except (subprocess.SubprocessError, ValueError):
            return False
        if float(now) > SETTLED + LISTENED * len(seen):
            seen.append((float(work), float(now)))
        time.sleep(5)
        return len(seen) == 2

    wait_for(watched, 3 * START)
    (before, begin), (after, end) = seen
    return round((after - before) / 1e6 / (end - begin), 1)


def _stopped(house: House, machine: Machine) -> bool:
    """Whether somebody could get in and end the daemon, which would cost something as well."""
    try:
        house.inside(machine, "systemctl stop mynah", 600)
        return True
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        time.sleep(2)
        return False
