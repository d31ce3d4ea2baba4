"""`mynah-train …`: trains models and measures them."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = {
    "data": ("training.corpus.command", "make a data folder from public corpora, or check it"),
    "wake": ("training.wake.command", "train a wake word from a typed phrase"),
    "hearing": ("training.hearing.train", "train the acoustic model"),
    "words": ("training.words.train", "make the graph of any words"),
    "opinion": ("training.words.opinion", "fit the graph of any words to an acoustic model"),
    "calibrate": ("training.hearing.calibrate", "set the decoder and its confidence on held-out speech"),
    "architectures": (
        "training.wake.architectures",
        "train a wake word with other small networks, to compare",
    ),
    "second-look": ("training.wake.second_look", "let the acoustic model confirm a wake word"),
    "text": ("training.text.command", "train a text encoder and its heads: intents, slots, sentiment"),
    "vectors": ("training.text.vectors", "train a second head for requests over the vectors of sentences"),
    "sentences": ("training.text.sentences", "teach the encoder with which documents are searched"),
    "answering": ("training.text.answering", "fit what makes a passage of a document an answer"),
    "habits": ("training.habits.command", "learn what usually comes next from an exported journal"),
    "readings": (
        "training.corpus.readings",
        "collect the words that espeak-ng reads otherwise than the dictionary",
    ),
    "evaluate": ("training.evaluate.command", "run recordings through the device's own code and report"),
}


def missing_data(argv: Sequence[str]) -> str:
    """What is wrong with `--data`, told before anything that takes long is imported; "" where nothing is."""
    from device.errors import MynahError
    from training.corpus.lacks import require

    known = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    known.add_argument("command", nargs="?")
    known.add_argument("--data", type=Path)
    given, _ = known.parse_known_args(argv)
    try:
        if given.data is not None and given.command != "data":
            require(given.data)
    except MynahError as error:
        return str(error)
    return ""


def main(argv: Sequence[str] | None = None) -> int:
    """0 done, 1 the work failed, 2 wrong usage; errors are one line on standard error."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from device.errors import MynahError

    argv = list(sys.argv[1:] if argv is None else argv)
    if missing := missing_data(argv):
        print(f"mynah-train: {missing}", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(prog="mynah-train", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    # Only the command that runs is imported: TensorFlow takes seconds.
    chosen = next((word for word in argv if word in COMMANDS), None)
    module = None
    for name, (path, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == chosen:
            module = importlib.import_module(path)
            module.add_arguments(command)
    arguments = parser.parse_args(argv)
    assert module is not None
    try:
        module.run(arguments)
    except MynahError as error:
        print(f"mynah-train: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:  # a full disk, above all
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or error
        print(f"mynah-train: {where}{reason}; then run the same command again to go on", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("mynah-train: stopped; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
