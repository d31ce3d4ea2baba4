"""What root asks of the service's files, a process with the service's own rights does.

The daemon can be reached from the network, and its folder is its own. Where root wrote there, a link laid in
the way could lead it anywhere; the service's user comes nowhere where it may not go by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from device.errors import MynahError
from device.places import SERVICE_STATE

SYSTEMD = Path("/run/systemd/system")
"""There where systemd has started the machine."""

RIGHTS = (
    "DynamicUser=yes",
    "User=mynah",
    "SupplementaryGroups=audio plugdev",
    "StateDirectory=mynah",
    "UMask=0077",
    "NoNewPrivileges=yes",
)
"""Lines of mynah.service."""


def needed(state: Path = SERVICE_STATE) -> bool:
    """Whether we are root, and what the service keeps is another's."""
    if os.geteuid() != 0 or "STATE_DIRECTORY" in os.environ or not state.exists():
        return False
    return state.stat().st_uid != 0


def run(arguments: Sequence[str], stream: BinaryIO | None = None) -> int:
    """The exit status of `mynah` with these `arguments`, run as the service with `stream` as its input.

    Raises MynahError where systemd does not run.
    """
    if not SYSTEMD.exists():
        raise MynahError(
            f"{SERVICE_STATE} is the service's: start systemd, which alone can work as the service"
        )
    return subprocess.run([*command(), *arguments], stdin=stream or subprocess.DEVNULL).returncode


def command() -> list[str]:
    """systemd-run(1), which waits for the end and hands on what is said. It runs the base, which works
    whatever lies over it; in this folder, if it may be entered."""
    return [
        *("systemd-run", "--quiet", "--collect", "--wait", "--pipe"),
        *(f"--property={each}" for each in (*RIGHTS, f"WorkingDirectory=-{Path.cwd()}")),
        *(sys.executable, "-P", "-m", "device.cli"),
    ]
