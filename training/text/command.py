"""`mynah-train text`: one small encoder learns from plain text; heads learn what sentences mean."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from device.errors import UsageError
from training.arguments import positive
from training.text import heads
from training.text import pretrain as pretraining
from training.text.corpora import READERS, read
from training.text.encoder import NEW, EncoderSettings
from training.text.task import HEADS, Task
from training.text.teacher import Teacher

SHIPPED = Path(__file__).parent / "shipped"
"""A run of --pretrain that comes with Mynah."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--pretrain", action="store_true", help="train an encoder on plain text")
    what.add_argument("--head", choices=("intents", "sentiment"), help="fine-tune it for this, by a corpus")
    parser.add_argument("--corpus", choices=tuple(READERS), help="what the head learns from")
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
        help="run whose encoder the head begins with (the shipped one)",
    )
    parser.add_argument("--new", action="store_true", help="the head begins with a new encoder")
    parser.add_argument("--shots", type=positive, help="examples of each intent, no more")
    parser.add_argument(
        "--teacher", type=Path, help="folder with a sentence encoder (model.onnx, vocab.txt) to learn from"
    )
    parser.add_argument(
        "--updates",
        type=positive,
        help="of the weights (an encoder: 6000; a head: ten rounds of the corpus, 1000 to 3000)",
    )
    parser.add_argument("--vocabulary", type=positive, help="pieces of words of a new encoder (6000)")
    parser.add_argument("--width", type=positive, help="channels of a new encoder (192)")
    parser.add_argument("--layers", type=positive, help="layers of a new encoder (3)")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    if arguments.head and not arguments.corpus:
        raise UsageError(f"--head needs --corpus, one of {', '.join(READERS)}")
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
    if arguments.corpus not in HEADS[arguments.head]:
        fitting = ", ".join(HEADS[arguments.head])
        raise UsageError(f"--head {arguments.head} learns from {fitting}, not from {arguments.corpus}")
    settings = heads.Settings(shape=shape_of(arguments), updates=arguments.updates)
    task = Task.of(arguments.head, arguments.corpus, arguments.data, arguments.shots, settings.seed)
    held_out = read(arguments.corpus, arguments.data, "validation")
    encoder = None if arguments.new else arguments.encoder
    measured = heads.train(task, held_out, arguments.out, settings, encoder)
    print(f"{arguments.out}: " + ", ".join(f"{name} {value:.4f}" for name, value in measured.items()))
