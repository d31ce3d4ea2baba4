"""The sentences that a language model learns from: what people ask for, write and read aloud.

Only words spelled in letters count, as `training.corpus.texts` keeps them. What the speakers say whom
measuring is for is left out, and so is the same sentence from anybody else.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from device.errors import MynahError
from training.corpus import texts
from training.corpus.manifest import HELD_OUT, read_manifest, split

Parse = Callable[[str], Iterable[str]]
"""From a file's text to the sentences in it."""

MADE_UP = 6000
"""Commands for homes that do not exist: requests to a home are rare in what people wrote."""
LONGEST = 200
"""Characters of a sentence."""


def _lines(text: str) -> Iterator[str]:
    yield from text.splitlines()


def _first_column(text: str) -> Iterator[str]:
    return (line.partition("\t")[0] for line in text.splitlines())


def _clinc(text: str) -> Iterator[str]:
    """Every part's [text, intent] pairs (Larson et al. 2019)."""
    return (line for part in json.loads(text).values() for line, _ in part)


def _snips(text: str) -> Iterator[str]:
    """Sentences in pieces (Coucke et al. 2018)."""
    for entries in json.loads(text).values():
        for entry in entries:
            yield re.sub(r"\s+", " ", "".join(piece["text"] for piece in entry["data"])).strip()


def _banking(text: str) -> Iterator[str]:
    """A column of questions (Casanueva et al. 2020)."""
    return (row["text"] for row in csv.DictReader(text.splitlines()))


def _annotated(text: str) -> Iterator[str]:
    """A column of requests (HWU64, Liu et al. 2019)."""
    return (row["answer_from_anno"] or "" for row in csv.DictReader(text.splitlines(), delimiter=";"))


WRITTEN: Mapping[str, Parse] = {
    "text/hwu64/trainset/*.csv": _annotated,
    "text/slurp/lm.txt": _lines,
    "text/clinc150/data.json": _clinc,
    "text/snips/*.json": _snips,
    "text/taskmaster4/user-turns.txt": _lines,
    "text/banking77/train.csv": _banking,
    "text/goemotions/train.tsv": _first_column,
    "text/tatoeba-en-zh/train.tsv": _first_column,
}
"""Files with sentences that were written."""
READ = (
    "speech/librispeech",
    "speech/librispeech-more",
    "speech/common-voice",
    "speech/common-voice-more",
    "speech/ljspeech",
)
"""Corpora of sentences that were read aloud."""


def sentences(data: Path) -> list[str]:
    """Every sentence of the corpora in `data`, in lower case without punctuation, as often as it is there.

    MynahError for a corpus that is missing or not as it should be.
    """
    written = [line for files, parse in WRITTEN.items() for line in written_in(data, files, parse)]
    written += texts.home_commands(MADE_UP, np.random.default_rng(11))
    read_aloud, measured = [], set()
    for folder in READ:
        trained_on, left_out = split(read_manifest(data / folder), HELD_OUT)
        read_aloud += [item.text for item in trained_on]
        measured |= {item.text for item in left_out}
    spoken = [part for line in written for part in texts.spoken_parts(line) if len(part) <= LONGEST]
    return [line for line in (*spoken, *read_aloud) if line not in measured]


def written_in(data: Path, files: str, parse: Parse) -> Iterator[str]:
    """The sentences of all `files` (a pattern below `data`)."""
    found = sorted(data.glob(files))
    if not found:
        raise MynahError(f"{data / files} does not exist: name a folder with the corpora's texts")
    for file in found:
        try:
            yield from parse(_text(file))
        except (ValueError, KeyError, TypeError) as error:
            raise MynahError(f"{file}: not as its corpus has it ({error}); fetch it again") from None


def _text(file: Path) -> str:
    """UTF-8, or else Latin-1, as one of Snips' files is."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
