"""A file → a document. What is wrong with a file is one line, and concerns no other file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from device.errors import DocumentError
from device.knowledge.documents.blocks import Block
from device.knowledge.documents.folder import HTML, MARKDOWN, TEXT, Entry
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
    **dict.fromkeys(MARKDOWN, markdown_blocks),
    **dict.fromkeys(TEXT, text_blocks),
    **dict.fromkeys(HTML, html_blocks),
}


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
