"""The machines and releases of Debian that packages and images are made for."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from export.errors import ExportError

SOURCE = Path(__file__).parent.parent
"""The checkout, or wherever this code lies."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A release of Debian."""

    name: str
    python: str
    glibc: str
    """Of the wheels: the release's own, or the newest before it for which uv has a name."""

    @property
    def requirements(self) -> Path:
        """What the device's half needs, each version pinned with its hashes; `script/pin` writes it."""
        return Path(__file__).parent / "requirements" / f"python{self.python}.txt"

    @property
    def next_python(self) -> str:
        major, minor = self.python.split(".")
        return f"{major}.{int(minor) + 1}"


SUITES = {suite.name: suite for suite in (Suite("bookworm", "3.11", "2_36"), Suite("trixie", "3.13", "2_40"))}

MACHINES = {"aarch64": "arm64", "x86_64": "amd64"}
"""As the kernel calls a machine, and as Debian does."""


def source_date() -> int:
    """Seconds since 1970 that every file made carries: SOURCE_DATE_EPOCH, else the last commit's time."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    command = ["git", "-C", str(SOURCE), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        raise ExportError(
            "not a git checkout: set SOURCE_DATE_EPOCH to a time in seconds since 1970"
        ) from None
