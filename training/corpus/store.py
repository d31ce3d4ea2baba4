"""Features of whole corpora on disk: made once, read for every epoch.

Each utterance is kept several times: as it was recorded, and faster or slower in other rooms. A source is
two files in the store's folder, `<source>.f16` (frames × mels float16) and `<source>.json`, which is written
last, so that a source is whole or absent.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from device.audio.frontend import FrontEndSettings, features
from device.audio.wav import read
from device.errors import AudioError, MynahError
from device.events import Samples
from training.corpus import augment, manifest, synthesis

TOLD = 5
"""Recordings that are named where they cannot be read."""
COPIES = 3
"""How often each utterance is kept: the first copy as it was recorded."""
CLIPPED, CODED = 0.12, 0.15
"""Shares of the other copies that are too loud for their microphone, and that a codec has worked on."""


@dataclass(frozen=True, slots=True)
class Item:
    """One copy of an utterance: rows [start, start + frames) of its source's features.

    `tempo`: its speed in relation to the first copy. `segments`: (phone, start s, end s) of the first copy
    where the synthesizer tells them.
    """

    source: str
    number: int
    text: str
    speaker: str
    start: int
    frames: int
    tempo: float = 1.0
    segments: tuple[tuple[str, float, float], ...] = ()

    @property
    def end(self) -> int:
        """The row behind its last one."""
        return self.start + self.frames


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be read or said, and why."""

    what: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Samples to be stored, with what is known of them."""

    text: str
    speaker: str
    samples: Samples
    segments: tuple[tuple[str, float, float], ...] = ()


def load_recording(utterance: manifest.Utterance) -> Recording:
    return Recording(utterance.text, utterance.speaker, read(utterance.path))


def load_synthetic(utterance: synthesis.Utterance) -> Recording:
    voice = utterance.voice
    arguments = (utterance.text, voice, utterance.rate, utterance.pitch)
    if voice.engine != "flite":
        return Recording(utterance.text, str(voice), synthesis.speak(*arguments))
    samples, segments = synthesis.speak_aligned(*arguments)
    return Recording(utterance.text, str(voice), samples, tuple(segments))


def load_measured_rooms(folder: Path) -> tuple[augment.Floats, ...]:
    """The room responses under `folder`, from their direct sound on."""
    return tuple(augment.trimmed_room(read(path)) for path in sorted(folder.glob("*.flac")))


Copies = list[tuple[float, npt.NDArray[np.float16]]]
"""Of a recording: the tempo and the features of each."""


def _copies(
    task: tuple[int, object], load: Callable[[object], Recording], rooms: Sequence[augment.Floats]
) -> tuple[Recording, Copies] | Failure:
    """Runs in a worker: the features of each copy with its tempo."""
    seed, source = task
    try:
        recording = load(source)
    except (AudioError, synthesis.SynthesisError) as error:
        return Failure(str(error))
    rng = np.random.default_rng(seed)
    copies = []
    for number in range(COPIES):
        samples, tempo = recording.samples, 1.0
        if number:
            tempo = float(rng.uniform(0.88, 1.14))
            samples = augment.faster(samples, tempo)
            samples = augment.reverberate(samples, _room(rng, rooms)) if rng.random() < 0.8 else samples
            samples = augment.clipped(samples, rng) if rng.random() < CLIPPED else samples
            samples = augment.coded(samples, rng) if rng.random() < CODED else samples
        copies.append((tempo, features(samples).astype(np.float16)))
    return replace(recording, samples=np.zeros(0, np.int16)), copies


def _items(source: str, number: int, of: Recording, copies: Copies, start: int) -> Iterator[Item]:
    """What the store says of the copies, the first of which begins at row `start`."""
    for tempo, frames in copies:
        yield Item(source, number, of.text, of.speaker, start, len(frames), tempo, of.segments)
        start += len(frames)


def _room(rng: np.random.Generator, measured: Sequence[augment.Floats]) -> augment.Floats:
    """One of the `measured` rooms, or a simulated one, by one of two methods."""
    kind = rng.random()
    if measured and kind < 0.15:
        return measured[int(rng.integers(len(measured)))]
    return augment.living_room(rng) if kind < 0.6 else augment.simulated_room(rng)


class Store:
    """Sources of features in `folder`."""

    def __init__(self, folder: Path, settings: FrontEndSettings | None = None) -> None:
        self.folder = folder
        self.fingerprint = (settings or FrontEndSettings()).fingerprint
        folder.mkdir(parents=True, exist_ok=True)

    def __contains__(self, source: str) -> bool:
        return (self.folder / f"{source}.json").is_file()

    def add(
        self,
        source: str,
        recordings: Sequence[Any],
        load: Callable[[Any], Recording],
        rooms: Sequence[augment.Floats],
        jobs: int = 2,
    ) -> None:
        """Computes and writes `source`, unless it is there. What cannot be read is told and left out.

        MynahError where it cannot be written; the sources before it are kept.
        """
        if source in self:
            return
        try:
            self._compute(source, recordings, load, rooms, jobs)
        except OSError as error:
            raise MynahError(
                f"{self.folder / source}: cannot be kept ({error.strerror or error}); make room and run the"
                " same command again: what was computed before is there"
            ) from None

    def _compute(
        self,
        source: str,
        recordings: Sequence[Any],
        load: Callable[[Any], Recording],
        rooms: Sequence[augment.Floats],
        jobs: int,
    ) -> None:
        items: list[Item] = []
        failures: list[Failure] = []
        partial_file = self.folder / f"{source}.part"
        with (
            partial_file.open("wb") as file,
            ProcessPoolExecutor(jobs, initializer=os.nice, initargs=(10,)) as pool,
        ):
            work = pool.map(partial(_copies, load=load, rooms=rooms), enumerate(recordings), chunksize=8)
            try:
                each = tqdm(work, source, len(recordings), unit="utt", mininterval=10)
                for number, done in enumerate(each):
                    if isinstance(done, Failure):
                        failures.append(done)
                        continue
                    recording, copies = done
                    items += _items(source, number, recording, copies, items[-1].end if items else 0)
                    file.writelines(frames.tobytes() for _, frames in copies)
            except BaseException:
                pool.shutdown(cancel_futures=True)  # or the rest would be computed before it is told
                raise
        for failure in failures[:TOLD]:
            print(f"{source}: left out: {failure.what}", file=sys.stderr)
        if len(failures) > TOLD:
            print(f"{source}: {len(failures)} of {len(recordings)} left out", file=sys.stderr)
        partial_file.rename(self.folder / f"{source}.f16")
        text = json.dumps({"fingerprint": self.fingerprint, "items": [asdict(item) for item in items]})
        temporary = self.folder / f"{source}.json.part"
        temporary.write_text(text)
        temporary.rename(self.folder / f"{source}.json")

    def items(self, source: str) -> list[Item]:
        content = json.loads((self.folder / f"{source}.json").read_text())
        if content["fingerprint"] != self.fingerprint:
            raise ValueError(f"{self.folder / source}: made with another front end; delete the folder")
        return [
            Item(**{**item, "segments": tuple((p, s, e) for p, s, e in item["segments"])})
            for item in content["items"]
        ]

    def mapped(self, source: str, mels: int = 40) -> npt.NDArray[np.float16]:
        """(frames, mels) of the whole source, mapped from the disk."""
        return np.memmap(self.folder / f"{source}.f16", np.float16, "r").reshape(-1, mels)


def first_copies(items: Iterable[Item]) -> Iterator[Item]:
    """The utterances as they were recorded."""
    return (item for item in items if item.tempo == 1.0)
