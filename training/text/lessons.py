"""Questions about papers: which passages answer them, and the files in which they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from device.errors import UsageError
from device.knowledge.documents.folder import entries
from device.knowledge.documents.passages import Document, Passage
from device.knowledge.documents.reading import read

TAUGHT, ASIDE = (Path(__file__).parent / "papers" / name for name in ("taught", "aside"))
"""Made-up manuals and letters, with their questions beside them: those that the encoder learns from, and
those on which the weights of answers are fitted."""
Row = Mapping[str, Any]


def questions(file: Path) -> Sequence[Row]:
    """The rows of a file: `ask`, `source` (one, several, or none: unanswerable) and `says`, a regular
    expression that the answer must contain. Raises UsageError."""
    rows = yaml.safe_load(file.read_text("utf-8"))
    if not rows:
        raise UsageError(f"{file}: no questions; write `- ask:` for each")
    return list(rows)


def documents(folder: Path) -> dict[str, Document]:
    """The papers in a folder, by name."""
    return {entry.name: read(folder, entry) for entry in entries(folder)}


def sources(row: Row) -> Sequence[str]:
    """Where the answer to a question stands."""
    named = row.get("source", ())
    return (named,) if isinstance(named, str) else tuple(named)


def answers(row: Row, passage: Passage) -> bool:
    """Whether the passage is one that the question wants."""
    return passage.source in sources(row) and bool(_says(row).search(" ".join(passage.pieces)))


def units(row: Row, passage: Passage) -> Iterable[bool]:
    """Of each unit of a passage, whether it answers."""
    right = answers(row, passage)
    _, *pieces = passage.units
    yield right
    for piece in pieces:
        yield right and bool(_says(row).search(piece))


def _says(row: Row) -> re.Pattern[str]:
    return re.compile(str(row.get("says", "")))
