"""A file → a document. What is wrong with a file is one line, and concerns no other file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from device.errors import DocumentError
from device.knowledge.documents.blocks import Block
from device.knowledge.documents.html import html_blocks
from device.knowledge.documents.markdown import markdown_blocks
from device.knowledge.documents.passages import Document, document
from device.knowledge.documents.pdf import pdf_blocks
from device.knowledge.documents.text import text_blocks

LARGEST = 20_000_000
"""Bytes of a file, most of which are pictures."""
MOST_TEXT = 5_000_000
"""Bytes of a file that is all text: more than the longest manual."""

_OF_TEXT: Mapping[str, Callable[[str], Iterator[Block]]] = {
    ".md": markdown_blocks,
    ".markdown": markdown_blocks,
    ".txt": text_blocks,
    ".text": text_blocks,
    ".html": html_blocks,
    ".htm": html_blocks,
}
SUFFIXES = frozenset({*_OF_TEXT, ".pdf"})


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


def read(folder: Path, entry: Entry) -> Document:
    """The document that `entry` is. Raises DocumentError, in a line that names the file."""
    file = folder / entry.name
    is_text = file.suffix.lower() in _OF_TEXT
    most = MOST_TEXT if is_text else LARGEST
    if entry.size > most:
        raise DocumentError(f"{file}: has {entry.size / 1e6:.0f} MB, more than {most / 1e6:.0f}; split it")
    try:
        blocks = _OF_TEXT[file.suffix.lower()](_text(file)) if is_text else pdf_blocks(file)
        found = document(entry.name, blocks)
    except DocumentError:
        raise
    except MemoryError:
        raise DocumentError(f"{file}: needs too much memory; split it") from None
    except Exception as error:  # whatever a torn file makes a library raise
        why = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise DocumentError(f"{file}: cannot be read ({why}); copy it again") from error
    if not found.passages:
        raise DocumentError(f"{file}: has no text; remove it, or save it as text")
    return found


def _text(file: Path) -> str:
    content = file.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if b"\0" in content:
        raise DocumentError(f"{file}: is no text; give it the ending of what it is")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
