"""One recording of a published corpus, and how to find a corpus's own folder below the one that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clip:
    """`name`: its path in the data folder, without an ending. `channel`: the only one that counts."""

    source: Path
    name: str
    speaker: str
    text: str
    channel: int | None = None


Reader = Callable[[Path], Iterator[Clip]]


def roots(folder: Path, mark: str) -> list[Path]:
    """The folders at or below `folder`, in order, that hold the file or folder `mark` (a path)."""
    found = folder.rglob(Path(mark).name)
    depth = len(Path(mark).parts)
    return sorted({path.parents[depth - 1] for path in found if path.parts[-depth:] == Path(mark).parts})


def lines(file: Path) -> list[str]:
    """Its lines that are not empty. What is no UTF-8 in it becomes a sign that no word has."""
    return [line for line in file.read_text("utf-8", "replace").splitlines() if line.strip()]
