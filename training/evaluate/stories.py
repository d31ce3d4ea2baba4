"""`mynah-train evaluate stories`: whole conversations as data, and whether Mynah holds them."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from device.assembly.stories import play, read
from device.errors import UsageError
from device.settings import DEVICE, Settings
from training.evaluate.intervals import share_with_interval


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stories",
        type=Path,
        action="append",
        metavar="P",
        help="a file of stories, or a folder of them (those beside the shipped skills)",
    )


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Raises StoryError for a malformed file, UsageError where there are no stories."""
    stories = [
        story
        for path in arguments.stories or [DEVICE / "skills"]
        for file in _files(path)
        for story in read(file)
    ]
    if not stories:
        raise UsageError("no stories there; name a file or a folder with --stories")
    wrong = {}
    for story in tqdm(stories, "stories", unit="story", mininterval=5):
        if problems := list(play(story, settings)):
            wrong[f"{story.file}: {story.name}"] = problems
    for name, problems in wrong.items():
        print(name, *(f"    {problem}" for problem in problems), sep="\n")
    share, low, high = share_with_interval(len(stories) - len(wrong), len(stories))
    print(f"{len(stories) - len(wrong)} of {len(stories)} stories: {share:.1%} ({low:.1%}…{high:.1%})")


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("stories.yaml")) or sorted(path.glob("*.yaml")) if path.is_dir() else [path]
