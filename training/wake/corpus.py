"""What a wake word is trained on: fills the feature store, and says who is held out of training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.audio.frontend import features
from device.audio.wav import read
from device.daemon.review import Clip
from device.errors import AudioError, MynahError
from device.events import SAMPLE_RATE, Samples
from training.corpus import manifest, synthesis
from training.corpus.store import Item, Recording
from training.wake.phrases import Phrase

HELD_OUT_SPEECH = 0.4
"""Share of the real speakers whom training does not hear: in their hours false accepts are counted."""
CHOOSING_SPEECH = 0.13
"""Share of the real speakers, the first of those, who set thresholds; on the others the gates are tried.

The acoustic model, which takes the second look, knows most people, but not the first `manifest.HELD_OUT`.
"""
HELD_OUT_VOICES = 0.08
PARTS = ("speech", "wake", "negative")
"""Folders of the data that hold folders of recordings, none of which says the phrase."""
VOICES = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
"""Who says the phrase, what is near it, and commands."""
RECORDED, HOUSEHOLD = "recorded", "household"
"""The user's own: the phrase as people say it, and what is heard at home otherwise."""
PIECE = 6.0
"""Seconds to which long recordings are cut."""
CROWD = 20
"""People whose recordings of a phrase are parted as all speech is; those of fewer are all trained on."""
REVIEWED = "reviewed"
"""Who is heard in what the daemon kept."""
PHRASE = round(1.2 * SAMPLE_RATE)
"""Samples before its end in which the phrase is, in what the daemon kept."""
LEAST = 900
"""Utterances of one phrase, where several share the total."""
HOP = 160
TAIL = 25
"""Frames of silence, or of the room's echo, that stored phrases have after their end."""


Source = tuple[Path, str]
"""The folder of a store, and a source in it."""


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` is in `text`: such a recording is no example of other speech."""
    return any(f" {manifest.normalise(phrase)} " in f" {text} " for phrase in phrases)


def is_held_out(item: Item) -> bool:
    """Whether training leaves `item` to the choice of the threshold: by its speaker, for ever."""
    if item.source.startswith(RECORDED) or item.speaker == REVIEWED:
        return False  # those to be held out are not stored
    if item.source == "noise":
        return manifest.held_out(item.speaker, manifest.NOISE_HELD_OUT)  # no noise has a speaker: by its file
    if any(item.speaker.startswith(f"{engine}/") for engine in synthesis.ENGINES):
        return manifest.held_out(item.speaker.partition("+")[2], HELD_OUT_VOICES)
    return manifest.held_out(item.speaker, HELD_OUT_SPEECH)


def chooses(speaker: str) -> bool:
    """Whether thresholds are set by what a real speaker says."""
    return manifest.held_out(speaker, CHOOSING_SPEECH)


def is_gated(speaker: str) -> bool:
    """Whether a real speaker has no part in training, and none in its thresholds."""
    return manifest.held_out(speaker, HELD_OUT_SPEECH) and not chooses(speaker)


def is_left_out(voice: synthesis.Voice) -> bool:
    """`is_held_out` for a voice: some of espeak-ng's speakers, in every accent."""
    return manifest.held_out(voice.variant, HELD_OUT_VOICES)


def numbered(source: str, number: int) -> str:
    return f"{source}-{number + 1}" if number else source


def load_trimmed(utterance: synthesis.Utterance) -> Recording:
    """The utterance without the silence before it, and TAIL frames of silence after it."""
    samples = trimmed(synthesis.speak_utterance(utterance))
    return Recording(utterance.text, str(utterance.voice), with_tail(samples))


def with_tail(samples: Samples) -> Samples:
    return np.concatenate((samples, np.zeros(TAIL * HOP, np.int16)))


def said_in(wanted: Sequence[Phrase], folders: Sequence[Path]) -> list[list[manifest.Utterance]]:
    """The recordings of each phrase: those whose text it is, or, of the only one, that have none.

    MynahError without any.
    """
    every = [item for folder in folders for item in manifest.recordings(folder)]
    mute = [item for item in every if not item.text] if len(wanted) == 1 else []
    found = [
        [*(item for item in every if item.text == manifest.normalise(phrase.text)), *mute]
        for phrase in wanted
    ]
    if not any(found):
        names = ", ".join(repr(phrase.text) for phrase in wanted)
        raise MynahError(f"no recording of {names} in {', '.join(map(str, folders))}; name another folder")
    return found


def load_said(item: manifest.Utterance | Clip) -> Recording:
    """As `load_trimmed`, of a recording; of one that the daemon kept, up to the end of the phrase."""
    if isinstance(item, Clip):
        samples = read(item.file)[: round(item.end * SAMPLE_RATE)]
        return Recording(item.name, REVIEWED, with_tail(trimmed(samples[-PHRASE:])))
    return Recording(item.text, item.speaker, with_tail(trimmed(read(item.path))))


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a long recording."""

    path: Path
    speaker: str
    number: int


def pieces_of(folders: Sequence[Path]) -> list[Piece]:
    """What is recorded in `folders`, cut into pieces of PIECE seconds."""
    return [
        Piece(item.path, item.speaker, number)
        for folder in folders
        for item in manifest.recordings(folder)
        for number in range(max(1, math.ceil(item.seconds / PIECE)))
    ]


def load_unsaid(piece: Piece | Clip) -> Recording:
    if isinstance(piece, Clip):
        return Recording("", REVIEWED, read(piece.file))
    size = round(PIECE * SAMPLE_RATE)
    samples = read(piece.path)[piece.number * size : (piece.number + 1) * size]
    if len(samples) < SAMPLE_RATE // 5:
        raise AudioError(f"{piece.path}: nothing in it from {piece.number * PIECE:.0f} s on")
    return Recording("", piece.speaker, samples)


def trimmed(samples: Samples, depth: float = 35.0) -> Samples:
    """From the first to the last frame that is at most `depth` decibels below the loudest."""
    return samples[loud_part(samples, depth)]


def loud_part(samples: Samples, depth: float = 35.0) -> slice:
    """Where `trimmed` cuts."""
    energy = np.log10(np.exp(features(samples)).sum(axis=1)) * 10
    loud = np.flatnonzero(energy > energy.max() - depth)
    return slice(int(loud[0]) * HOP, int(loud[-1]) * HOP + 400)
