"""What several evaluations read from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from device.errors import UsageError
from device.settings import Settings
from training.corpus.noises import CLEAN


def add_wake_arguments(parser: argparse.ArgumentParser) -> None:
    """Of every evaluation of a wake bundle: what hears, and in which noise."""
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument(
        "--acoustic",
        type=Path,
        default=Settings().hearing.bundle,
        help="bundle of the acoustic model that takes a second look (the shipped one)",
    )
    parser.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")


def parse_ratios(text: str) -> list[float]:
    try:
        return [CLEAN if part.strip() == "clean" else float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--ratios {text!r}: give numbers of dB and clean, as in clean,15,10") from None
