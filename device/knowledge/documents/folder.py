"""The documents of a folder, before anything is read of them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

MARKDOWN, TEXT, HTML, PDF = (".md", ".markdown"), (".txt", ".text"), (".html", ".htm"), (".pdf",)
SUFFIXES = frozenset({*MARKDOWN, *TEXT, *HTML, *PDF})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder: its path below it, its size in bytes and when it changed, in ns."""

    name: str
    size: int
    changed: int


def entries(folder: Path) -> list[Entry]:
    """The documents in `folder` and below it. Hidden files and what is no plain file are left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place, name)
            if name.startswith(".") or file.suffix.lower() not in SUFFIXES:
                continue
            try:
                about = file.stat()
            except OSError:
                continue
            if stat.S_ISREG(about.st_mode):
                path = file.relative_to(folder).as_posix()
                found.append(Entry(path, about.st_size, about.st_mtime_ns))
    return found
