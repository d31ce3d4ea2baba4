"""What a wake word is trained on: fills the feature store, and says who is held out of training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.audio.frontend import features
from device.audio.wav import read
from device.errors import AudioError, MynahError
from device.events import SAMPLE_RATE, Samples
from device.review import Clip, Label
from device.review import Store as Reviewed
from training.corpus import augment, manifest, synthesis, texts
from training.hearing.store import Item, Recording, Store, load_measured_rooms, load_recording
from training.wake.phrases import Phrase

HELD_OUT_SPEECH = 0.4
"""Share of the real speakers kept for the threshold: their hours are what false accepts are counted in."""
GATED_SPEECH = 0.27
"""Share of the real speakers, of those, who do not set the threshold either: on them the gates are tried."""
HELD_OUT_VOICES = 0.08
PARTS = ("speech", "wake", "negative")
"""Folders of the data that hold folders of recordings, none of which says the phrase."""
VOICES = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
"""Who says the phrase, what is near it, and commands."""
RECORDED, HOUSEHOLD = "recorded", "household"
"""The user's own: the phrase as people say it, and what is heard at home otherwise."""
PIECE = 6.0
"""Seconds to which long recordings are cut."""
REVIEWED = "reviewed"
"""Who is heard in what the daemon kept."""
PHRASE = round(1.2 * SAMPLE_RATE)
"""Samples before its end in which the phrase is, in what the daemon kept."""
LEAST = 900
"""Utterances of one phrase, where several share the total."""
HOP = 160
TAIL = 25
"""Frames of silence, or of the room's echo, that stored phrases have after their end."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where each kind of row comes from: (folder of the store, source) pairs."""

    phrases: tuple[tuple[Path, str], ...]  # one for each
    recorded: tuple[tuple[Path, str] | None, ...]  # of each by people, where there are such recordings
    near: tuple[tuple[Path, str], ...]
    speech: tuple[tuple[Path, str], ...]
    followers: tuple[tuple[Path, str], ...]  # commands, which follow the phrase
    noise: tuple[tuple[Path, str], ...]


def is_held_out(item: Item) -> bool:
    """Whether training leaves `item` to the choice of the threshold: by its speaker, for ever."""
    if item.source.startswith(RECORDED) or item.speaker == REVIEWED:
        return False  # few and dear
    if item.source == "noise":
        return manifest.held_out(item.speaker, manifest.NOISE_HELD_OUT)  # no noise has a speaker: by its file
    if any(item.speaker.startswith(f"{engine}/") for engine in synthesis.ENGINES):
        return manifest.held_out(item.speaker.partition("+")[2], HELD_OUT_VOICES)
    return manifest.held_out(item.speaker, HELD_OUT_SPEECH)


def is_left_out(voice: synthesis.Voice) -> bool:
    """`is_held_out` for a voice: some of espeak-ng's speakers, in every accent."""
    return manifest.held_out(voice.variant, HELD_OUT_VOICES)


