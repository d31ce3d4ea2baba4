"""An image as a card: a copy that a machine may write to, whose boot partition is edited as people do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

BOOT = 4 << 20
"""Where the boot partition begins; the image's layout is in `export.image.disk`."""


class Card:
    """A copy of `image` at `path`, as large as a real card: a power of two, as emulated ones must be."""

    def __init__(self, image: Path, path: Path) -> None:
        subprocess.run(["cp", "--sparse=always", image, path], check=True)
        os.truncate(path, 1 << (image.stat().st_size - 1).bit_length())
        self.path = path
        self._drive = f"{path}@@{BOOT}"

    def write(self, name: str, content: bytes | str) -> None:
        """A file on the boot partition, in the place of one that is there."""
        data = content.encode() if isinstance(content, str) else content
        self._mtools("mcopy", "-o", "-i", self._drive, "-", f"::{name}", stdin=data)

    def remove(self, name: str) -> None:
        """A file of the boot partition, which is there."""
        self._mtools("mdel", "-i", self._drive, f"::{name}")

    def copy(self, source: Path, folder: str) -> None:
        """A file, or a folder with all in it, into a `folder` of the boot partition."""
        self._mtools("mcopy", "-s", "-o", "-i", self._drive, str(source), f"::{folder}")

    def read(self, name: str) -> bytes | None:
        """The content of a file on the boot partition, None where there is none."""
        try:
            return self._mtools("mtype", "-i", self._drive, f"::{name}")
        except subprocess.CalledProcessError:
            return None

    def extract(self, name: str, folder: Path) -> Path:
        self._mtools("mcopy", "-o", "-i", self._drive, f"::{name}", str(folder))
        return folder / name

    def _mtools(self, *command: str, stdin: bytes | None = None) -> bytes:
        environment = {**os.environ, "MTOOLS_SKIP_CHECK": "1"}
        done = subprocess.run(command, input=stdin, env=environment, check=True, capture_output=True)
        return done.stdout
