"""Updates of a running device: a stranger's is refused, a good one tried and kept, a bad one taken back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from export import key, update
from tests.device.broker import wait_for
from tests.emulator.card import Card
from tests.emulator.house import BOOT, House
from tests.emulator.machine import Machine

PATIENCE = 600.0

GOOD, CRASHING = "0.2.0", "0.3.0"


def furnish(card: Card, folder: Path) -> None:
    """The archives, and the key that the device trusts, on the boot partition."""
    keys = folder / "keys"
    shutil.rmtree(keys, ignore_errors=True)
    keys.mkdir()
    ours, theirs = keys / "house", keys / "stranger"
    for each in (ours, theirs):
        key.make(each)
    update.make(keys / "good.update", GOOD, "Better ears", ours)
    update.make(keys / "strange.update", GOOD, "Better ears", theirs)
    content = (keys / "good.update").read_bytes()
    (keys / "cut.update").write_bytes(content[: len(content) // 2])
    update.make(keys / "crash.update", CRASHING, "Worse", ours, package=_crashing(keys / "device"))
    for name in ("house.pub", "good.update", "strange.update", "cut.update", "crash.update"):
        card.write(name, (keys / name).read_bytes())


def _crashing(folder: Path) -> Path:
    """Proves itself by hand and fails as a service."""
    shutil.copytree(update.DEVICE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(update.DEVICE.parent / "setup.cfg", folder.parent)  # which says what it needs
    service = folder / "service.py"
    service.write_text(f'{service.read_text()}\nif "NOTIFY_SOCKET" in os.environ:\n    raise SystemExit(3)\n')
    return folder


def trial(house: House, machine: Machine) -> dict[str, str]:
    """What the device says of each."""
    house.inside(machine, f"install -D -m 644 {BOOT}/house.pub /etc/mynah/keys/house.pub")
    lines = {
        "wrong signature": _install(house, machine, "strange"),
        "damaged update": _install(house, machine, "cut"),
    }
    assert "signed" in lines["wrong signature"], lines
    assert "truncated" in lines["damaged update"], lines
    lines["good update"] = _install(house, machine, "good")
    _restart(house, machine)
    wait_for(lambda: f"{GOOD} runs" in _status(house, machine), PATIENCE)
    lines["failed update"] = _install(house, machine, "crash")
    _restart(house, machine)
    wait_for(lambda: f"{CRASHING} was taken back" in _status(house, machine), PATIENCE)
    status = _status(house, machine)
    assert f"{GOOD} runs" in status, status
    lines["taken back"] = next(line for line in status.splitlines() if CRASHING in line)
    return lines


def _install(house: House, machine: Machine, name: str) -> str:
    """The last line that `mynah update` says."""
    said = house.inside(machine, f"mynah update {BOOT}/{name}.update 2>&1 || true", PATIENCE)
    return said.strip().splitlines()[-1]


def _restart(house: House, machine: Machine) -> None:
    with house.coming_online(PATIENCE):
        house.inside(machine, "systemctl --no-block restart mynah")


def _status(house: House, machine: Machine) -> str:
    try:
        return house.inside(machine, "mynah update --status")
    except subprocess.SubprocessError:
        return ""
