"""Sentences with their intents and slots, read from corpora as they are published.

| corpus | files |
|---|---|
| `snips` | `train_INTENT_full.json`, `validate_INTENT.json` (Coucke et al. 2018) |
| `clinc150` | `data_full.json` or `data.json` (Larson et al. 2019) |
| `hwu64` | `trainset/*.csv`, `testset/**/*.csv` (a fold of Liu et al. 2019) |
| `slurp` | `train.jsonl`, `devel.jsonl`, `test.jsonl` (Bastianelli et al. 2020) |
| `banking77` | `train.csv`, `test.csv` (Casanueva et al. 2020) |
| `goemotions` | `train.tsv`, `dev.tsv`, `test.tsv` (Demszky et al. 2020) |

Where a corpus has no part for validation, a tenth of what is for training is it.
"""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from device.errors import MynahError
from device.understanding.pieces import Word, plain, words

OUT_OF_SCOPE = "oos"
"""CLINC150's intent of sentences that have none."""
OUTSIDE = "O"
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Slot:
    """The characters from `begin` up to `end` of a text name a `name`."""

    name: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """What somebody said and what it means. `text` is as `device.understanding.pieces.plain` makes it.

    `slots` is None where nobody looked for any.
    """

    text: str
    intent: str
    slots: tuple[Slot, ...] | None = ()


def tags(example: Example, said: list[Word]) -> list[str]:
    """B-name where a slot begins, I-name where it goes on, O elsewhere: one for each word."""
    found: list[str] = []
    before: Slot | None = None
    for word in said:
        slot = next((one for one in example.slots or () if one.begin <= word.begin < one.end), None)
        found.append(OUTSIDE if slot is None else f"{'I' if slot == before else 'B'}-{slot.name}")
        before = slot
    return found


def read(corpus: str, folder: Path, part: str) -> list[Example]:
    """The `part` (train, validation, test) of a corpus, in `folder` or in its subfolder of that name.

    MynahError if its files are not there or are not as they are published.
    """
    own = folder / corpus
    folder = own if own.is_dir() else folder
    try:
        found = [one for one in READERS[corpus](folder, part) if words(one.text)]
    except (LookupError, ValueError, TypeError, csv.Error) as error:
        raise MynahError(f"{folder}: not the layout in which {corpus} is published ({error})") from error
    except OSError as error:
        raise MynahError(f"{error.filename}: {error.strerror}; --data names {corpus}'s folder") from error
    if not found:
        raise MynahError(f"{folder}: nothing of {corpus}'s part {part} is here; name its folder with --data")
    return found


def is_validation(text: str) -> bool:
    """Whether a text is in the tenth that is left out of training; the same every time."""
    return zlib.crc32(" ".join(word.text for word in words(text)).encode()) % 10 == 0


def _split(examples: Iterator[Example], part: str) -> Iterator[Example]:
    return (one for one in examples if is_validation(one.text) == (part == "validation"))


def _lines(file: Path) -> Iterator[str]:
    """Of UTF-8, or of Latin 1 as some of SNIPS's files are."""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return iter(text.splitlines())


def built(pieces: Iterator[tuple[str, str | None]], intent: str) -> Example:
    """A text of `pieces`, each with the name of the slot that it fills, if any."""
    text, slots = "", list[Slot]()
    for piece, name in pieces:
        piece = plain(piece)
        if name:
            slots.append(Slot(name, len(text), len(text) + len(piece)))
        text += piece
    return Example(text, intent, tuple(slots))


def _snips(folder: Path, part: str) -> Iterator[Example]:
    pattern = "validate_*.json" if part == "test" else "train_*_full.json"

    def examples() -> Iterator[Example]:
        for file in sorted(folder.rglob(pattern)):
            for intent, sentences in json.loads("\n".join(_lines(file))).items():
                for sentence in sentences:
                    yield built(((one["text"], one.get("entity")) for one in sentence["data"]), intent)

    return examples() if part == "test" else _split(examples(), part)


def _clinc150(folder: Path, part: str) -> Iterator[Example]:
    files = [file for name in ("data_full.json", "data.json") if (file := folder / name).is_file()]
    content = json.loads((files[0] if files else folder / "data_full.json").read_text(encoding="utf-8"))
    key = {"train": "train", "validation": "val", "test": "test"}[part]
    for name in (key, f"oos_{key}"):
        for text, intent in content.get(name, ()):
            yield Example(plain(text), intent)


