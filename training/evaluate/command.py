"""`mynah-train evaluate turns|slots|wake`: recordings through the device's own code, in and out of noise."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from device.audio.wav import read
from device.errors import UsageError
from device.events import Samples
from training.annotate import annotate
from training.corpus.manifest import Utterance, read_manifest
from training.evaluate import commands, wakewords
from training.evaluate.recordings import CLEAN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True)
    turns = kinds.add_parser("turns", help="wake word and command by held-out synthetic voices")
    turns.add_argument("--phrase", default="hey mynah")
    turns.add_argument("--commands", type=Path, required=True, help="YAML list of commands, as they are said")
    turns.add_argument("--count", type=int, default=240)
    turns.add_argument("--seed", type=int, default=11)
    slots = kinds.add_parser("slots", help="recordings labelled slot=value; …, push-to-talk")
    slots.add_argument("--manifest", type=Path, required=True, help="folder with a manifest.tsv")
    wakewords.add_arguments(kinds.add_parser("wake", help="a wake bundle: misses and false accepts"))
    for kind in (turns, slots):
        kind.add_argument("--home", type=Path)
        kind.add_argument("--sentences", type=Path, action="append")
        kind.add_argument("--bundle", type=Path, help="another acoustic model than the shipped one")
        kind.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")
        kind.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
        kind.add_argument("--jobs", type=int, default=1)
        kind.add_argument("--json", type=Path, help="write the table here")
        kind.add_argument("--record", help="under this name, put the table into the acoustic model's bundle")


def parse_ratios(text: str) -> list[float]:
    try:
        return [CLEAN if part.strip() == "clean" else float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--ratios {text!r}: give numbers of dB and clean, as in clean,15,10") from None


def run(arguments: argparse.Namespace) -> None:
    ratios = parse_ratios(arguments.ratios)
    if any(ratio != CLEAN for ratio in ratios) and arguments.noise is None:
        raise UsageError("--ratios in dB need --noise, a folder of noise recordings")
    if arguments.kind == "wake":
        wakewords.run(arguments, ratios)
        return
    settings = commands.settings_for(arguments.home, arguments.sentences, arguments.bundle)
    push_to_talk = arguments.kind == "slots"
    if push_to_talk:
        rows = labelled(arguments.manifest)
        recordings: Iterator[tuple[str, str, Samples]] = (
            (label, row.path.stem, read(row.path)) for label, row in rows
        )
        total = len(rows)
    else:
        texts = commands.load_commands(arguments.commands)
        recordings = commands.spoken_turns(arguments.phrase, texts, arguments.count, arguments.seed)
        total = arguments.count
    outcomes = commands.measure(
        recordings, total, settings, arguments.noise, ratios, push_to_talk, arguments.jobs
    )
    print(commands.report(outcomes, ratios))
    if arguments.json:
        commands.write(outcomes, ratios, arguments.json)
    if arguments.record:
        bundle = Path(settings.hearing.bundle) / "bundle.json"
        annotate(bundle, "measured", {arguments.record: commands.table(outcomes, ratios)})


def labelled(folder: Path) -> list[tuple[str, Utterance]]:
    """The rows of a manifest with their labels as they are written."""
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        labels = [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return [(label, row) for label, row in zip(labels, read_manifest(folder), strict=True) if label]
