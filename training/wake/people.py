"""The phrase as a crowd says it: put together from what people said in the corpora.

Part of it is trained on; of the speakers whom training leaves out, some choose thresholds and others try
the gates, as `training.wake.corpus` parts them. Their sayings lie in the run's folder, to be listened to.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from device.engine.bundle import Bundle
from device.errors import LexiconError
from device.events import SAMPLE_RATE
from device.hearing.acoustic import AcousticModel
from device.hearing.lexicon import Lexicon
from training.corpus import manifest
from training.corpus.store import Store, first_copies
from training.wake.alignment import alignment
from training.wake.assembly import Floats, Inventory, Phones, Spoken, load_assembled, spoken_of
from training.wake.corpus import CROWD, HELD_OUT_SPEECH, chooses, says
from training.wake.phrases import Phrase

TRIALS = "trials"
"""Folder of a run with sayings by people whom training left out."""
TRAINING, CHOICE, GATES = "training", "choice", "gates"
"""Parts of the people: on the last two, thresholds are chosen and tried. Their sayings are kept there."""
TRIED = 200
"""Sayings of a phrase in each part."""


def speaks(part: str) -> Callable[[str], bool]:
    """Tells whether a speaker belongs to `part`."""

    def belongs(speaker: str) -> bool:
        if not manifest.held_out(speaker, HELD_OUT_SPEECH):
            return part == TRAINING
        return part == (CHOICE if chooses(speaker) else GATES)

    return belongs


Way = tuple[str, tuple[Phones, ...]]
"""A text, and a pronunciation of each of its words."""
Said = tuple[str, tuple[tuple[Phones, ...], ...]]
"""A text, and the pronunciations of each of its words."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What everyone said: `sources` of the store `folder`, each with the folder of its recordings.

    Aligned by the bundle `acoustic`. `phrases`: what they shall say; `near`: what sounds like it.
    """

    folder: Path
    sources: tuple[tuple[str, Path], ...]
    acoustic: Path
    phrases: tuple[Said, ...]
    near: tuple[Said, ...]

    def spoken(self, part: str) -> list[Spoken]:
        """The utterances of the people of `part`, without those in which one of the phrases is said."""
        store, bundle = Store(self.folder), Bundle.load(self.acoustic, "hearing")
        names = [source for source, _ in self.sources]
        labels = alignment(store, names, lambda: AcousticModel(bundle), self.acoustic, Lexicon())
        words = [text for text, _ in self.phrases]
        belongs = speaks(part)
        found = []
        for source, folder in self.sources:
            paths = [item.path for item in manifest.read_manifest(folder) if item.text]
            items = [
                item
                for item in first_copies(store.items(source))
                if belongs(item.speaker) and not says(item.text, words)
            ]
            found += spoken_of(items, store.mapped(source), labels, bundle.labels, paths)
        return found


def crowd_of(
    wanted: Sequence[Phrase], store: Store, sources: Sequence[tuple[str, Path]], acoustic: Path
) -> Crowd:
    phrases = tuple((phrase.text, tuple(map(tuple, phrase.words))) for phrase in wanted)
    near = tuple(dict.fromkeys(one for phrase in wanted for one in nearby(phrase, wanted)))
    return Crowd(store.folder, tuple(sources), acoustic, phrases, near)


class Sayer:
    """The people of a crowd whom training hears, saying what they never said."""

    def __init__(self, crowd: Crowd) -> None:
        spoken = crowd.spoken(TRAINING)
        self._ways = [_ways(*said) for said in crowd.phrases]
        self._near = [way for said in crowd.near for way in _ways(*said)]
        every = [way for ways in (*self._ways, self._near) for way in ways]
        self._inventory = Inventory(spoken, {sum(words, ()) for _, words in every})
        self._ways = [self._able(ways) for ways in self._ways]
        self._near = self._able(self._near)

    def phrase(self, number: int, rng: np.random.Generator) -> Floats | None:
        """Log-mel features of a phrase; None where its sounds are not among theirs."""
        return self._say(self._ways[number], rng)

    def near(self, rng: np.random.Generator) -> Floats | None:
        """The same of something that sounds like one."""
        return self._say(self._near, rng)

    def _able(self, ways: Sequence[Way]) -> list[Way]:
        return [way for way in ways if all(self._inventory.covers(word) for word in way[1])]

    def _say(self, ways: Sequence[Way], rng: np.random.Generator) -> Floats | None:
        if not ways:
            return None
        return self._inventory.frames(self._inventory.assemble(*ways[int(rng.integers(len(ways)))], rng))


def nearby(phrase: Phrase, wanted: Sequence[Phrase]) -> Iterable[Said]:
    """What is near `phrase` and none of those `wanted`, with its words' pronunciations."""
    lexicon = Lexicon()
    texts = phrase.near()
    lexicon.prepare(sorted({word for text in texts for word in text.split()}))
    taken = {phones for one in wanted for phones in one.pronunciations}
    for text in texts:
        try:
            words = tuple((tuple(lexicon.pronunciations(word)[0]),) for word in text.split())
        except LexiconError:
            continue
        if sum((word[0] for word in words), ()) not in taken:
            yield text, words


