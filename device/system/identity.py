"""Who this device is among others of its kind: a name that no other has, though all began as one image."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

IMAGE = "mynah"
"""What every device is called that starts from the image and was given no name."""
GENERIC = frozenset({"localhost", "raspberrypi", "debian", IMAGE})
"""Names of hosts that say nothing about which one it is."""

MACHINE_ID = Path("/etc/machine-id")
SERIAL = Path("/proc/device-tree/serial-number")
"""The board's own, which a copy of its card does not have; not all machines have one."""


def default_id(host: str, machine: str) -> str:
    """The host name as an id; where that says nothing, a digest of what tells the machine from others."""
    name = re.sub(r"[^a-z0-9_-]+", "-", host.split(".")[0].lower()).strip("-")
    return name if name and name not in GENERIC else digest(machine)


def default_host(machine: str) -> str:
    """The name of a host that was given none."""
    return f"{IMAGE}-{digest(machine)[:6]}"


def digest(machine: str) -> str:
    """The machine id itself is confidential (machine-id(5)), so only a hash of it may be shown."""
    return hashlib.sha256(b"mynah" + machine.encode()).hexdigest()[:8]


def machine_id() -> str:
    """The installation's id; empty where there is none."""
    return _content(MACHINE_ID)


def machine() -> str:
    """The installation's id and the board's serial number."""
    return machine_id() + _content(SERIAL)


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip("\0\n ")
    except OSError:
        return ""
