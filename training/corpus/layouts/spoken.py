"""Corpora of speech with its words."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from training.corpus.layouts.clip import Clip, lines, roots


def librispeech(folder: Path) -> Iterator[Clip]:
    """`84/121123/84-121123.trans.txt`: lines of `84-121123-0001 TEXT`, the recordings beside it."""
    for file in sorted(folder.rglob("*.trans.txt")):
        for line in lines(file):
            name, _, text = line.partition(" ")
            speaker = name.partition("-")[0]
            yield Clip(file.parent / f"{name}.flac", f"{speaker}/{name}", speaker, text.lower())


def common_voice(folder: Path) -> Iterator[Clip]:
    """`en/validated.tsv` with the columns client_id, path and sentence, and `en/clips/`.

    The client's id is a digest; twelve of its digits tell people apart.
    """
    for root in roots(folder, "validated.tsv"):
        with (root / "validated.tsv").open(encoding="utf-8", errors="replace", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                name, text = row.get("path") or "", row.get("sentence") or ""
                if name and text:
                    speaker = f"cv{(row.get('client_id') or '')[:12]}"
                    yield Clip(root / "clips" / name, Path(name).stem, speaker, text)


def speech_commands(folder: Path) -> Iterator[Clip]:
    """`yes/0a7c2a8d_nohash_0.wav`: the folder is the word, the name's beginning the speaker."""
    for file in sorted(folder.rglob("*_nohash_*.wav")):
        word, speaker = file.parent.name, file.name.partition("_")[0]
        yield Clip(file, f"{word}/{file.stem}", speaker, word)


def speechocean762(folder: Path) -> Iterator[Clip]:
    """Kaldi's `train/wav.scp`, `train/text` and `train/utt2spk`. Its test part is for measuring."""
    for root in roots(folder, "train/wav.scp"):
        tables = {name: _pairs(root / "train" / name) for name in ("wav.scp", "text", "utt2spk")}
        for name, path in tables["wav.scp"].items():
            speaker, text = tables["utt2spk"].get(name, ""), tables["text"].get(name, "")
            if text:
                yield Clip(root / path, f"{speaker or 'unknown'}/{name}", speaker, text.lower())


def _pairs(file: Path) -> dict[str, str]:
    """Kaldi's lines of a key and a value."""
    if not file.is_file():
        return {}
    parts = (line.split(maxsplit=1) for line in lines(file))
    return {part[0]: part[1].strip() for part in parts if len(part) == 2}


def an4(folder: Path) -> Iterator[Clip]:
    """`etc/an4_train.transcription`: lines of `<s> TEXT </s> (an251-fash-b)`; `wav/an4_clstk/fash/`.

    Its test part is for measuring.
    """
    for root in roots(folder, "etc/an4_train.transcription"):
        for line in lines(root / "etc/an4_train.transcription"):
            found = re.fullmatch(r"\s*(?:<s>)?(.*?)(?:</s>)?\s*\(([\w-]+)\)\s*", line)
            if found is None or found[2].count("-") < 2:
                continue
            name, speaker = found[2], found[2].split("-")[1]
            source = root / "wav/an4_clstk" / speaker / f"{name}.sph"
            source = source if source.is_file() else source.with_suffix(".wav")
            yield Clip(source, f"{speaker}/{name}", speaker, found[1].strip().lower())


def vctk(folder: Path) -> Iterator[Clip]:
    """`txt/p225/p225_001.txt`, and `wav48_silence_trimmed/p225/p225_001_mic1.flac` or `wav48/p225/….wav`."""
    for root in roots(folder, "txt"):
        for file in sorted((root / "txt").glob("*/*.txt")):
            speaker, name = file.parent.name, file.stem
            source = root / "wav48_silence_trimmed" / speaker / f"{name}_mic1.flac"
            older = root / "wav48" / speaker / f"{name}.wav"
            source = older if not source.is_file() and older.is_file() else source
            yield Clip(source, f"{speaker}/{name}", speaker, " ".join(lines(file)).strip())


def ljspeech(folder: Path) -> Iterator[Clip]:
    """`metadata.csv`: lines of `LJ001-0001|as printed|as read`, and `wavs/`."""
    for root in roots(folder, "metadata.csv"):
        for line in lines(root / "metadata.csv"):
            name, _, texts = line.partition("|")
            text = texts.rpartition("|")[2].strip()
            if text:
                yield Clip(root / "wavs" / f"{name}.wav", name, "lj", text)
