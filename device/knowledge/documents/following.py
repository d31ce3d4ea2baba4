"""Keeps an index at what is in its folder, in a thread: nothing here is waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from device.knowledge.documents import indexing
from device.knowledge.documents.folder import entries
from device.knowledge.documents.papers import Papers

PERIOD = 60.0
"""Seconds between two looks at the folder."""


class Following:
    """`tell` is told what is wrong with the documents, in a line; "" where nothing is."""

    def __init__(self, folder: Path, papers: Papers, tell: Callable[[str], None]) -> None:
        self._folder, self._papers, self._tell = folder, papers, tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="documents", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()

    def _follow(self) -> None:
        before: object = None
        while not self._ended.is_set():
            there = entries(self._folder)
            if there != before:
                lines = indexing.run(self._folder, self._papers.index, self._papers.encoder)
                self._tell("; ".join(lines))
                before = there if self._papers.is_complete else None
            self._ended.wait(PERIOD)
