"""Programs of the system: run with a line for a person where one fails or is missing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from export.errors import ExportError

PACKAGES = {
    "arch-test": "arch-test",
    "chroot": "coreutils",
    "cpio": "cpio",
    "debugfs": "e2fsprogs",
    "depmod": "kmod",
    "dpkg-deb": "dpkg",
    "mcopy": "mtools",
    "mke2fs": "e2fsprogs",
    "mkfs.vfat": "dosfstools",
    "mmdebstrap": "mmdebstrap",
    "newuidmap": "uidmap",
    "qemu-aarch64-static": "qemu-user-static",
    "sfdisk": "fdisk",
    "xz": "xz-utils",
}
"""The Debian package that each program is in."""


def need(*programs: str) -> None:
    """Raises ExportError with the one line that installs what is missing."""
    packages = sorted({PACKAGES[name] for name in programs if which(name) is None})
    if packages:
        raise ExportError(f"missing programs: sudo apt-get install {' '.join(packages)}")


def which(program: str) -> str | None:
    """Where a program is; also where only root's PATH leads."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def run(
    *command: str | Path,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    stdin: bytes | None = None,
) -> str:
    """The standard output of a program that succeeds. ExportError with its last line where it fails.

    `log`: a file that gets everything it says.
    """
    words = [which(str(command[0])) or str(command[0]), *map(str, command[1:])]
    try:
        done = subprocess.run(words, input=stdin, capture_output=True, env=environment)
    except OSError as error:
        raise ExportError(f"{command[0]}: {error.strerror}") from None
    output, errors = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(words)}\n{output}{errors}")
    if done.returncode:
        raise ExportError(failed(words, done.returncode, output + errors, log))
    return output


def failed(command: Sequence[str], status: int, output: str, log: Path | None) -> str:
    lines = [line for line in output.splitlines() if line.strip()] or ["it said nothing"]
    last = next((line for line in lines if line.startswith("E: ")), lines[-1])
    where = f"; all it said is in {log}" if log else ""
    return f"{Path(command[0]).name} failed with status {status}: {last.strip()}{where}"
