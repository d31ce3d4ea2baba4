"""`mynah-export deb --out DIR`: the daemon as a Debian package, for machines that run already."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from export.debian import package
from export.targets import MACHINES, SUITES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder of the package")
    parser.add_argument("--suite", choices=SUITES, default="bookworm", help="release of Debian (bookworm)")
    parser.add_argument(
        "--machine",
        choices=MACHINES,
        default=platform.machine() if platform.machine() in MACHINES else "aarch64",
        help="the target machine (this one)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Make the package. Raises ExportError."""
    path = package.build(arguments.out, SUITES[arguments.suite], arguments.machine)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB; to install it: sudo apt install {path.resolve()}")
