"""Corpora as folders of recordings with a `manifest.tsv`: path, seconds, speaker, text.

The header line names the columns; a speaker may be empty where the corpus does not tell. Training and
held-out parts are split by speaker, never by clip.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from device.audio.wav import seconds
from device.errors import AudioError, MynahError

NOISE_HELD_OUT = 0.2
"""Share of the noise recordings that are kept for measuring."""
HELD_OUT = 0.08
"""Share of the speakers that no acoustic model is trained on; where a corpus does not tell, of the clips."""
CALIBRATED_ON = 0.5
"""Share of these that calibration hears; the rest are kept for measuring."""


SOUNDS = (".wav", ".flac", ".opus", ".ogg", ".mp3")
"""How the names of recordings end."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A recording and the words spoken in it, in lower case without punctuation; `label`: as written."""

    path: Path
    seconds: float
    speaker: str
    text: str
    source: str
    label: str = ""


def normalise(text: str) -> str:
    """Lower case, apostrophes kept, everything else that is no letter or digit becomes a space."""
    text = text.lower().replace("’", "'")
    return " ".join(word.strip("'") for word in re.sub(r"[^a-z0-9']+", " ", text).split() if word.strip("'"))


def read_manifest(folder: Path) -> list[Utterance]:
    """The utterances of `folder`, in the manifest's order. Raises MynahError where there is none."""
    file = folder / "manifest.tsv"
    if not file.is_file():
        raise MynahError(
            f"{file} does not exist: name a folder with a manifest.tsv (path, seconds, speaker, text)"
        )
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows and not {"path", "seconds", "text"} <= rows[0].keys():
        raise MynahError(f"{file}: the first line must name the columns path, seconds, speaker and text")
    return [
        Utterance(
            path=folder / row["path"],
            seconds=float(row["seconds"]),
            speaker=f"{folder.name}/{row.get('speaker') or row['path']}",
            text=normalise(row["text"] or ""),
            source=folder.name,
            label=row["text"] or "",
        )
        for row in rows
    ]


def recordings(folder: Path) -> list[Utterance]:
    """What is recorded in `folder`: as its manifest has it, or all the recordings below it, whatever is said.

    Without a manifest, who speaks is the folder that a recording lies in; what cannot be read has 0 seconds.
    MynahError where there is nothing.
    """
    if (folder / "manifest.tsv").is_file():
        return read_manifest(folder)
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    if not found:
        raise MynahError(f"{folder}: no recordings in it; name a folder with {', '.join(SOUNDS)} files")
    return [
        Utterance(path, _seconds(path), f"{folder.name}/{path.parent.name}", "", folder.name)
        for path in found
    ]


def _seconds(path: Path) -> float:
    try:
        return seconds(path)
    except AudioError:  # whoever reads it says what is wrong with it
        return 0.0


def held_out(speaker: str, share: float) -> bool:
    """Whether `speaker` belongs to the held-out `share` (0…1): decided by the name alone, for ever."""
    digest = hashlib.sha256(speaker.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < share


def split(utterances: Iterable[Utterance], share: float) -> tuple[list[Utterance], list[Utterance]]:
    """(training, held out), no speaker in both."""
    parts: tuple[list[Utterance], list[Utterance]] = ([], [])
    for utterance in utterances:
        parts[held_out(utterance.speaker, share)].append(utterance)
    return parts
