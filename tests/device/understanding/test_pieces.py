"""Words and their pieces, as a text model reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import BundleError
from device.understanding.pieces import SPECIAL, UNKNOWN, Pieces, plain, words

PIECES = Pieces(
    (*SPECIAL, "▁turn", "▁tur", "n", "▁on", "▁", "o", "▁lamp", "s", "'"),
    (0, 0, 0, -2.0, -2.5, -3.0, -2.0, -4.0, -4.0, -3.0, -3.0, -4.0),
)


def cut(word: str) -> list[str]:
    return [PIECES.pieces[number] for number in PIECES.cut(word)]


def test_a_text_is_its_words_without_case_and_punctuation() -> None:
    said = words("Turn ON, the Lamp's 2nd light… at 7:30?")
    assert [one.text for one in said] == ["turn", "on", "the", "lamp's", "2nd", "light", "at", "7:30", "?"]
    text = plain("Play Café's list")
    assert [text[one.begin : one.end] for one in words(text)] == ["Play", "Café's", "list"]


def test_what_looks_the_same_is_the_same() -> None:
    assert words("don’t ｔｕｒｎ") == words("don't turn")
    assert [one.text for one in words("a\x00b\x1b[0m")][:2] == ["a", "b"]


def test_a_word_is_cut_into_the_likeliest_pieces() -> None:
    assert cut("turn") == ["▁turn"]  # −2 against −2.5 − 3
    assert cut("lamps") == ["▁lamp", "s"]
    assert cut("on") == ["▁on"]
    assert cut("on我") == ["▁on", "<unk>"]


def test_only_whole_words_are_read() -> None:
    numbers, begins = PIECES.encode(words("turn lamps on"), 3)
    assert ([PIECES.pieces[one] for one in numbers], begins) == (["▁turn", "▁lamp", "s"], [0, 1])
    assert PIECES.encode(words("turn lamps on"), 2) == ([3], [0])


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    numbers, begins = PIECES.encode(words(text), 40)
    assert len(numbers) <= 40
    assert all(UNKNOWN <= one < len(PIECES) for one in numbers)
    assert begins == sorted(set(begins))


def test_five_thousand_characters_are_read_fast_as_far_as_they_fit() -> None:
    assert len(PIECES.encode(words("turn" * 1250), 40)[0]) <= 40
    assert len(words("on " * 1666)) == 64


def test_a_vocabulary_is_kept_and_known_by_its_pieces(tmp_path: Path) -> None:
    PIECES.save(tmp_path / "pieces.tsv")
    again = Pieces.load(tmp_path / "pieces.tsv")
    assert again == PIECES
    other = Pieces((*PIECES.pieces[:-1], "ä"), PIECES.scores)
    assert again.fingerprint == PIECES.fingerprint != other.fingerprint


@pytest.mark.parametrize("content", ["", "a\t1\nb\t2\nc\t3\n", "<pad>\n", "<pad>\tx\n"])
def test_what_is_no_vocabulary_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "pieces.tsv").write_text(content)
    with pytest.raises(BundleError, match=r"pieces.tsv: .*copy the bundle again"):
        Pieces.load(tmp_path / "pieces.tsv")
