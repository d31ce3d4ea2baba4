"""The home's papers, as the settings name them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from device.assembly.desk import faq_folder
from device.desk.faq import FILE
from device.knowledge.documents import indexing
from device.knowledge.documents.following import Following
from device.knowledge.documents.papers import Papers
from device.knowledge.shelf import Searched, Shelf
from device.settings import Settings
from device.system.places import state_folder
from device.system.problems import Problems


def folders(settings: Settings) -> tuple[Path, ...]:
    """Those with documents: the user's, and that of the answers that people gave."""
    return tuple(one for one in (settings.knowledge.documents, faq_folder(settings)) if one is not None)


def make_papers(settings: Settings) -> Searched | None:
    """None where there are no folders."""
    papers = tuple(Papers(index_of(one), settings.knowledge.encoder) for one in folders(settings))
    return Shelf(papers) if len(papers) > 1 else next(iter(papers), None)


def index_of(folder: Path) -> Path:
    """The index of the documents in `folder`: each folder has its own."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return state_folder() / "documents" / f"{name}.db"


def follow_papers(settings: Settings, problems: Problems) -> Iterator[Following]:
    """What keeps each index at what is in its folder."""
    for folder in folders(settings):
        papers = Papers(index_of(folder), settings.knowledge.encoder)
        yield Following(folder, papers, partial(_tell, problems, folder, folder == faq_folder(settings)))


def _tell(problems: Problems, folder: Path, may_be_empty: bool, line: str) -> None:
    empty = may_be_empty and not (folder / FILE).exists()
    problems.say(f"documents in {folder}", "" if empty else line)


def index_now(settings: Settings) -> list[str]:
    """Wait until the papers can be searched. Lines on what cannot be read; none where there are no papers."""
    given, encoder = faq_folder(settings), settings.knowledge.encoder
    there = (one for one in folders(settings) if one != given or (one / FILE).exists())
    return [line for one in there for line in indexing.run(one, index_of(one), encoder)]
