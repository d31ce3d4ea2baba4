"""Debian's packages, unpacked and set up by mmdebstrap: an archive, kept under its recipe's key.

Foreign programs run by qemu's emulation of a user's program, which the kernel must know of (binfmt_misc).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from export.errors import ExportError
from export.image.recipe import MACHINE, Place, Recipe
from export.shell import failed, need, run, which
from export.targets import MACHINES

STUB = """\
Package: mynah-initramfs
Version: 1
Architecture: all
Maintainer: Mynah <mynah@localhost>
Provides: linux-initramfs-tool
Description: stands for the initramfs that comes with the image
 The image's initramfs is made on the machine that builds it: the kernel's packages want one.
"""


def archive(recipe: Recipe, place: Place) -> Path:
    """The tar of the root, from the cache if it is there. Raises ExportError with what to do."""
    target = place.cache / f"root-{recipe.suite.name}-{recipe.key}.tar"
    if not target.exists():
        need("mmdebstrap", "arch-test", "qemu-aarch64-static", "dpkg-deb")
        check_emulation()
        place.cache.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        _bootstrap(recipe, place, unfinished)
        unfinished.rename(target)
    return target


def check_emulation() -> None:
    try:
        run("arch-test", MACHINES[MACHINE])
    except ExportError:
        raise ExportError(
            "this kernel does not run arm64 programs: sudo apt-get install qemu-user-static binfmt-support"
            " && sudo update-binfmts --enable qemu-aarch64"
        ) from None


def _bootstrap(recipe: Recipe, place: Place, target: Path) -> None:
    stub = place.work / "mynah-initramfs"
    (stub / "DEBIAN").mkdir(parents=True)
    (stub / "DEBIAN" / "control").write_text(STUB)
    package = place.work / "mynah-initramfs.deb"
    run("dpkg-deb", "--build", "--root-owner-group", stub, package)
    excluded = (f"--dpkgopt=path-exclude={pattern}" for pattern in recipe.left_out)
    command = [
        *(which("mmdebstrap") or "mmdebstrap", f"--architectures={MACHINES[MACHINE]}", "--variant=minbase"),
        "--verbose",
        f"--mode={'root' if os.geteuid() == 0 else 'unshare'}",
        f"--components={','.join(recipe.components)}",
        *(f"--essential-hook=upload {package} /stub.deb", '--essential-hook=chroot "$1" dpkg -i /stub.deb'),
        '--essential-hook=rm "$1/stub.deb"',
        f"--include={','.join(recipe.packages)}",
        '--aptopt=Acquire::Languages "none"',
        *excluded,
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        *("--format=tar", recipe.suite.name, str(target)),
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(place.date)}
    _follow(command, environment, place.log)


def _follow(command: list[str], environment: dict[str, str], log: Path) -> None:
    """Run it, its words in the log, its progress for people to see."""
    said: list[str] = []
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with (
        log.open("a", buffering=1, encoding="utf-8") as file,
        process,
        tqdm(desc="packages", unit="step") as bar,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            file.write(line)
            for step in _steps(line):
                bar.set_postfix_str(step, refresh=False)
                bar.update()
    if process.returncode:
        raise ExportError(failed(command, process.returncode, "".join(said), log))


def _steps(line: str) -> Iterator[str]:
    """The package that a line says something of."""
    if found := re.match(r"(?:Unpacking|Setting up) ([^ :]+)", line):
        yield found[1]
