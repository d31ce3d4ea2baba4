"""What root asks of the service's files, a process with the service's own rights does.

The daemon can be reached from the network, and its folder is its own. Where root wrote there, a link laid in
the way could lead it anywhere; the service's user comes nowhere where it may not go by itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from device.errors import MynahError
from device.system.places import SERVICE_STATE

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

NOT_MYNAHS = 200
"""Exit statuses from here on are systemd's own, systemd.exec(5), or say that it was killed."""


def needed(state: Path = SERVICE_STATE) -> bool:
    """Whether we are root, and what the service keeps is another's."""
    if os.geteuid() != 0 or "STATE_DIRECTORY" in os.environ or not state.exists():
        return False
    return state.stat().st_uid != 0


def run(options: argparse.Namespace, stream: BinaryIO | None = None) -> int:
    """The exit status of `mynah` with the arguments of `options`, run as the service, `stream` its input.

    Raises MynahError where systemd does not run, or cannot start it.
    """
    if not SYSTEMD.exists():
        raise MynahError(
            f"{SERVICE_STATE} is the service's: start systemd, which alone can work as the service"
        )
    unit = f"mynah-{options.command}-{os.getpid()}.service"
    try:
        status = subprocess.run(
            [*command(unit), *arguments(options)], stdin=stream or subprocess.DEVNULL
        ).returncode
    except OSError as error:
        raise MynahError(f"systemd-run: {error.strerror}: it comes with systemd") from None
    except KeyboardInterrupt:  # systemd would go on with it
        subprocess.run(["systemctl", "--quiet", "stop", unit])
        raise
    if status >= NOT_MYNAHS:
        raise MynahError(f"systemd could not do it as the service (status {status}): journalctl -u {unit}")
    return status


def command(unit: str) -> list[str]:
    """systemd-run(1), which waits for the end and hands on what is said. It runs the base, which works
    whatever lies over it."""
    return [
        *("systemd-run", "--quiet", "--collect", "--wait", "--pipe", f"--unit={unit}"),
        *(f"--property={each}" for each in RIGHTS),
        *(sys.executable, "-P", "-m", "device.cli"),
    ]


def arguments(options: argparse.Namespace) -> list[str]:
    """Those of the command line, with the settings file by its whole path: the service works elsewhere."""
    given: list[str] = options.arguments
    if options.config is None:
        return given
    end = given.index("--") if "--" in given else len(given)
    return [*given[:end], "--config", str(options.config.absolute()), *given[end:]]
