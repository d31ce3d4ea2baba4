"""Whether a data folder is as its manifests say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import soundfile
from tqdm import tqdm

from device.errors import MynahError
from device.events import SAMPLE_RATE
from training.corpus.manifest import HELD_OUT, Utterance, held_out, read_manifest

JOBS = 2
TOLERANCE = 0.1
"""Seconds by which a recording may be longer or shorter than its manifest says."""

ABSENT, DAMAGED, LENGTH, OTHER = (
    "are not there",
    "cannot be read",
    "are of another length than the manifest says",
    "are not 16 kHz mono, which makes training slower",
)


def problems(data: Path, folders: Sequence[Path]) -> Iterator[str]:
    """A line for each kind of fault in each folder, as soon as it is known."""
    whole: dict[str, list[Utterance]] = {}
    for folder in folders:
        name = str(folder.relative_to(data))
        try:
            whole[name] = read_manifest(folder)
        except (MynahError, ValueError, OSError) as error:
            yield f"{name}: {error}"
            continue
        print(summary(name, whole[name]), flush=True)
        yield from _faulty(name, whole[name])
    yield from doubled(whole)


def summary(name: str, items: Sequence[Utterance]) -> str:
    hours, speakers = sum(item.seconds for item in items) / 3600, len(_people(items))
    return f"{name}: {len(items)} recordings, {hours:.1f} h" + (f", {speakers} speakers" if speakers else "")


def doubled(folders: Mapping[str, Iterable[Utterance]]) -> Iterator[str]:
    """Speakers of one corpus in two folders, where training hears them in one and is measured on them in the
    other. Corpora are one where the name of a folder is the other's with something added."""
    people = {name: _people(items) for name, items in folders.items()}
    for name, other in permutations(people, 2):
        if not Path(other).name.startswith(f"{Path(name).name}-"):
            continue
        torn = [who for who in people[name] & people[other] if _measured(name, who) != _measured(other, who)]
        if torn:
            yield (
                f"{name}, {other}: {len(torn)} speakers are in both, trained on in one and measured with in"
                " the other: put the two into one folder"
            )


def _measured(folder: str, speaker: str) -> bool:
    return held_out(f"{Path(folder).name}/{speaker}", HELD_OUT)


def _people(items: Iterable[Utterance]) -> set[str]:
    """Who is named; where nobody is, the path stands for a speaker."""
    named = ((item.speaker.partition("/")[2], str(item.path)) for item in items)
    return {who for who, path in named if not path.endswith(who)}


def _faulty(name: str, items: Sequence[Utterance]) -> Iterator[str]:
    found: dict[str, list[Path]] = defaultdict(list)
    with ThreadPoolExecutor(JOBS) as pool:
        for item, fault in zip(
            items, tqdm(pool.map(_fault, items), name, len(items), unit="clip", mininterval=5), strict=True
        ):
            if fault:
                found[fault].append(item.path)
    for fault, paths in found.items():
        yield f"{name}: {len(paths)} of {len(items)} recordings {fault}, such as {paths[0].name}"


def _fault(item: Utterance) -> str:
    """What is wrong with a recording; it is decoded whole."""
    if not item.path.is_file():
        return ABSENT
    try:
        with soundfile.SoundFile(item.path) as file:
            rate, channels, frames = file.samplerate, file.channels, 0
            while len(block := file.read(rate * 10, dtype="int16")):
                frames += len(block)
    except (OSError, soundfile.SoundFileError):
        return DAMAGED
    if abs(frames / rate - item.seconds) > TOLERANCE:
        return LENGTH
    return "" if (rate, channels) == (SAMPLE_RATE, 1) else OTHER
