"""What the commands have in common: options, lines of JSON, and going through files."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from device import settings_file
from device.errors import AudioError
from device.settings import BundleFolder, Settings, bundle_folder

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that are orders to a terminal, but for ends of lines and tabs."""


def config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="F", help="settings file (TOML)")


def understanding(parser: argparse.ArgumentParser) -> None:
    """--config, --sentences and --home."""
    config(parser)
    parser.add_argument(
        "--sentences",
        type=Path,
        action="append",
        metavar="P",
        help="use these sentences instead of the shipped ones; may be repeated",
    )
    parser.add_argument("--home", type=Path, metavar="F", help="home.toml")


def output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def recordings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="WAV", help="recordings: WAV, FLAC, Opus …")


def bundle(text: str) -> BundleFolder:
    """A bundle on the command line: a folder that is there, or a shipped bundle's name."""
    path = Path(text)
    return BundleFolder(path) if path.exists() else bundle_folder(text)


def load(options: argparse.Namespace) -> Settings:
    """The settings, with what the command line says instead. Raises SettingsError."""
    from device.assembly.stages import adjusted

    chosen = vars(options)
    return adjusted(
        *(settings_file.load(options.config), chosen.get("home"), chosen.get("sentences")),
        *(chosen.get("bundle"), chosen.get("documents")),
    )


def emit(options: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    """Print a line of JSON or the text, as asked for, at once.

    What stands in files and on the broker is shown, but does nothing to a terminal.
    """
    print(json.dumps(report, ensure_ascii=False) if options.json else CONTROL.sub("?", text), flush=True)


def warn(lines: Iterable[str]) -> None:
    """Print what is worth knowing, and stops nothing."""
    for line in lines:
        print(f"mynah: {line}", file=sys.stderr, flush=True)


def each_file(files: Iterable[str], work: Callable[[str], None]) -> int:
    """Do `work` for each file; one that cannot be read gives a line, and does not stop the others."""
    status = 0
    for file in files:
        try:
            work(file)
        except AudioError as error:
            print(f"mynah: {error}", file=sys.stderr, flush=True)
            status = error.exit_status
    return status


def lines(texts: Iterable[str]) -> Iterable[str]:
    """The texts; `-` stands for the lines of standard input."""
    for text in texts:
        if text == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield text
