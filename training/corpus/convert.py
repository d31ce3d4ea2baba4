"""From a corpus as it is published to a folder of 16 kHz mono FLAC files with a manifest."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from tqdm import tqdm

from device.errors import MynahError
from device.events import SAMPLE_RATE
from training.corpus.layouts.clip import Clip
from training.corpus.published import Corpus

HEAD = ("path", "seconds", "speaker", "text")
JOBS = 2
BLOCK = 50
"""Clips that are converted before it is asked whether there are enough hours."""

Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Converted:
    """What a folder has of a corpus now; `failures`: why clips were left out, a line each."""

    folder: Path
    clips: int
    hours: float
    failures: tuple[str, ...]


def convert(corpus: Corpus, source: Path, data: Path, hours: float | None = None) -> Converted:
    """Fill the corpus's folder in `data`, up to so many `hours`. What is there already is not done again.

    The manifest is written last, and whole. Raises MynahError where `source` is no such corpus, or no clip
    of it can be read.
    """
    clips = unique(corpus.read(source))
    if not clips:
        raise MynahError(
            f"{source} has nothing of {corpus.name} in it: name the folder to which its archive was unpacked"
        )
    if hours is not None:
        clips = shuffled(clips)
    folder = data / corpus.folder
    within = f"{corpus.name}-" if corpus.folder == "rir" else f"{corpus.name}/" if corpus.shares else ""
    rows: list[Row] = []
    failures: list[str] = []
    with ThreadPoolExecutor(JOBS) as pool, tqdm(total=len(clips), desc=corpus.name, unit="clip") as progress:
        for first in range(0, len(clips), BLOCK):
            if hours is not None and total_hours(rows) >= hours:
                break
            for done in pool.map(lambda clip: _converted(clip, folder, within), clips[first : first + BLOCK]):
                failures += [done] if isinstance(done, str) else []
                rows += [] if isinstance(done, str) else [done]
                progress.update()
    if not rows:
        raise MynahError(f"{source}: no recording of {corpus.name} can be read: {failures[0]}")
    write_manifest(folder, [*others(folder, within), *sorted(rows)])
    return Converted(folder, len(rows), total_hours(rows), tuple(failures))


def unique(clips: Iterable[Clip]) -> list[Clip]:
    """Each name once: a corpus may be unpacked twice below one folder."""
    return list({clip.name: clip for clip in clips}.values())


def shuffled(clips: Sequence[Clip]) -> list[Clip]:
    """In an order, always the same, in which the first hours are of many speakers."""
    return [clips[number] for number in np.random.default_rng(0).permutation(len(clips))]


def total_hours(rows: Sequence[Row]) -> float:
    return sum(float(row[1]) for row in rows) / 3600


def others(folder: Path, within: str) -> list[Row]:
    """What the manifest of a folder has of other corpora, if several share it."""
    file = folder / "manifest.tsv"
    if not within or not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    kept = ((row["path"], row["seconds"], row.get("speaker") or "", row.get("text") or "") for row in rows)
    return [row for row in kept if not row[0].startswith(within)]


def write_manifest(folder: Path, rows: Iterable[Row]) -> None:
    """Whole or not at all. Raises OSError."""
    new = folder / "manifest.tsv.part"
    with new.open("w", encoding="utf-8", newline="") as file:
        for row in (HEAD, *rows):
            file.write("\t".join(" ".join(cell.split()) for cell in row) + "\n")
    new.replace(folder / "manifest.tsv")


def _converted(clip: Clip, folder: Path, within: str) -> Row | str:
    """The clip's row of the manifest, or why there is none."""
    name = f"{within}{clip.name}.flac"
    target = folder / name
    try:
        if not target.is_file():
            _write(clip, target)
        frames = soundfile.info(target).frames
    except (OSError, soundfile.SoundFileError, ValueError) as error:
        return f"{clip.source}: {getattr(error, 'strerror', None) or error}"
    return name, f"{frames / SAMPLE_RATE:.2f}", clip.speaker, clip.text


def _write(clip: Clip, target: Path) -> None:
    """Raises OSError, SoundFileError; ValueError where there is no sound in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.part")
    info = soundfile.info(clip.source)
    if not info.frames:
        raise ValueError("there is no sound in it")
    if (info.format, info.samplerate, info.channels) == ("FLAC", SAMPLE_RATE, 1):
        shutil.copyfile(clip.source, new)
    else:
        sound, rate = soundfile.read(clip.source, dtype="float32", always_2d=True)
        mono = sound.mean(axis=1) if clip.channel is None else sound[:, clip.channel]
        if rate != SAMPLE_RATE:
            mono = soxr.resample(mono, rate, SAMPLE_RATE, "HQ")
        soundfile.write(new, np.clip(mono, -1, 1), SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    new.replace(target)
