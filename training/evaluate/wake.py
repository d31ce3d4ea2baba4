"""`mynah-train evaluate wake`: a wake bundle, and others' wake words beside it: table, picture, page."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from device.engine.bundle import Bundle
from device.errors import UsageError
from training.evaluate import delay
from training.evaluate.arguments import add_wake_arguments
from training.evaluate.detectors import Detector, Ear
from training.evaluate.wakewords import (
    Examination,
    examined,
    noises_for,
    report,
    sayings_of,
    surrounded,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_wake_arguments(parser)
    parser.add_argument("--word", help="one of the bundle's words (all)")
    parser.add_argument("--no-second-look", action="store_true", help="the small model alone")
    parser.add_argument(
        "--positives", type=Path, action="append", default=[], help="recordings of it (else held-out voices)"
    )
    parser.add_argument("--count", type=int, default=400, help="how often held-out voices say it (400)")
    parser.add_argument(
        "--background", type=Path, action="append", default=[], help="recordings in which nobody says it"
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="of --background, the speakers whom neither training nor the threshold's choice heard",
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        help="another project's wake word to compare, on the same background: microwakeword:hey_jarvis,"
        " openwakeword:alexa …; held-out voices say its own phrase",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        help="write the curves of misses over false accepts here, with the second look and without it,"
        " and tell what that costs",
    )
    parser.add_argument("--page", type=Path, help="write the report as one HTML page here")
    parser.add_argument("--clips", type=int, default=10, help="false accepts with sound on the page (10)")
    parser.add_argument("--run", type=Path, help="run folder whose training curves go onto the page")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    bundle = Bundle.load(arguments.bundle, "wake")
    words = chosen_words(bundle, arguments)
    acoustic = None if arguments.no_second_look else arguments.acoustic
    ears = [Ear(bundle, word, acoustic) for word in words]
    peers = peers_of(arguments.peer)
    every = [examine(ear, arguments.positives, ear.name, arguments, ratios) for ear in ears]
    every += [examine(peer, (), peer.name, arguments, ratios) for peer in peers]
    found, alone, content = every[0], None, [one.figures() for one in every]
    if arguments.picture and acoustic and ears[0].twice:
        small, name = Ear(bundle, words[0], None), f"{words[0]} without the second look"
        alone = examine(small, arguments.positives, name, arguments, ratios)
        spoken = sayings_of(words[0], arguments.positives, arguments.count)
        noises = noises_for(ratios, arguments.noise)
        each = (samples for ratio in ratios for samples in surrounded(spoken, ratio, noises))
        costs = delay.measured(bundle, words[0], acoustic, each)
        print(costs)
        content += [alone.figures() | {"second_look": dataclasses.asdict(costs)}]
    if arguments.json:
        figures = content if len(content) > 1 else content[0]
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    draw(found, alone, arguments)


def chosen_words(bundle: Bundle, arguments: argparse.Namespace) -> list[str]:
    """Those of the bundle's words that are examined. UsageError where --word is none of them."""
    words = [arguments.word] if arguments.word else list(bundle.labels)
    if words[0] not in bundle.labels:
        known = ", ".join(bundle.labels)
        raise UsageError(f"{arguments.bundle} has no word {words[0]!r}: take one of {known}")
    if len(words) > 1 and (arguments.picture or arguments.page):
        raise UsageError(f"--picture and --page show one --word: take one of {', '.join(words)}")
    return words


def peers_of(names: Sequence[str]) -> list[Detector]:
    """Others' wake words; their packages are imported only where one is asked for."""
    if not names:
        return []
    from training.evaluate.peers import named

    return [named(name) for name in names]


def examine(
    detector: Detector,
    folders: Sequence[Path],
    name: str,
    arguments: argparse.Namespace,
    ratios: Sequence[float],
) -> Examination:
    """The examination that is asked for, of the phrase as said in `folders`; printed under `name`."""
    spoken = sayings_of(detector.phrase, folders, arguments.count)
    background, left_out = arguments.background, arguments.left_out
    found = examined(detector, spoken, ratios, arguments.noise, background, left_out)
    print(f"{name}: {report(found.rows, found.silent)}", flush=True)
    return dataclasses.replace(found, name=name)


def draw(found: Examination, alone: Examination | None, arguments: argparse.Namespace) -> None:
    """The picture and the page, where they are asked for; only then is matplotlib imported."""
    if arguments.picture and found.silent is not None:
        from training.evaluate.pictures import detection_errors, save

        save(detection_errors(found, alone), arguments.picture)
    if arguments.page:
        from training.evaluate.page import wake_page

        page = wake_page(found, alone, arguments.clips, arguments.run)
        arguments.page.write_text(page, encoding="utf-8")
