"""Corpora of what is heard beside speech: noise, music, other talk, and rooms."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from training.corpus.layouts.clip import Clip, lines, roots

MEASURED = "5"
"""The fold of ESC that is for measuring."""


def esc10(folder: Path) -> Iterator[Clip]:
    """ESC-50's `meta/esc50.csv` and `audio/`; of it the ten classes of ESC-10, which are free for any use."""
    for root in roots(folder, "meta/esc50.csv"):
        with (root / "meta/esc50.csv").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["esc10"] == "True" and row["fold"] != MEASURED:
                    name, kind = Path(row["filename"]), row["category"].replace("_", " ")
                    place = f"{kind.replace(' ', '-')}/{name.stem}"
                    yield Clip(root / "audio" / name, place, "", kind)


def musan_noise(folder: Path) -> Iterator[Clip]:
    """`noise/free-sound/noise-free-sound-0000.wav`."""
    yield from _musan(folder, "noise")


def musan_others(folder: Path) -> Iterator[Clip]:
    """`speech/librivox/speech-librivox-0000.wav`, `music/…`: what others say and sing, without words."""
    yield from _musan(folder, "speech")
    yield from _musan(folder, "music")


def _musan(folder: Path, part: str) -> Iterator[Clip]:
    for file in sorted(folder.rglob(f"{part}-*.wav")):
        if file.parent.parent.name == part:
            yield Clip(file, f"{part}/{file.parent.name}/{file.stem}", "", "")


def rirs_noises(folder: Path) -> Iterator[Clip]:
    """`real_rirs_isotropic_noises/rir_list`: lines of options and a path from above RIRS_NOISES.

    The simulated rooms are left out, for training simulates its own. Of an array of microphones one counts:
    together they would blur the room.
    """
    for root in roots(folder, "real_rirs_isotropic_noises/rir_list"):
        rooms = root / "real_rirs_isotropic_noises"
        for line in lines(rooms / "rir_list"):
            name = Path(line.split()[-1])
            yield Clip(rooms / name.name, name.stem, "", "", channel=0)
