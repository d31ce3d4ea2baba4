"""Files that are whole or absent, whenever the power goes."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write `content` as `file`, which is never between the one before and this one. Raises OSError."""
    new = file.with_name(f".{file.name}.new")
    try:
        write(new, content, mode)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    sync(file.parent)


def write(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a new file that is on the disk when this returns. Raises OSError."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as stream:
        os.fchmod(descriptor, mode)  # whatever the umask is
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)


def sync(path: Path) -> None:
    """Bring a file's content, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(file: Path) -> Path:
    """Rename a file that cannot be used, and tell where it is: beside it, as `….damaged`. Raises OSError."""
    numbers = ("", *(f"-{number}" for number in range(2, 100)))
    names = (file.with_name(f"{file.name}.damaged{number}") for number in numbers)
    free = next((name for name in names if not name.exists()), file.with_name(f"{file.name}.damaged"))
    file.replace(free)
    sync(file.parent)
    return free
