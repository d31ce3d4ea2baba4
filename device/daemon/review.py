"""What the wake word may have got wrong, kept on the device for its owner to say so: only with their consent.

A few seconds are kept of a wake word after which nothing was said, or "never mind", and of one that was
nearly heard before it was said again. `mynah review` shows, plays and labels them; `mynah-train wake
--review` learns from them. Nobody but the user whom the daemon runs as can read the folder and its files.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

import numpy as np

from device.audio import wav
from device.channels.channel import Duty
from device.channels.steps import Step
from device.errors import AudioError, ReviewError
from device.events import SAMPLE_RATE, AudioChunk, Cancel, Detection, Samples, Turn
from device.system.atomic import sync, write_whole

log = logging.getLogger(__name__)

BEFORE, AFTER = 2.0, 0.5
"""Seconds kept before a wake word's end, and after it."""
AGAIN = 5.0
"""Seconds within which a wake word is said again by someone who was not heard."""
OURS = "-".join("[0-9]" * digits for digits in (8, 6, 6))
"""Names of clips: date, time, microseconds."""


class Reason(Enum):
    """Why something is kept."""

    CANCELLED = "nothing came after it"
    NEAR_MISS = "nearly heard, then said again"


class Label(Enum):
    """What somebody who listened says that it is."""

    WAKE = "wake"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Clip:
    """A kept recording. `end`: second at which the word ends in it, if it is one."""

    file: Path
    name: str
    probability: float
    reason: Reason
    when: str
    end: float
    label: Label | None = None


class Store:
    """At most `most` clips in `folder`; the oldest makes room. Raises ReviewError where it cannot."""

    def __init__(self, folder: Path, most: int = 50) -> None:
        self.folder, self._most = folder, most

    def clips(self) -> list[Clip]:
        """The oldest first; what is no whole clip is left out. ReviewError where they may not be seen."""
        if self.folder.is_dir() and not os.access(self.folder, os.R_OK | os.X_OK):
            raise ReviewError(f"{self.folder}: only the daemon's user may read it; use sudo")
        return [clip for file in sorted(self.folder.glob("*.json")) if (clip := _read(file))]

    def add(self, samples: Samples, found: Detection, reason: Reason, end: float, now: datetime) -> Clip:
        file = self.folder / f"{now:%Y%m%d-%H%M%S-%f}.wav"
        when = now.isoformat(timespec="seconds")
        clip = Clip(file, found.name, round(float(found.probability), 4), reason, when, round(end, 3))
        try:
            if not self.folder.exists():
                self.folder.mkdir(parents=True, mode=0o700)
            self._clear_torn()
            others = self.clips()
            for old in others[: max(0, len(others) + 1 - self._most)]:
                self.delete(old)
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
            wav.write(file, samples)
            sync(file)
            _write(clip)
        except (OSError, AudioError) as error:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            raise ReviewError(
                f"{self.folder}: a recording cannot be kept ({error}); make room there"
            ) from None
        return clip

    def _clear_torn(self) -> None:
        """Delete what a cut of the power has left of a clip: it would never make room."""
        for file in self.folder.glob(f"{OURS}.wav"):
            if not file.with_suffix(".json").exists():
                file.unlink(missing_ok=True)
        for file in self.folder.glob(f".{OURS}.json.new"):
            file.unlink(missing_ok=True)

    def label(self, clip: Clip, label: Label) -> None:
        if not clip.file.exists():
            raise ReviewError(f"{clip.file}: it was deleted to make room; list them again")
        try:
            _write(dataclasses.replace(clip, label=label))
        except OSError as error:
            raise ReviewError(f"{clip.file}: cannot be labelled ({error.strerror})") from None

    def clear(self) -> None:
        """Delete everything, and what is left of clips that are not whole."""
        for pattern in ("*.json", "*.wav", ".*.new"):
            for file in self.folder.glob(pattern):
                file.unlink(missing_ok=True)

    def delete(self, clip: Clip) -> None:
        clip.file.with_suffix(".json").unlink(missing_ok=True)
        clip.file.unlink(missing_ok=True)


def _write(clip: Clip) -> None:
    """The file beside the recording, last and at once."""
    content = {
        "name": clip.name,
        "probability": clip.probability,
        "reason": clip.reason.name.lower(),
        "when": clip.when,
        "end": clip.end,
        "label": clip.label.value if clip.label else None,
    }
    write_whole(clip.file.with_suffix(".json"), json.dumps(content).encode(), 0o600)


def _read(file: Path) -> Clip | None:
    try:
        content = json.loads(file.read_text())
        return Clip(
            file.with_suffix(".wav"),
            str(content["name"]),
            float(content["probability"]),
            Reason[content["reason"].upper()],
            str(content["when"]),
            float(content["end"]),
            Label(content["label"]) if content["label"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


class Recorder(Duty):
    """Follows the loop's audio and steps, and keeps what is doubtful in `store`.

    `near`: the last thing that was nearly taken for a wake word.
    """

    def __init__(
        self,
        store: Store,
        near: Callable[[], Detection | None],
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._store, self._near, self._clock = store, near, clock
        self._heard: deque[AudioChunk] = deque()
        self._kept: Detection | None = None

    def hear(self, chunk: AudioChunk) -> None:
        self._heard.append(chunk)
        longest = BEFORE + AGAIN + 20.0  # as long as a turn may take
        while self._heard[0].end < chunk.end - longest * SAMPLE_RATE:
            self._heard.popleft()

    def take(self, step: Step) -> None:
        if not isinstance(step, Turn) or step.detection is None:
            return
        near = self._near()
        same = near is not None and near.name == step.detection.name
        if near and same and near != self._kept and 0 < step.detection.at - near.at < AGAIN * SAMPLE_RATE:
            self._keep(near, Reason.NEAR_MISS)
            self._kept = near
        if step.transcript is None or any(isinstance(act, Cancel) for act in step.acts):
            self._keep(step.detection, Reason.CANCELLED)

    def _keep(self, found: Detection, reason: Reason) -> None:
        samples, start = self._around(found.at)
        if not samples.any():
            return
        try:
            end = (found.at - start) / SAMPLE_RATE
            clip = self._store.add(samples, found, reason, end, self._clock())
            log.info("kept %s for review: %s", clip.file.name, reason.value)
        except ReviewError as error:
            log.warning("%s", error)

    def _around(self, at: int) -> tuple[Samples, int]:
        """The samples around audio time `at`, and the audio time of the first."""
        first, last = at - round(BEFORE * SAMPLE_RATE), at + round(AFTER * SAMPLE_RATE)
        parts = [chunk for chunk in self._heard if chunk.end > first and chunk.start < last]
        if not parts:
            return np.zeros(0, np.int16), first
        start = parts[0].start
        joined = np.concatenate([chunk.samples for chunk in parts])
        begin = max(0, first - start)
        return joined[begin : last - start], start + begin
