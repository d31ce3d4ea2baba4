"""`mynah-train data`: a data folder made of public corpora, or checked."""

from __future__ import annotations

import argparse
from pathlib import Path

from device.errors import MynahError, UsageError
from training.corpus import checking, kokoro, lacks, made_up, published
from training.corpus.convert import Converted, convert

MADE_UP = "made-up"
TOLD = 5
"""Recordings that are named where they cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        nargs="?",
        help="corpus to convert; made-up: synthetic speech and noise; kokoro: speech by that model",
    )
    parser.add_argument("folder", nargs="?", type=Path, help="folder of its unpacked archive")
    parser.add_argument("--data", type=Path, help="data folder; created if it does not exist")
    parser.add_argument("--hours", type=float, help="convert only about this many hours, from many speakers")
    parser.add_argument("--lines", type=Path, help="kokoro: text file with what is said, a line each")
    parser.add_argument(
        "--measured", action="store_true", help="kokoro: by the voices that no training hears"
    )
    parser.add_argument(
        "--check", action="store_true", help="check the data folder, and list what is missing"
    )


def run(arguments: argparse.Namespace) -> None:
    if arguments.name is None and not arguments.check:
        print(published.table())
        print("\nDownload one and unpack it, then:  mynah-train data NAME FOLDER --data DATA")
        print("Without any of them:  mynah-train data made-up --data DATA")
        return
    if arguments.data is None:
        raise UsageError("name the data folder: --data DATA")
    if arguments.check:
        check(arguments.data)
    elif arguments.name == MADE_UP:
        made_up.make(arguments.data)
        for line in made_up.LACKS:
            print(f"mynah-train: {line}")
    elif arguments.name == kokoro.NAME:
        print(speak(arguments))
    else:
        corpus, source = corpus_of(arguments.name), source_of(arguments.folder)
        print(told(convert(corpus, source, arguments.data, arguments.hours)))


def corpus_of(name: str) -> published.Corpus:
    """Raises UsageError."""
    for corpus in published.CORPORA:
        if corpus.name == name:
            return corpus
    names = ", ".join((*(corpus.name for corpus in published.CORPORA), MADE_UP, kokoro.NAME))
    raise UsageError(f"no corpus is called {name!r}: take one of {names}")


def speak(arguments: argparse.Namespace) -> str:
    """Fill the folder of Kokoro's speech. Raises MynahError."""
    engine = kokoro.Kokoro(source_of(arguments.folder))
    count = round((arguments.hours or kokoro.HOURS) * 3600 / kokoro.SECONDS)
    if arguments.lines is None:
        said = kokoro.texts_of(arguments.data, count)
    elif arguments.lines.is_file():
        said = [line.strip() for line in arguments.lines.read_text("utf-8").splitlines() if line.strip()]
    else:
        raise UsageError(f"{arguments.lines} does not exist: name a text file with a line each")
    voices = [name for name in engine.voices if (name in kokoro.MEASURED) == arguments.measured]
    folder = arguments.data / kokoro.FOLDER
    lines = kokoro.drawn(said, voices, 0.0 if arguments.measured else kokoro.BLENDED)
    hours = kokoro.record(engine, list(lines), folder)
    return f"{folder}: {len(said)} recordings, {hours:.1f} h"


def source_of(folder: Path | None) -> Path:
    """Raises UsageError."""
    if folder is None:
        raise UsageError("name the folder to which the corpus was unpacked, behind its name")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name the one to which the corpus was unpacked")
    return folder


def told(done: Converted) -> str:
    lines = [f"left out: {failure}" for failure in done.failures[:TOLD]]
    if len(done.failures) > TOLD:
        lines.append(f"left out: {len(done.failures) - TOLD} more")
    return "\n".join((*lines, f"{done.folder}: {done.clips} recordings, {done.hours:.1f} h"))


def check(data: Path) -> None:
    """Raises MynahError where something is not as the manifests say."""
    lacks.require(data)
    faults = 0
    for line in checking.problems(data, lacks.folders(data)):
        print(line, flush=True)
        faults += 1
    for line in (*lacks.parts_missing(data), *lacks.corpora_missing(data)):
        print(line)
    if faults:
        raise MynahError(f"{data}: {faults} things are wrong, see above: convert these corpora again")
