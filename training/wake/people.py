"""The phrase as a crowd says it: put together from what people said in the corpora.

Part of it is trained on; of the speakers whom training leaves out, some choose thresholds and others try
the gates, as `training.wake.corpus` parts them. Their sayings lie in the run's folder, to be listened to.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from device.engine.bundle import Bundle
from device.errors import LexiconError
from device.events import SAMPLE_RATE
from device.hearing.acoustic import AcousticModel
from device.hearing.lexicon import Lexicon
from training.corpus import augment, manifest
from training.hearing.store import Recording, Store, first_copies
from training.wake.alignment import alignment
from training.wake.assembly import Assembled, Inventory, Phones, Spoken, load_assembled, spoken_of
from training.wake.corpus import GATED_SPEECH, HELD_OUT_SPEECH, Source, numbered, says, trimmed, with_tail
from training.wake.phrases import Phrase

ASSEMBLED, NEAR_ASSEMBLED = "assembled", "near-assembled"
TRIALS = "trials"
"""Folder of a run with sayings by people whom training left out."""
CHOICE, GATES = "choice", "gates"
"""Its parts: those on which thresholds are chosen, and those on which they are tried."""
TRIED = 200
"""Sayings of a phrase in each part."""


def speaks(part: str) -> Callable[[str], bool]:
    """Whether a speaker belongs to CHOICE or GATES, or otherwise to training."""

    def belongs(speaker: str) -> bool:
        if not manifest.held_out(speaker, HELD_OUT_SPEECH):
            return part not in (CHOICE, GATES)
        return part == (GATES if manifest.held_out(speaker, GATED_SPEECH) else CHOICE)

    return belongs


def put_together(
    wanted: Sequence[Phrase],
    mine: Store,
    recorded: Store,
    sources: Sequence[tuple[str, Path]],
    acoustic: Path,
    rooms: Sequence[augment.Floats],
    count: int,
    others: int,
    seed: int,
) -> tuple[list[Source | None], list[Source]]:
    """Fills `mine` and its run's TRIALS with the phrases and what is near them.

    `sources`: of `recorded`, with their folders. → the source of each phrase, None where its sounds are not
    to be had, and those of what is near.
    """
    names = [numbered(ASSEMBLED, number) for number in range(len(wanted))]
    trials = mine.folder.parent / TRIALS
    if not (
        all(name in mine for name in (*names, NEAR_ASSEMBLED)) and (trials / GATES / "manifest.tsv").is_file()
    ):
        crowd = gathered(wanted, recorded, sources, acoustic)
        rng = np.random.default_rng(seed)
        for part in (CHOICE, GATES):
            write_trials(wanted, [one for one in crowd if speaks(part)(one.speaker)], trials / part, rng)
        trained = [one for one in crowd if speaks("training")(one.speaker)]
        each = count // len(wanted)
        for name, phrase in zip(names, wanted, strict=True):
            mine.add(name, assembled([(phrase.text, phrase.words)], trained, each, rng), load_joined, rooms)
        near = [(text, words) for phrase in wanted for text, words in nearby(phrase, wanted)]
        mine.add(NEAR_ASSEMBLED, assembled(near, trained, others, rng), load_joined, rooms)
    filled = [(mine.folder, name) if mine.items(name) else None for name in names]
    return filled, [(mine.folder, NEAR_ASSEMBLED)] if mine.items(NEAR_ASSEMBLED) else []


def gathered(
    wanted: Sequence[Phrase], recorded: Store, sources: Sequence[tuple[str, Path]], acoustic: Path
) -> list[Spoken]:
    """What everyone said in `sources`, aligned; without what has one of the phrases in it."""
    model = AcousticModel(Bundle.load(acoustic, "hearing"))
    labels = alignment(recorded, [source for source, _ in sources], lambda: model, acoustic, Lexicon())
    names = [phrase.text for phrase in wanted]
    crowd = []
    for source, folder in sources:
        paths = [item.path for item in manifest.read_manifest(folder) if item.text]
        items = [item for item in first_copies(recorded.items(source)) if not says(item.text, names)]
        crowd += spoken_of(items, recorded.mapped(source), labels, model.phones, paths)
    return crowd


Words = Sequence[Sequence[Phones]]
"""The pronunciations of each word of a text."""


def nearby(phrase: Phrase, wanted: Sequence[Phrase]) -> Iterable[tuple[str, Words]]:
    """What is near `phrase` and none of those `wanted`, with its words' pronunciations."""
    lexicon = Lexicon()
    texts = phrase.near()
    lexicon.prepare(sorted({word for text in texts for word in text.split()}))
    taken = {phones for one in wanted for phones in one.pronunciations}
    for text in texts:
        try:
            words = [lexicon.pronunciations(word)[:1] for word in text.split()]
        except LexiconError:
            continue
        if tuple(phone for word in words for phone in word[0]) not in taken:
            yield text, words


def assembled(
    texts: Sequence[tuple[str, Words]], crowd: Sequence[Spoken], count: int, rng: np.random.Generator
) -> list[Assembled]:
    """`count` of the `texts`, as `crowd` says them; none where its sounds are not among theirs."""
    ways = [(text, tuple(word)) for text, words in texts for word in _ways(words)]
    inventory = Inventory(crowd, [tuple(phone for word in words for phone in word) for _, words in ways])
    able = [way for way in ways if all(inventory.covers(word) for word in way[1])]
    if not able:
        return []
    return [
        inventory.assemble(text, words, rng)
        for text, words in (able[int(rng.integers(len(able)))] for _ in range(count))
    ]


def _ways(words: Words) -> list[list[Phones]]:
    ways: list[list[Phones]] = [[]]
    for pronunciations in words:
        ways = [[*way, tuple(phones)] for way in ways for phones in pronunciations]
    return ways


def load_joined(item: Assembled) -> Recording:
    """As a recording of the phrase is stored."""
    recording = load_assembled(item)
    return Recording(item.text, item.speaker, with_tail(trimmed(recording.samples)))


def write_trials(
    wanted: Sequence[Phrase], crowd: Sequence[Spoken], folder: Path, rng: np.random.Generator
) -> None:
    """TRIED sayings of each phrase, as recordings with a manifest; it is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [("path", "seconds", "speaker", "text")]
    for phrase in wanted:
        for number, item in enumerate(assembled([(phrase.text, phrase.words)], crowd, TRIED, rng)):
            name = f"{phrase.text.replace(' ', '-')}-{number:03}.flac"
            samples = load_assembled(item).samples
            soundfile.write(folder / name, samples, SAMPLE_RATE)
            rows.append((name, f"{len(samples) / SAMPLE_RATE:.2f}", item.speaker, phrase.text))
    with (folder / "manifest.tsv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE).writerows(rows)


def trials(run: Path, part: str, phrase: str) -> list[manifest.Utterance]:
    """The sayings of `phrase` that a run keeps for CHOICE or GATES; none where it had no such speech."""
    folder = run / TRIALS / part
    if not (folder / "manifest.tsv").is_file():
        return []
    return [item for item in manifest.read_manifest(folder) if item.text == manifest.normalise(phrase)]
