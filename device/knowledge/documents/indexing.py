"""Brings an index to what is in the folder, in a process of its own: `python -m … FOLDER INDEX`.

It prints a line for each document that cannot be read, and ends. Where a document makes it take too much
memory, the next run leaves that document out.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from device.errors import DocumentError
from device.knowledge.documents.folder import Entry, entries
from device.knowledge.documents.store import Writer

MEMORY = 1_000_000_000
"""Bytes that the process may take."""
SECONDS = 60
"""How long one document may take."""
UNREADABLE = "took too long or too much memory; split it, or remove it"


def update(folder: Path, index: Path) -> Iterator[str]:
    """Take in what is new or has changed, and forget what is gone. A line for each that cannot be read."""
    if not folder.is_dir():
        yield f"{folder}: no such folder; check knowledge.documents"
        return
    writer = Writer(index)
    try:
        known, there = writer.known(), entries(folder)
        for name in known.keys() - {entry.name for entry in there}:
            writer.remove(name)
        for entry in there:
            before, problem = known.get(entry.name, (None, ""))
            if before != entry:
                problem = _taken_in(writer, folder, entry)
            if problem:
                yield problem
        if not there:
            yield f"{folder}: there is no document; put Markdown, text, HTML or PDF files there"
    finally:
        writer.close()


def _taken_in(writer: Writer, folder: Path, entry: Entry) -> str:
    """What is wrong with the document; "" where it is in the index now."""
    from device.knowledge.documents import reading  # its libraries take 25 MB, in this process alone

    # Where this process is ended by the document, the next one finds this and goes on with the others.
    writer.put(entry, None, f"{folder / entry.name}: {UNREADABLE}")
    try:
        with _limited():
            document = reading.read(folder, entry)
    except DocumentError as error:
        writer.put(entry, None, str(error))
        return str(error)
    writer.put(entry, document)
    return ""


class _limited:
    """A document that takes longer than SECONDS raises TimeoutError."""

    def __enter__(self) -> None:
        def late(number: int, frame: object) -> None:
            raise TimeoutError(f"takes longer than {SECONDS} s")

        signal.signal(signal.SIGALRM, late)
        signal.alarm(SECONDS)

    def __exit__(self, *error: object) -> None:
        signal.alarm(0)


def run(folder: Path, index: Path) -> list[str]:
    """Wait until another process has brought the index up to date. Lines on what is wrong."""
    command = [sys.executable, "-P", "-m", __name__, str(folder.absolute()), str(index.absolute())]
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )
    lines = done.stdout.splitlines()
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it was ended"])[-1]
        lines.append(f"{folder}: not all documents are indexed: {why}")
    return lines


def main() -> int:
    folder, index = map(Path, sys.argv[1:3])
    os.nice(10)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        for line in update(folder, index):
            print(line, flush=True)
    except (OSError, sqlite3.Error) as error:
        print(f"{index}: {error}; make room, and allow Mynah to write there", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
