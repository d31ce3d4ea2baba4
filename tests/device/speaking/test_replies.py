from __future__ import annotations

from pathlib import Path

import pytest

from device.errors import SkillError
from device.settings import DEVICE
from device.speaking.replies import Replies

SHIPPED = sorted(DEVICE.glob("skills/*/en/replies.yaml"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "replies.yaml"
    file.write_text('added: "Added {{ item }}"\nhello: [Hello, Hi, Good day]\n')
    return file


def test_a_reply_with_its_values(file: Path) -> None:
    reply = Replies(file).say("added", {}, item="milk")
    assert (reply.text, reply.name) == ("Added milk", None)


def test_texts_take_turns_and_begin_with_the_first(file: Path) -> None:
    replies, said, found = Replies(file), dict[str, int](), []
    for _ in range(4):
        reply = replies.say("hello", said)
        found.append(reply.text)
        said[reply.name or ""] = said.get(reply.name or "", 0) + 1
    assert found == ["Hello", "Hi", "Good day", "Hello"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "not valid YAML"),
        ("a: fine\nb: {c: d}\n", ":2: the reply 'b' must be a text"),
        ("a: []", "must be a text"),
        ("a: fine\nb: ['{{ x | nofilter }}']\n", ":2: the reply 'b' is not a template"),
        ("- a", "must be a mapping"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "replies.yaml"
    file.write_text(text)
    with pytest.raises(SkillError) as error:
        _ = Replies(file).variants
    assert problem in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.parts[-3])
def test_the_shipped_replies_are_well_formed(file: Path) -> None:
    assert Replies(file).variants
