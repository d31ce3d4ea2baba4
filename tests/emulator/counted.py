"""What a second of audio costs in instructions of an arm64 processor, counted by the emulator.

The machine's clock goes on by a nanosecond an instruction (`-icount shift=0`), so a process's time on it, in
nanoseconds, is the number of instructions that it and the kernel for it have executed. Two recordings of
different lengths are heard; what they differ by is the cost of what one has more.
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
    sound=(),
)

SHORT, LONG = 5, 35
"""Seconds of a quiet room."""

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
    wait_for(lambda: _stopped(house, machine), START)

    def cost(what: str, name: str, turns: int = 0) -> float:
        said = house.inside(machine, RUN.format(what=what, name=name), 1800)
        assert said.count("  sent ") == turns, said  # it costs less not to hear
        times = dict(re.findall(r"^(user|sys) ([\d.]+)$", said, re.M))
        return 1e3 * (float(times["user"]) + float(times["sys"]))

    short, long = cost("detect", "short"), cost("detect", "long")
    turn, turns = cost("turn", "turn", 1), cost("turn", "turns", 2)
    return {
        "listening_minstr_per_s": round((long - short) / (LONG - SHORT), 1),
        "turn_minstr": round(turns - turn),
        "start_minstr": round(turn),
    }


def _stopped(house: House, machine: Machine) -> bool:
    """Whether somebody could get in and end the daemon, which would cost something as well."""
    try:
        house.inside(machine, "systemctl stop mynah", 600)
        return True
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        time.sleep(2)
        return False
