"""`mynah-train text`: one small encoder learns from plain text; heads learn what sentences mean."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from device.errors import UsageError
from device.settings import bundle_folder
from device.understanding.encoder import TextBundle, TextModel
from training.arguments import positive
from training.text import gates, heads, journal, requests
from training.text import pretrain as pretraining
from training.text.corpora import READERS, Example, read
from training.text.encoder import NEW, EncoderSettings
from training.text.task import HEADS, Task
from training.text.teacher import Teacher

REQUESTS = "requests"
SHIPPED = Path(__file__).parent / "shipped"
"""A run of --pretrain that comes with Mynah."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--pretrain", action="store_true", help="train an encoder on plain text")
    what.add_argument(
        "--head",
        choices=(*HEADS, REQUESTS),
        help=f"fine-tune it for this, by a corpus; {REQUESTS}, by several",
    )
    parser.add_argument("--corpus", choices=tuple(READERS), help="corpus of the head")
    parser.add_argument(
        "--data", type=Path, required=True, help="the corpus's folder, or one with a folder for each corpus"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="run folder; an unfinished run there is resumed"
    )
    parser.add_argument(
        "--encoder",
        type=Path,
        default=SHIPPED,
        help="run whose encoder the head starts from (the shipped one)",
    )
    parser.add_argument("--new", action="store_true", help="start the head from a new encoder")
    parser.add_argument("--shots", type=positive, help="use only this many examples of each intent")
    parser.add_argument(
        "--teacher", type=Path, help="folder with a sentence encoder (model.onnx, vocab.txt) to learn from"
    )
    parser.add_argument(
        "--updates",
        type=positive,
        help="training steps (an encoder: 6000; a head: ten epochs of the corpus, 1000 to 3000)",
    )
    parser.add_argument(
        "--journal",
        type=Path,
        metavar="FILE",
        help=f"what mynah history --export wrote: {REQUESTS} learns from what failed in it, too",
    )
    parser.add_argument("--vocabulary", type=positive, help="word pieces of a new encoder (6000)")
    parser.add_argument("--width", type=positive, help="channels of a new encoder (192)")
    parser.add_argument("--layers", type=positive, help="layers of a new encoder (3)")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    if arguments.head == REQUESTS and (given := arguments.corpus or arguments.shots):
        raise UsageError(f"--head {REQUESTS} learns from all corpora in --data: leave out {given}")
    if arguments.head in HEADS and not arguments.corpus:
        raise UsageError(f"--head needs --corpus, one of {', '.join(READERS)}")
    if arguments.journal and arguments.head != REQUESTS:
        raise UsageError(f"--journal is for --head {REQUESTS}")
    pretrain(arguments) if arguments.pretrain else fine_tune(arguments)


def shape_of(arguments: argparse.Namespace) -> EncoderSettings:
    """That of a new encoder. Raises UsageError."""
    named = {name: getattr(arguments, name) for name in ("vocabulary", "width", "layers")}
    given = {name: value for name, value in named.items() if value}
    if given and not (arguments.pretrain or arguments.new):
        raise UsageError(f"--{next(iter(given))} shapes a new encoder: give it with --pretrain or --new")
    shape = replace(NEW, **given)
    if shape.width % shape.heads:
        raise UsageError(f"--width {shape.width}: give a multiple of {shape.heads}, the heads of attention")
    return replace(shape, inner=4 * shape.width)


def pretrain(arguments: argparse.Namespace) -> None:
    settings = pretraining.Settings(shape=shape_of(arguments))
    if arguments.updates:
        settings = replace(settings, updates=arguments.updates)
    teacher = Teacher(arguments.teacher) if arguments.teacher else None
    pretraining.pretrain(arguments.data, arguments.out, settings, teacher)
    print(f"{arguments.out}: an encoder; heads begin with it: --encoder {arguments.out}")


def fine_tune(arguments: argparse.Namespace) -> None:
    settings = heads.Settings(shape=shape_of(arguments), updates=arguments.updates)
    task, held_out = task_of(arguments, settings.seed)
    encoder = None if arguments.new else arguments.encoder
    measured = heads.train(task, held_out, arguments.out, settings, encoder)
    if arguments.journal:
        _, kept = journal.parts(arguments.journal, shipped_labels())
        gates.keep(arguments.out, held_out, kept)
    print(f"{arguments.out}: " + ", ".join(f"{name} {value:.4f}" for name, value in measured.items()))


def shipped_labels() -> journal.Label:
    """What the encoder that ships holds a text to mean."""
    bundle = TextBundle.load(bundle_folder(REQUESTS))
    model = TextModel(bundle)

    def label(text: str) -> Mapping[str, float]:
        reading = model.read(text)
        return (
            {} if reading is None else dict(zip(bundle.labels, map(float, reading.probability), strict=True))
        )

    return label


def task_of(arguments: argparse.Namespace, seed: int) -> tuple[Task, Sequence[Example]]:
    """What is learned, and what it is calibrated on."""
    if arguments.head == REQUESTS:
        examples = requests.learned(arguments.data, seed)
        if arguments.journal:
            own, kept = journal.parts(arguments.journal, shipped_labels())
            examples += requests.said_longer(own, journal.EACH, seed)
            print(f"{arguments.journal}: {len(own)} failures to learn from, {len(kept)} kept to measure")
        task = Task.over(REQUESTS, examples, requests.familiar(examples))
        return task, requests.held_out(arguments.data)
    if arguments.corpus not in HEADS[arguments.head]:
        fitting = ", ".join(HEADS[arguments.head])
        raise UsageError(f"--head {arguments.head} learns from {fitting}, not from {arguments.corpus}")
    task = Task.of(arguments.head, arguments.corpus, arguments.data, arguments.shots, seed)
    return task, read(arguments.corpus, arguments.data, "validation")