ANNOTATION = re.compile(r"\[\s*(\w+)\s*:\s*([^\]]*?)\s*\]")
"""SLURP's and HWU64's: "wake me at [time : six]"."""


def _annotated(text: str, intent: str) -> Example:
    def pieces() -> Iterator[tuple[str, str | None]]:
        at = 0
        for one in ANNOTATION.finditer(text):
            yield text[at : one.start()], None
            yield one.group(2), one.group(1)
            at = one.end()
        yield text[at:], None

    return built(pieces(), intent)


def _hwu64(folder: Path, part: str) -> Iterator[Example]:
    files = sorted((folder / ("testset" if part == "test" else "trainset")).rglob("*.csv"))

    def examples() -> Iterator[Example]:
        for file in files:
            for row in csv.DictReader(_lines(file), delimiter=";"):
                yield _annotated(row["answer_annotation"], f"{row['scenario']}_{row['intent']}")

    return examples() if part == "test" else _split(examples(), part)


def _slurp(folder: Path, part: str) -> Iterator[Example]:
    train, devel = folder / "train.jsonl", folder / "devel.jsonl"
    whole = train.is_file()
    file = folder / "test.jsonl" if part == "test" else train if part == "train" and whole else devel

    def examples() -> Iterator[Example]:
        for line in filter(None, _lines(file)):
            row = json.loads(line)
            yield _annotated(row["sentence_annotation"], f"{row['scenario']}_{row['action']}")

    return examples() if whole or part == "test" else _split(examples(), part)


def _banking77(folder: Path, part: str) -> Iterator[Example]:
    file = folder / ("test.csv" if part == "test" else "train.csv")

    def examples() -> Iterator[Example]:
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                yield Example(plain(row["text"]), row["category"])

    return examples() if part == "test" else _split(examples(), part)


SENTIMENTS = {
    "positive": "amusement excitement joy love desire optimism caring pride admiration gratitude relief"
    " approval",
    "negative": "fear nervousness remorse embarrassment disappointment sadness grief disgust anger annoyance"
    " disapproval",
    "neutral": "realization surprise curiosity confusion neutral",
}
"""GoEmotions' groups; its fourth, the ambiguous ones, says neither good nor bad and counts as neutral."""
GROUPS = {emotion: group for group, emotions in SENTIMENTS.items() for emotion in emotions.split()}
EMOTIONS = (*sorted(GROUPS.keys() - {"neutral"}), "neutral")
"""As GoEmotions numbers them."""


def _goemotions(folder: Path, part: str) -> Iterator[Example]:
    file = {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv"}[part]
    for line in filter(None, _lines(folder / file)):
        text, numbers = line.split("\t")[:2]
        groups = {GROUPS[EMOTIONS[int(number)]] for number in numbers.split(",")}
        if len(groups) > 1:
            groups -= {"neutral"}
        if len(groups) == 1:  # both positive and negative is neither
            yield Example(plain(text), groups.pop())


READERS: Mapping[str, Callable[[Path, str], Iterator[Example]]] = {
    "snips": _snips,
    "clinc150": _clinc150,
    "hwu64": _hwu64,
    "slurp": _slurp,
    "banking77": _banking77,
    "goemotions": _goemotions,
}
SLOTTED = frozenset({"snips", "slurp"})
"""The corpora whose slots are learned with the intents."""


def free_lines(folder: Path, name: str) -> Iterator[str]:
    """The first column of the file `name`, if it is there."""
    if (file := folder / name).is_file():
        yield from (plain(line.partition("\t")[0]) for line in _lines(file))


def free_texts(folder: Path) -> list[str]:
    """Every text for training under `folder` (a corpus each in a folder of its name), each once.

    With SLURP's other sentences (`slurp/lm.txt`), Taskmaster's orders (`taskmaster4/user-turns.txt`) and the
    English half of Tatoeba's pairs (`tatoeba-en-zh/train.tsv`), as far as they are there.
    """
    texts = [
        one.text for corpus in READERS if (folder / corpus).is_dir() for one in read(corpus, folder, "train")
    ]
    for name in ("slurp/lm.txt", "taskmaster4/user-turns.txt", "tatoeba-en-zh/train.tsv"):
        texts += free_lines(folder, name)
    found = {" ".join(word.text for word in words(text)): text for text in texts}
    found.pop("", None)
    if not found:
        raise MynahError(f"{folder}: no corpus here; --data names a folder with one in each of its folders")
    return list(found.values())
