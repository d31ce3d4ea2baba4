"""Plain text → blocks: headings, steps and rows as people write them without marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from device.knowledge.documents.blocks import Block, Heading, Listed, Paragraph, Row, plain

LONGEST_HEADING = 70
"""Characters."""
_UNDERLINE = re.compile(r"\s*([=\-~])\1{2,}\s*")
_NUMBERED = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2}){1,3}\.?|\d{1,2})\s+(?=[A-Z])")
_STEP = re.compile(r"\s*(?:step\s+)?(\d{1,2})[.):]\s+(\S.*)", re.IGNORECASE)
_BULLET = re.compile(r"\s*[-*•·–▪●]\s+(\S.*)")
_COLUMNS = re.compile(r"\t+| {3,}|\s*\|\s*")
_CODE = re.compile(r"\s*[A-Z]{1,3}-?\d{1,4}\b[.:\-–]?\s+\S")
"""A line that begins with an error code: a row of a table, also where its columns are lost."""
_HYPHEN = re.compile(r"(?<=[a-z])-$")


def text_blocks(text: str) -> Iterator[Block]:
    """The blocks of `text`, in order."""
    group: list[str] = []
    for line in (*text.expandtabs(4).splitlines(), ""):
        if line.strip():
            group.append(line)
        elif group:
            yield from _group(group)
            group = []


def _group(lines: Sequence[str]) -> Iterator[Block]:
    """Lines between two empty ones."""
    waiting: list[str] = []  # lines of the paragraph, step or item that goes on
    items: list[str] = []
    ordered = False

    def ended() -> Iterator[Block]:
        if items:
            yield Listed(tuple(items), ordered)
        elif waiting:
            yield Paragraph(_joined(waiting))
        items.clear()
        waiting.clear()

    for at, line in enumerate(lines):
        step, bullet = _STEP.fullmatch(line), _BULLET.fullmatch(line)
        if _UNDERLINE.fullmatch(line):
            continue
        if (level := _level(lines, at)) is not None:
            yield from ended()
            yield Heading(level, plain(_NUMBERED.sub("", line).strip("# ")))
        elif step or bullet:
            if not items or ordered != bool(step):
                yield from ended()
            ordered = bool(step)
            items.append(plain(step[2] if step else bullet[1] if bullet else ""))
        elif cells := _cells(line):
            yield from ended()
            yield Row(cells)
        elif items:
            items[-1] = _joined([items[-1], line])
        else:
            waiting.append(line)
    yield from ended()


def _level(lines: Sequence[str], at: int) -> int | None:
    """The level of the heading that this line is; None where it is none."""
    line = lines[at].strip()
    if len(line) > LONGEST_HEADING or line[-1] in ".,;:" or not re.search(r"[A-Za-z]{2}", line):
        return None
    below = _UNDERLINE.fullmatch(lines[at + 1]) if at + 1 < len(lines) else None
    if below:
        return 1 if below[1] == "=" else 2
    if numbered := _NUMBERED.match(line):
        return 2 + numbered[1].strip(".").count(".")
    if _STEP.fullmatch(line) or _BULLET.fullmatch(line) or _cells(lines[at]):
        return None
    alone = len(lines) == 1
    if line.isupper() and len(line) > 3 and (alone or at == 0):
        return 2
    return 3 if alone or (at == 0 and line[0].isupper() and line[-1] == "?") else None


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a line that is a row; none where it is none."""
    cells = tuple(plain(cell) for cell in _COLUMNS.split(line.strip().strip("|")))
    if len(cells) > 1 and all(cells):
        return cells
    if _CODE.match(line):
        code, _, rest = plain(line).partition(" ")
        return code.rstrip(".:-–"), rest
    return ()


def _joined(lines: Sequence[str]) -> str:
    """Lines as one text; a word that was broken at the end of a line is whole again."""
    text = ""
    for line in map(plain, lines):
        text = _HYPHEN.sub("", text) + line if _HYPHEN.search(text) else f"{text} {line}".strip()
    return text
