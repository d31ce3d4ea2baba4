"""`mynah stories`: plays conversations that are written down, and says what goes otherwise.

A folder is a user's skill: its `stories.yaml` is played with it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from device.commands import options as common
from device.errors import StoryError, UsageError
from device.settings import DEVICE, Settings

SKILLS = DEVICE / "skills"
"""Mynah's own, which are there anyway."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a file of stories, or the folder of a skill"
    )


def main(options: argparse.Namespace) -> int:
    from device.assembly.stories import play, read

    settings = common.load(options)
    wrong = count = 0
    for path in options.paths:
        for file, told in _files(path, settings):
            for story in read(file):
                count += 1
                for problem in play(story, told):
                    wrong += 1
                    print(f"{file}: {story.name}: {problem}", flush=True)
    if not count:
        raise StoryError(f"{options.paths[0]}: there is no story; write `- story:` and its turns")
    print(f"{count} stories, {wrong} problems")
    return 1 if wrong else 0


def _files(path: Path, settings: Settings) -> Iterator[tuple[Path, Settings]]:
    """The files of stories at `path`, each with the settings that it is played with."""
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; name a file of stories or the folder of a skill")
    if not path.is_dir():
        yield path, settings
        return
    found = [file for file in (path / "stories.yaml", path / "en" / "stories.yaml") if file.exists()]
    if not found:
        raise StoryError(f"{path}: there is no stories.yaml in this folder; write one, or name a file")
    known = settings.skills.folders
    if path.resolve().parent != SKILLS and path.resolve() not in map(Path.resolve, known):
        settings = replace(settings, skills=replace(settings.skills, folders=(*known, path)))
    for file in found:
        yield file, settings
