"""The virtual environment that the package holds: Python's from Debian, everything else from pinned wheels.

It is put together without the target's Python, so the machine that builds may be another one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path

from export.errors import ExportError
from export.shell import run
from export.targets import SOURCE, Suite

PREFIX = Path("/opt/mynah")
"""Where it lies on the device."""

STARTER = f"""#!/bin/sh
exec {PREFIX}/bin/python3 -P -m device.update.launch "$@"
"""


def version() -> str:
    config = ConfigParser()
    config.read(SOURCE / "setup.cfg")
    return config["metadata"]["version"]


Fetch = Callable[[Path, Suite, str], None]
"""Puts what the device's half needs into a folder, for a suite and a machine."""


def build(root: Path, suite: Suite, machine: str, date: int, fetch: Fetch) -> None:
    """Write the environment below `root`, for a `machine` as the kernel calls it.

    Debian's own packages are seen from it: PyAudio comes from there. Raises ExportError where a wheel cannot
    be had or is not the one that was pinned.
    """
    prefix = root / PREFIX.relative_to("/")
    site = prefix / "lib" / f"python{suite.python}" / "site-packages"
    (prefix / "bin").mkdir(parents=True)
    fetch(site, suite, machine)
    _ourselves(site)
    for name, leads_to in {"python3": "/usr/bin/python3", "python": "python3"}.items():
        (prefix / "bin" / name).symlink_to(leads_to)
    starter = prefix / "bin" / "mynah"
    starter.write_text(STARTER)
    starter.chmod(0o755)
    (prefix / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = true\nversion = {suite.python}\n"
    )
    _compile(prefix, suite, date)


def wheels(site: Path, suite: Suite, machine: str) -> None:
    """From the package index, each of the pinned version and content."""
    if find_spec("uv") is None:
        raise ExportError(
            "uv is missing, which fetches wheels for other machines: pip install 'mynah[image]'"
        )
    run(
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"),
        *("--target", site, "--python", sys.executable, "--python-version", suite.python),
        *("--python-platform", f"{machine}-manylinux_{suite.glibc}"),
        *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"),
        *("--requirement", suite.requirements),
    )
    shutil.rmtree(site / "bin", ignore_errors=True)
    # It has the sums of programs, which name this machine's Python.
    for record in site.glob("*.dist-info/RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if not line.startswith("bin/")))
    (site / ".lock").unlink(missing_ok=True)


def _ourselves(site: Path) -> None:
    """The device's half alone, with the metadata by which it knows its version."""
    shutil.copytree(
        SOURCE / "device", site / "device", ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache")
    )
    info = site / f"mynah-{version()}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: mynah\nVersion: {version()}\n")
    (info / "INSTALLER").write_text("dpkg\n")


def _compile(prefix: Path, suite: Suite, date: int) -> None:
    """What Python would write at the first start, where its folder can be written; else never.

    Needs the target's own version of Python: without it the package's own script does so when installed.
    """
    for path in prefix.rglob("*"):
        os.utime(path, (date, date), follow_symlinks=False)
    python = runnable(f"python{suite.python}")
    if python is None:
        return
    environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}
    library = prefix / "lib"
    run(
        *(python, "-m", "compileall", "-q", "--invalidation-mode", "timestamp"),
        *("-s", str(prefix), "-p", str(PREFIX), str(library)),
        environment=environment,
    )


def runnable(program: str) -> str | None:
    """Where it is, if it runs: that of a version manager may be there and know no such version."""
    found = shutil.which(program)
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    return None