def _ways(text: str, words: Sequence[Sequence[Phones]]) -> list[Way]:
    """Each way to pronounce it."""
    return [(text, way) for way in itertools.product(*words)]


def parted(items: Sequence[manifest.Utterance], part: str) -> list[manifest.Utterance]:
    """The recordings of a phrase by the people of `part`; those of fewer than CROWD people are all for
    training."""
    if len({item.speaker for item in items}) < CROWD:
        return [*items] if part == TRAINING else []
    belongs = speaks(part)
    return [item for item in items if belongs(item.speaker)]


def write_trials(
    crowd: Crowd | None,
    recorded: Sequence[Sequence[manifest.Utterance]],
    folder: Path,
    rng: np.random.Generator,
) -> None:
    """Sayings of each phrase by the people of CHOICE and GATES, as recordings with a manifest: those that
    are `recorded` of it, or TRIED that are put together from what the `crowd` said.

    It is written last; what is there is left as it is.
    """
    for part in (CHOICE, GATES):
        if (folder / part / "manifest.tsv").is_file():
            continue
        (folder / part).mkdir(parents=True, exist_ok=True)
        real = [item for items in recorded for item in parted(items, part)]
        rows = [(str(item.path.resolve()), f"{item.seconds:.2f}", item.speaker, item.text) for item in real]
        if crowd is not None:
            rows += _assembled(crowd, {item.text for item in real}, part, folder / part, rng)
        with (folder / part / "manifest.tsv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            writer.writerows([("path", "seconds", "speaker", "text"), *rows])


def _assembled(
    crowd: Crowd, without: Collection[str], part: str, folder: Path, rng: np.random.Generator
) -> list[tuple[str, str, str, str]]:
    """The manifest's rows of what is put together for the phrases but those `without`, once it is written."""
    rows = []
    ways = [_ways(*said) for said in crowd.phrases if manifest.normalise(said[0]) not in without]
    inventory = Inventory(crowd.spoken(part), {sum(way[1], ()) for some in ways for way in some})
    for some in ways:
        able = [way for way in some if all(inventory.covers(word) for word in way[1])]
        for number in range(TRIED if able else 0):
            said = inventory.assemble(*able[int(rng.integers(len(able)))], rng)
            name = f"{said.text.replace(' ', '-')}-{number:03}.flac"
            samples = load_assembled(said).samples
            soundfile.write(folder / name, samples, SAMPLE_RATE)
            rows.append((name, f"{len(samples) / SAMPLE_RATE:.2f}", said.speaker, said.text))
    return rows


def trials(run: Path, part: str, phrase: str) -> list[manifest.Utterance]:
    """The sayings of `phrase` that a run keeps for CHOICE or GATES; none where it had no such speech."""
    folder = run / TRIALS / part
    if not (folder / "manifest.tsv").is_file():
        return []
    return [item for item in manifest.read_manifest(folder) if item.text == manifest.normalise(phrase)]
