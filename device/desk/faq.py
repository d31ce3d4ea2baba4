"""Answers that are kept: a Markdown file that is searched like the home's documents.

# Kept answers

## When is the bin collected?

On Tuesday.

(Mum, 2 March 2026)
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from device.desk.handed import Handed
from device.system.atomic import write_whole

FOLDER, FILE = "faq", "answers-of-people.md"
"""Of the file, below the state folder."""
BEGINS = "# Kept answers\n"
LARGEST = 1_000_000
"""Bytes of the file; no more entries are taken into a larger one."""
_MARKS = re.compile(r"([\\`*_\[\]<>#|{}~])")
_BEGINS_BLOCK = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$|[-+=])")


def entry(handed: Handed) -> str:
    """The entry of an answered question. What people wrote is text in it, no Markdown."""
    at = datetime.fromtimestamp(handed.ended or handed.at)
    question = handed.text.rstrip("?.! ")
    heading = f"{question[:1].upper()}{question[1:]}?"
    source = f"({handed.to}, {at.day} {at:%B %Y})"
    return f"\n## {_plain(heading)}\n\n{_plain(handed.answer)}\n\n{_plain(source)}\n"


def keep(folder: Path, handed: Handed) -> None:
    """Take the entry into the file in `folder`, which is never half written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    before = file.read_text("utf-8", "replace") if file.exists() else BEGINS
    if len(before.encode()) > LARGEST:
        raise OSError(f"{file} is full; take out what is old")
    write_whole(file, (before + entry(handed)).encode(), 0o600)


def _plain(text: str) -> str:
    escaped = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _BEGINS_BLOCK.sub(
        lambda found: (
            f"{found[1]}\\{found[2]}"
            if not found[2][0].isdigit()
            else f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"
        ),
        escaped,
    )
