"""What a data folder has, and what training lacks by what it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from device.errors import MynahError
from training.corpus.published import CORPORA

PEOPLE = ("speech", "wake", "negative")
"""Parts of a data folder that hold folders of recorded people."""

WITHOUT = {
    "speech": "no acoustic model can be trained, and a wake word only on synthetic voices",
    "noise": "nothing can be trained",
    "rir": "all rooms are simulated",
    "negative": "fewer people are heard whom a wake word must not heed",
    "text/hwu64": "mynah-train words and opinion cannot run, and hearing is trained on fewer sentences",
    "text/tatoeba-en-zh": "mynah-train words cannot run, and hearing is trained on fewer sentences",
}
"""What it means that a part is not there."""


def folders(data: Path) -> list[Path]:
    """All that should have a manifest: those of people, and the noises."""
    found = [folder for part in PEOPLE for folder in sorted((data / part).glob("*")) if folder.is_dir()]
    return [*found, *(data / name for name in ("noise", "rir") if (data / name).is_dir())]


def parts_missing(data: Path, parts: Iterable[str] = WITHOUT) -> Iterator[str]:
    """A line for each of the parts that is not there at all."""
    for part in parts:
        there = data / part
        if not (there.is_dir() and any(there.iterdir())):
            yield f"{there} is not there: {WITHOUT[part]}"


def corpora_missing(data: Path) -> Iterator[str]:
    """A line for each published corpus that is not there, with what training lacks without it."""
    for corpus in CORPORA:
        there = data / corpus.folder / (corpus.name if corpus.folder == "noise" else "")
        if not there.is_dir():
            yield f"without {corpus.name}, training lacks: {corpus.purpose}"


def require(data: Path) -> None:
    """Raises MynahError where `data` is no folder."""
    if not data.is_dir():
        raise MynahError(f"{data} is not there: name the folder with the data;  mynah-train data  makes one")


def require_for_wake(data: Path) -> None:
    """Raises MynahError at once where a wake word's training would fail in the end."""
    require(data)
    if not (data / "noise" / "manifest.tsv").is_file() or not any(
        folder.parent.name in PEOPLE for folder in folders(data)
    ):
        raise MynahError(
            f"{data} has no noise, or nobody by whom to set the threshold: convert corpora, or make both"
            f" with  mynah-train data made-up --data {data}"
        )
