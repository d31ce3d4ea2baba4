"""`mynah-train wake`: from a typed phrase to a model and its threshold, resumable."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from device.errors import UsageError
from device.settings import bundle_folder
from training.corpus import lacks, made_up, synthesis, texts
from training.corpus.manifest import normalise
from training.wake import suitability
from training.wake.settings import DEFAULTS, Settings
from training.wake.train import train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--phrase",
        action="append",
        required=True,
        help='what wakes it, in words: "hey mynah"; given several times, one model tells them apart',
    )
    parser.add_argument(
        "--sounds-like",
        action="append",
        default=[],
        help="another spelling, for voices that misread it; of several phrases: phrase=spelling",
    )
    parser.add_argument(
        "--recordings", action="append", default=[], help="folder in which people say it, a folder for each"
    )
    parser.add_argument("--negatives", action="append", default=[], help="folder of other sounds in the home")
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with speech/, wake/, negative/, noise/, rir/; none: speech and noise are made up",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="run folder; an unfinished run there is resumed"
    )
    parser.add_argument("--features", type=Path, help="store of recordings' features that several runs share")
    parser.add_argument("--updates", type=int, default=DEFAULTS.updates, help="training steps of 64 rows")
    parser.add_argument(
        "--start", type=Path, help="finished run whose weights to start from; its figures are shown beside"
    )
    parser.add_argument(
        "--review", type=Path, help="folder of the daemon's recordings, with the labels of mynah review"
    )
    parser.add_argument(
        "--hearing",
        type=Path,
        default=Path(bundle_folder("english")),
        help="acoustic model that finds the phrase's sounds in what people say",
    )
    parser.add_argument("--width", type=int, default=DEFAULTS.width, help="channels of every layer")
    parser.add_argument("--anyway", action="store_true", help="train even if the phrase is unsuitable")


def said_otherwise(data: Path) -> Iterator[str]:
    """Sentences that people say or write, as far as `data` has them."""
    requested, written = data / "text" / "hwu64", data / "text" / "tatoeba-en-zh" / "train.tsv"
    if requested.is_dir():
        yield from map(normalise, texts.requests(requested))
    if written.is_file():
        yield from map(normalise, texts.sentences(written))


def spellings_of(words: Sequence[str], given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By word. Raises UsageError for a spelling of which it is not clear what it spells."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        word, _, spelling = text.rpartition("=")
        if len(words) == 1 and not word:
            word = words[0]
        if word not in words:
            raise UsageError(f"--sounds-like {text!r}: write phrase=spelling with one of {', '.join(words)}")
        found[word] = (*found.get(word, ()), spelling)
    return found


def data_of(arguments: argparse.Namespace) -> Path:
    """The data folder; without one, one that is made up. Raises MynahError where it is not enough."""
    given: Path | None = arguments.data
    data = given or arguments.out / "data"
    if given is None:
        lacking = [*made_up.LACKS, "to train with people as well:  mynah-train data"]
    else:
        lacks.require_for_wake(given)
        lacking = [*lacks.parts_missing(given, ("speech", "rir"))]
    for line in lacking:
        print(f"mynah-train: {line}", file=sys.stderr)
    if given is None:
        made_up.make(data)
    return data


def run(arguments: argparse.Namespace) -> None:
    words = tuple(dict.fromkeys(" ".join(phrase.lower().split()) for phrase in arguments.phrase))
    spellings = spellings_of(words, arguments.sounds_like)
    for word in words:
        said = said_otherwise(arguments.data) if arguments.data else ()
        doubts = suitability.doubts(word, said, spellings.get(word, ()))
        for doubt in suitability.check(doubts, arguments.anyway):
            print(f"mynah-train: {doubt}", file=sys.stderr)
    for line in synthesis.silent():
        print(f"mynah-train: {line}", file=sys.stderr)
    data = data_of(arguments)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    settings = Settings(
        words=words,
        spellings=spellings,
        recordings=tuple(arguments.recordings),
        negatives=tuple(arguments.negatives),
        review=str(arguments.review or ""),
        updates=arguments.updates,
        start=str(arguments.start or ""),
        acoustic=str(arguments.hearing),
        width=arguments.width,
    )
    train(settings, data, arguments.out, arguments.features or arguments.out / "features")
