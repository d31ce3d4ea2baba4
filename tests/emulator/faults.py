"""What people and cards do wrong, done to a running device: each must come back as a line that helps."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.emulator.house import BOOT, House
from tests.emulator.machine import Machine

PATIENCE = 300.0

TAKE_OVER = "systemctl restart mynah-card; systemctl --no-block restart mynah"


@dataclass(frozen=True, slots=True)
class Fault:
    """`script` does it, as root in the device; `line` is a pattern that the note on the card then has."""

    name: str
    script: str
    line: str
    remedy: str = ""


FAULTS = (
    Fault(
        "wrong password",
        f"sed -i 's/a secret/another secret/' {BOOT}/mynah.toml",
        r"password",
    ),
    Fault(
        "unknown key", f"sed -i 's/^host = /hots = /' {BOOT}/mynah.toml", r"no setting is called mqtt\.hots"
    ),
    Fault(
        "corrupt bundle",
        f"mkdir -p {BOOT}/bundles/mine; cp /opt/mynah/lib/python3*/site-packages/device/bundles/hey_mynah/*"
        f" {BOOT}/bundles/mine/; printf x >>{BOOT}/bundles/mine/model.tflite",
        r"bundles/mine.*sha256",
        f"rm -r {BOOT}/bundles/mine",
    ),
    Fault(
        "full state partition",
        f"mkdir -p {BOOT}/bundles/mine; cp /opt/mynah/lib/python3*/site-packages/device/bundles/hey_mynah/*"
        f" {BOOT}/bundles/mine/; dd if=/dev/zero of=/state/fill bs=1M 2>/dev/null || true",
        r"bundles/mine.*state partition is full",
        f"rm -rf /state/fill {BOOT}/bundles/mine",
    ),
    Fault(
        "missing microphone",
        "for device in /sys/class/sound/card*/device; do echo 1 >$(readlink -f $device)/remove; done",
        r"microphone",
        "echo 1 >/sys/bus/pci/rescan",
    ),
)


def trial(house: House, machine: Machine, faults: Sequence[Fault] = FAULTS) -> dict[str, str]:
    """Each fault's line, as a person reads it on the card. After the last the device is as before."""
    lines = {}
    for fault in faults:
        writable = f"mount -o remount,rw {BOOT}"
        house.inside(machine, f"{writable}; {fault.script}; sync; mount -o remount,ro {BOOT}; {TAKE_OVER}")
        lines[fault.name] = _note(house, machine, fault.line)
        page = house.page().replace("$", "\\$")
        restore = f"{writable}; {fault.remedy or ':'}; cat >{BOOT}/mynah.toml <<END\n{page}END\n"
        with house.coming_online(PATIENCE):
            house.inside(machine, f"{restore}sync; mount -o remount,ro {BOOT}; {TAKE_OVER}")
        _note(house, machine, r"^$")  # so that no line of this fault passes for the next one's
    return lines


def _note(house: House, machine: Machine, wanted: str) -> str:
    """The paragraph of the note on the card that has the pattern `wanted`; waits for it."""
    deadline, note = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            note = house.inside(machine, f"cat {BOOT}/mynah-problems.txt 2>/dev/null || true")
        except subprocess.SubprocessError:
            continue
        for paragraph in note.replace("\r", "").split("\n\n"):
            line = " ".join(paragraph.split())
            if re.search(wanted, line):
                return line
        time.sleep(3)
    raise AssertionError(f"no line on the card is like {wanted!r}: {note!r}")
