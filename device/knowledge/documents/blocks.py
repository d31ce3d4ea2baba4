"""What a document is made of, whatever its format: headings, paragraphs, steps, lists and rows of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is the title. `anchor`: what the format calls this place; "": made from the text; None: the
    place has no name of its own and belongs to the heading above it."""

    level: int
    text: str
    anchor: str | None = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """`ordered`: they are steps to be done one after the other."""

    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `header`: the names of the columns, empty where the table has none."""

    cells: tuple[str, ...]
    header: tuple[str, ...] = ()


Block = Heading | Paragraph | Listed | Row


def plain(text: str) -> str:
    """`text` in one line, without blanks at its ends and without characters that control a terminal."""
    return "".join(c for c in _SPACE.sub(" ", text) if c.isprintable()).strip()


def told(row: Row) -> str:
    """A row as it is read out: "E24. Meaning: there is air in the pipes. Remedy: fill the tank."."""
    cells = [cell.rstrip(".") for cell in row.cells]
    if len(cells) == 2:
        return f"{cells[0]}: {cells[1]}."
    first, *rest = cells
    names = row.header[1:] if len(row.header) == len(cells) else [""] * len(rest)
    return " ".join(_sentences(first, names, rest))


def _sentences(first: str, names: Sequence[str], rest: Sequence[str]) -> list[str]:
    told = [
        f"{name[:1].upper()}{name[1:]}: {cell}." if name else f"{cell}."
        for name, cell in zip(names, rest, strict=True)
        if cell
    ]
    return [f"{first}.", *told] if first else told