def prepare(
    wanted: Sequence[Phrase],
    data: Path,
    own: Path,
    shared: Path,
    phrases: int = 3600,
    others: int = 2000,
    seed: int = 1,
    recordings: Sequence[Path] = (),
    negatives: Sequence[Path] = (),
    review: Path | None = None,
) -> Sources:
    """Computes what is missing in the stores `own` (synthetic) and `shared` (recordings, for all runs).

    `phrases`: utterances of those `wanted`, together. `recordings`: folders in which people say them;
    `negatives`: in which nobody does; `review`: what the daemon kept and somebody labelled.
    """
    rooms = load_measured_rooms(data / "rir")
    mine = Store(own)
    speak(wanted, mine, rooms, phrases, others, seed)
    people = said_in(wanted, recordings) if recordings else [[] for _ in wanted]
    clips = Reviewed(review).clips() if review else []
    said = [
        [*items, *(clip for clip in clips if clip.label is Label.WAKE and clip.name == phrase.text)]
        for phrase, items in zip(wanted, people, strict=True)
    ]
    for number, items in enumerate(said):
        if items:
            mine.add(_numbered(RECORDED, number), items, load_said, rooms)
    pieces = [*pieces_of(negatives), *(clip for clip in clips if clip.label is Label.OTHER)]
    if pieces:
        mine.add(HOUSEHOLD, pieces, load_unsaid, rooms)
    recorded = Store(shared)
    recorded.add("noise", manifest.read_manifest(data / "noise"), load_recording, rooms)
    folders = [folder for part in PARTS for folder in sorted((data / part).glob("*")) if folder.is_dir()]
    for folder in folders:
        utterances = manifest.read_manifest(folder)
        if folder.parent.name != "negative":
            utterances = [utterance for utterance in utterances if utterance.text]
        recorded.add(_name(folder), utterances, load_recording, rooms)
    return Sources(
        phrases=tuple((own, _numbered("phrases", number)) for number in range(len(wanted))),
        recorded=tuple(
            (own, _numbered(RECORDED, number)) if items else None for number, items in enumerate(said)
        ),
        near=((own, "near"),),
        speech=(
            *((shared, _name(folder)) for folder in folders),
            (own, "commands"),
            *([(own, HOUSEHOLD)] if pieces else []),
        ),
        followers=((own, "commands"),),
        noise=((shared, "noise"),),
    )


def _numbered(source: str, number: int) -> str:
    return f"{source}-{number + 1}" if number else source


def speak(
    wanted: Sequence[Phrase],
    store: Store,
    rooms: Sequence[augment.Floats],
    phrases: int,
    others: int,
    seed: int,
) -> None:
    """What synthetic voices say: the phrases, what is near them, and commands."""
    rng = np.random.default_rng(seed)
    each = max(phrases // len(wanted), min(phrases, LEAST))
    for number, phrase in enumerate(wanted):
        store.add(_numbered("phrases", number), _phrase_utterances(phrase, each, rng), load_trimmed, rooms)
    store.add("near", _near_utterances(wanted, others, rng), load_trimmed, rooms)
    commands = list(texts.home_commands(others, rng))
    drawn = synthesis.draw(commands, VOICES, others, rng)
    store.add("commands", drawn, load_trimmed, rooms)


def _name(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}"


def _phrase_utterances(phrase: Phrase, count: int, rng: np.random.Generator) -> list[synthesis.Utterance]:
    speakers = [voice for voice in VOICES if phrase.spellings(voice)]
    drawn = synthesis.draw([phrase.text], speakers, count, rng, rates=(0.75, 1.4), espeak_share=0.65)
    return [_spelled(phrase, utterance, rng) for utterance in drawn]


def _spelled(phrase: Phrase, utterance: synthesis.Utterance, rng: np.random.Generator) -> synthesis.Utterance:
    spellings = phrase.spellings(utterance.voice)
    text = spellings[int(rng.integers(len(spellings)))]
    return synthesis.Utterance(text, utterance.voice, utterance.rate, utterance.pitch)


def _near_utterances(
    wanted: Sequence[Phrase], count: int, rng: np.random.Generator
) -> list[synthesis.Utterance]:
    names = {phrase.text for phrase in wanted}
    texts = [text for phrase in wanted for text in phrase.near() if text not in names]
    drawn = synthesis.draw(texts, VOICES, count, rng, rates=(0.75, 1.4), espeak_share=0.65)
    return [
        utterance
        for utterance in drawn
        if all(phrase.is_near(utterance.text, utterance.voice) for phrase in wanted)
    ]


def load_trimmed(utterance: synthesis.Utterance) -> Recording:
    """The utterance without the silence before it, and TAIL frames of silence after it."""
    samples = trimmed(synthesis.speak_utterance(utterance))
    return Recording(utterance.text, str(utterance.voice), _with_tail(samples))


def _with_tail(samples: Samples) -> Samples:
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
        return Recording(item.name, REVIEWED, _with_tail(trimmed(samples[-PHRASE:])))
    return Recording(item.text, item.speaker, _with_tail(trimmed(read(item.path))))


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
