"""The home's papers, as the settings name them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from device.knowledge.documents import indexing
from device.knowledge.documents.following import Following
from device.knowledge.documents.papers import Papers
from device.settings import Settings
from device.system.places import state_folder
from device.system.problems import Problems


def make_papers(settings: Settings) -> Papers | None:
    """None where the settings name no folder."""
    folder = settings.knowledge.documents
    return None if folder is None else Papers(index_of(folder), settings.knowledge.encoder)


def index_of(folder: Path) -> Path:
    """The index of the documents in `folder`: each folder has its own."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return state_folder() / "documents" / f"{name}.db"


def follow_papers(settings: Settings, problems: Problems) -> Following | None:
    """What keeps the index at what is in the folder; None where the settings name none."""
    folder, papers = settings.knowledge.documents, make_papers(settings)
    if folder is None or papers is None:
        return None
    return Following(folder, papers, lambda line: problems.say("documents", line))


def index_now(settings: Settings) -> list[str]:
    """Wait until the papers can be searched. Lines on what cannot be read; none where there are no papers."""
    folder, encoder = settings.knowledge.documents, settings.knowledge.encoder
    return [] if folder is None else indexing.run(folder, index_of(folder), encoder)
