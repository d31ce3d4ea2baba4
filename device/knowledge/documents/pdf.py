"""PDF → blocks, page by page. A page is a place of its own: the format knows no headings."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader

from device.errors import DocumentError
from device.knowledge.documents.blocks import Block, Heading
from device.knowledge.documents.text import text_blocks

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each oddity; one line a file is enough


def pdf_blocks(file: Path) -> Iterator[Block]:
    """The blocks of `file`, in order. Raises DocumentError where there is no text in it, and whatever the
    library raises for a file that is torn."""
    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(f"{file}: needs a password; save a copy without one")
    title = (reader.metadata.title if reader.metadata else None) or file.stem.replace("_", " ")
    yield Heading(0, str(title), None)
    found = False
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        found = found or bool(text.strip())
        yield Heading(1, "", f"page-{number}")
        for block in text_blocks(text):
            yield Heading(block.level + 1, block.text, None) if isinstance(block, Heading) else block
    if not found:
        raise DocumentError(f"{file}: has no text, perhaps scanned pages; run text recognition on it first")
