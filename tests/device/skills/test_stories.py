"""The stories that lie beside the skills: whole conversations, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.assembly.stories import Story, play, read
from device.errors import StoryError
from device.settings import DEVICE

FILES = sorted((*DEVICE.glob("skills/*/en/stories.yaml"), *(DEVICE.parent / "tests/stories").glob("*.yaml")))
STORIES = [story for file in FILES for story in read(file)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.file.parent.parent.name}: {story.name}")
def test_story(story: Story) -> None:
    assert list(play(story)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- story: a\n  turn: []\n", "has no turns"),
        ("- story: a\n  turns: []\n  hom: x\n", "unknown key 'hom'"),
        ("- story: a\n  turns: [{say: x, replies: y}]\n", "unknown key 'replies'"),
        ("- story: a\n  turns: [{reply: y}]\n", "needs one of say, pass, hear, begin"),
        ("a: [", "cannot be read"),
        ("a: b", "stories are a list"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text(text)
    with pytest.raises(StoryError, match=problem) as error:
        read(file)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_story_that_does_not_hold_says_where(tmp_path: Path) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text("- turns: [{say: turn on the kitchen lamp, commands: [], reply: Opened, question: true}]")
    [story] = read(file)
    problems = list(play(story))
    assert len(problems) == 3
    assert all("turn on the kitchen lamp" in problem for problem in problems)
