"""Fills the feature stores of a wake word: what is said to it, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.daemon.review import Label
from device.daemon.review import Store as Reviewed
from training.corpus import augment, manifest, synthesis, texts
from training.corpus.store import Store, load_measured_rooms, load_recording
from training.wake import people
from training.wake.corpus import (
    HOUSEHOLD,
    LEAST,
    PARTS,
    RECORDED,
    VOICES,
    load_said,
    load_trimmed,
    load_unsaid,
    numbered,
    pieces_of,
    said_in,
)
from training.wake.phrases import Phrase
from training.wake.sources import Sources


@dataclass(frozen=True, slots=True)
class Amounts:
    """Utterances that are made of each kind, all phrases together."""

    spoken: int = 2400  # the phrases, by synthetic voices
    others: int = 1600  # of each kind that is not the phrase


@dataclass(frozen=True, slots=True)
class Own:
    """What the user brings."""

    recordings: tuple[Path, ...] = ()  # folders in which people say the phrases
    negatives: tuple[Path, ...] = ()  # in which nobody does
    review: Path | None = None  # what the daemon kept and somebody labelled


def prepare(
    wanted: Sequence[Phrase],
    data: Path,
    run: Path,
    shared: Path,
    acoustic: Path | None,
    amounts: Amounts,
    own: Own,
    seed: int,
) -> Sources:
    """Computes what is missing in the run's store and in `shared` (recordings, for all runs).

    `acoustic`: the bundle that aligns the recordings, from which the phrases are put together; without it
    they are not.
    """
    rooms = load_measured_rooms(data / "rir")
    mine, recorded = Store(run / "features"), Store(shared)
    speak(wanted, mine, rooms, amounts, seed)
    recordings = said_in(wanted, own.recordings) if own.recordings else [[] for _ in wanted]
    said = add_recorded(wanted, mine, recordings, own.review, rooms)
    household = add_household(mine, own, rooms)
    recorded.add("commands", _commands(amounts.others, np.random.default_rng(seed)), load_trimmed, rooms)
    recorded.add("noise", manifest.read_manifest(data / "noise"), load_recording, rooms)
    folders = [folder for part in PARTS for folder in sorted((data / part).glob("*")) if folder.is_dir()]
    for folder in folders:
        utterances = manifest.read_manifest(folder)
        if folder.parent.name != "negative":
            utterances = [utterance for utterance in utterances if utterance.text]
        recorded.add(_name(folder), utterances, load_recording, rooms)
    crowd = None
    if acoustic is not None:
        spoken = [(_name(folder), folder) for folder in folders if folder.parent.name != "negative"]
        crowd = people.crowd_of(wanted, recorded, spoken, acoustic)
    people.write_trials(crowd, recordings, run / people.TRIALS, np.random.default_rng(seed))
    return Sources(
        words=tuple(phrase.text for phrase in wanted),
        phrases=tuple((mine.folder, numbered("phrases", number)) for number in range(len(wanted))),
        crowd=crowd,
        recorded=tuple((mine.folder, numbered(RECORDED, n)) if some else None for n, some in enumerate(said)),
        near=((mine.folder, "near"),),
        speech=(
            *((shared, _name(folder)) for folder in folders),
            (shared, "commands"),
            *([(mine.folder, HOUSEHOLD)] if household else []),
        ),
        followers=((shared, "commands"),),
        noise=((shared, "noise"),),
    )


def add_recorded(
    wanted: Sequence[Phrase],
    mine: Store,
    recordings: Sequence[Sequence[manifest.Utterance]],
    review: Path | None,
    rooms: Sequence[augment.Floats],
) -> list[bool]:
    """Stores what people say whom training hears; whether there is any, for each phrase."""
    clips = Reviewed(review).clips() if review else []
    found = []
    for number, (phrase, said) in enumerate(zip(wanted, recordings, strict=True)):
        items = people.parted(said, people.TRAINING)
        kept = [clip for clip in clips if clip.label is Label.WAKE and clip.name == phrase.text]
        found.append(bool(items or kept))
        if found[-1]:
            mine.add(numbered(RECORDED, number), [*items, *kept], load_said, rooms)
    return found


def add_household(mine: Store, own: Own, rooms: Sequence[augment.Floats]) -> bool:
    """Stores what is heard at home otherwise, if there is any."""
    clips = Reviewed(own.review).clips() if own.review else []
    pieces = [*pieces_of(own.negatives), *(clip for clip in clips if clip.label is Label.OTHER)]
    if pieces:
        mine.add(HOUSEHOLD, pieces, load_unsaid, rooms)
    return bool(pieces)


def _name(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}"


def speak(
    wanted: Sequence[Phrase],
    store: Store,
    rooms: Sequence[augment.Floats],
    amounts: Amounts,
    seed: int,
) -> None:
    """What synthetic voices say: the phrases, and what is near them."""
    rng = np.random.default_rng(seed)
    each = max(amounts.spoken // len(wanted), min(amounts.spoken, LEAST))
    for number, phrase in enumerate(wanted):
        store.add(numbered("phrases", number), _phrase_utterances(phrase, each, rng), load_trimmed, rooms)
    store.add("near", _near_utterances(wanted, amounts.others, rng), load_trimmed, rooms)


def _commands(count: int, rng: np.random.Generator) -> list[synthesis.Utterance]:
    return synthesis.draw(list(texts.home_commands(count, rng)), synthesis.able(VOICES), count, rng)


def _phrase_utterances(phrase: Phrase, count: int, rng: np.random.Generator) -> list[synthesis.Utterance]:
    speakers = [voice for voice in synthesis.able(VOICES) if phrase.spellings(voice)]
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
    drawn = synthesis.draw(texts, synthesis.able(VOICES), count, rng, rates=(0.75, 1.4), espeak_share=0.65)
    return [
        utterance
        for utterance in drawn
        if all(phrase.is_near(utterance.text, utterance.voice) for phrase in wanted)
    ]
