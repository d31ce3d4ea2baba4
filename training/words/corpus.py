"""The sentences that a language model learns from: what people ask for, write and read aloud.

Only words spelled in letters count, as `training.corpus.texts` keeps them. What the speakers say whom
measuring is for is left out, and so is the same sentence from anybody else.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from device.errors import MynahError
from training.corpus import texts
from training.corpus.manifest import HELD_OUT, read_manifest, split

MADE_UP = 6000
"""Commands for homes that do not exist: requests to a home are rare in what people wrote."""
READ = (
    "speech/librispeech",
    "speech/librispeech-more",
    "speech/common-voice",
    "speech/common-voice-more",
    "speech/ljspeech",
)
"""Corpora of sentences that were read aloud."""
LONGEST = 200
"""Characters of a sentence."""


def sentences(data: Path) -> list[str]:
    """Every sentence of the corpora in `data`, in lower case without punctuation, as often as it is there.

    MynahError for a file that is not as its corpus has it.
    """
    text = data / "text"
    written = [
        *texts.requests(text / "hwu64"),
        *_read(text / "slurp" / "lm.txt", _lines),
        *_read(text / "clinc150" / "data.json", _clinc),
        *(line for file in sorted((text / "snips").glob("*.json")) for line in _read(file, _snips)),
        *_read(text / "taskmaster4" / "user-turns.txt", _lines),
        *_read(text / "banking77" / "train.csv", _banking),
        *_read(text / "goemotions" / "train.tsv", _first_column),
        *_read(text / "tatoeba-en-zh" / "train.tsv", _first_column),
        *texts.home_commands(MADE_UP, np.random.default_rng(11)),
    ]
    read_aloud, measured = [], set()
    for folder in READ:
        trained_on, left_out = split(read_manifest(data / folder), HELD_OUT)
        read_aloud += [item.text for item in trained_on]
        measured |= {item.text for item in left_out}
    spoken = [part for line in written for part in texts.spoken_parts(line) if len(part) <= LONGEST]
    return [line for line in (*spoken, *read_aloud) if line not in measured]


def _read(file: Path, parse: Callable[[str], Iterable[str]]) -> Iterator[str]:
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


def _lines(text: str) -> Iterator[str]:
    yield from text.splitlines()


def _first_column(text: str) -> Iterator[str]:
    return (line.partition("\t")[0] for line in text.splitlines())


def _clinc(text: str) -> Iterator[str]:
    """Larson et al. (2019): every part's [text, intent] pairs."""
    return (line for part in json.loads(text).values() for line, _ in part)


def _snips(text: str) -> Iterator[str]:
    """Coucke et al. (2018): sentences in pieces."""
    for entries in json.loads(text).values():
        for entry in entries:
            yield re.sub(r"\s+", " ", "".join(piece["text"] for piece in entry["data"])).strip()


def _banking(text: str) -> Iterator[str]:
    return (row["text"] for row in csv.DictReader(text.splitlines()))
