"""Brings an index to what is in the folder, in a process of its own: `python -m … FOLDER INDEX ENCODER`.

It prints a line for each document that cannot be read, computes vectors for ENCODING seconds at most, and
ends. Where a document makes it take too much memory, the next run leaves that document out.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from device.engine.sentence_encoder import Encoder
from device.errors import BundleError, DocumentError
from device.knowledge.documents.folder import Entry, entries
from device.knowledge.documents.store import Writer

MEMORY = 1_000_000_000
"""Bytes that the process may take."""
SECONDS = 60
"""How long one document may take."""
ENCODING, AT_ONCE = 25.0, 32
"""Seconds for which one run computes vectors, and passages that are kept together; the next run goes on."""
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


def encode(index: Path, bundle: Path) -> None:
    """Compute the vectors that the index has not, as many as there is time for. Raises BundleError."""
    until = time.monotonic() + ENCODING
    writer = Writer(index)
    try:
        titles, bare = writer.untitled(), writer.bare(AT_ONCE)
        encoder = Encoder.load(bundle) if titles or bare else None
        while encoder and (titles or bare) and time.monotonic() < until:
            writer.put_vectors(
                {name: _stored(encoder, [title]) for name, title in titles.items()},
                {number: _stored(encoder, passage.units) for number, passage in bare.items()},
            )
            titles, bare = writer.untitled(), writer.bare(AT_ONCE)
    finally:
        writer.close()


def _stored(encoder: Encoder, texts: Sequence[str]) -> bytes:
    """The vectors of the texts as int8, one after the other."""
    return b"".join(np.round(encoder.vector(text) * 127).astype(np.int8).tobytes() for text in texts)


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


def run(folder: Path, index: Path, encoder: Path) -> list[str]:
    """Wait until another process has brought the index up to date; of many documents, some have no vectors
    yet. Lines on what is wrong."""
    places = [str(path.absolute()) for path in (folder, index, encoder)]
    command = [sys.executable, "-P", "-m", __name__, *places]
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
    folder, index, encoder = map(Path, sys.argv[1:4])
    os.nice(10)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        for line in update(folder, index):
            print(line, flush=True)
        encode(index, encoder)
    except BundleError as error:
        print(error, flush=True)
    except (OSError, sqlite3.Error) as error:
        print(f"{index}: {error}; make room, and allow Mynah to write there", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
