"""What editors make of a text file."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path

import pytest

from device.card import text
from device.errors import CardError

PAGE = '[mqtt]\nhost = "brücke.local"\n'


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode(),
        PAGE.encode("utf-8-sig"),
        PAGE.replace("\n", "\r\n").encode("utf-8-sig"),
        PAGE.replace("\n", "\r").encode(),
        codecs.BOM_UTF16_LE + PAGE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PAGE.encode("utf-16-be"),
    ],
)
def test_all_editors_text_is_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "mynah.toml").write_bytes(data)
    assert text.read(tmp_path / "mynah.toml") == PAGE


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (PAGE.encode("latin-1"), "mynah.toml: line 2 is not UTF-8: in Notepad choose Save As"),
        (rb"{\rtf1\ansi [mqtt]}", "mynah.toml: is not plain text: in TextEdit choose Format"),
        (b"x" * (text.LARGEST + 1), "mynah.toml: too large"),
    ],
)
def test_what_is_no_text_says_what_to_do(tmp_path: Path, data: bytes, line: str) -> None:
    (tmp_path / "mynah.toml").write_bytes(data)
    with pytest.raises(CardError, match=line):
        text.read(tmp_path / "mynah.toml")


@pytest.mark.parametrize("name", ["mynah.toml", "mynah.toml.txt", "Mynah.TOML", "MYNAH.toml.TXT"])
def test_a_hidden_second_ending_is_looked_through(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PAGE)
    found = text.find(tmp_path, "mynah.toml")
    assert found is not None
    assert found.name == name
    assert text.find(tmp_path, "home.toml") is None
    assert text.find(tmp_path / "absent", "home.toml") is None


def test_the_right_name_wins(tmp_path: Path) -> None:
    (tmp_path / "mynah.toml.txt").write_text("old")
    (tmp_path / "mynah.toml").write_text("new")
    assert text.find(tmp_path, "mynah.toml") == tmp_path / "mynah.toml"


def test_curly_quotation_marks_become_straight_only_where_they_have_to() -> None:
    assert tomllib.loads(text.toml("host\u00a0= “broker”\npassword = ‘it’")) == {
        "host": "broker",
        "password": "it",
    }
    right = 'name = "the “big” lamp"'
    assert text.toml(right) == right
    broken = "name = “lamp"
    assert text.toml(broken) == broken


@pytest.mark.parametrize(
    ("name", "plain"),
    [("lights.yaml.txt", "lights.yaml"), ("words.txt", "words.txt"), ("home.toml", "home.toml")],
)
def test_plain_names(name: str, plain: str) -> None:
    assert text.plain_name(name) == plain
