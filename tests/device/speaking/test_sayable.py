from __future__ import annotations

import pytest

from device.speaking.sayable import LONGEST, PIECE, sentences

WRITTEN = {
    "It is 21.5 °C": "It is twenty one point five degrees Celsius",
    "The lamp is at 25%": "The lamp is at twenty five percent",
    "at 7:30 in the evening": "at seven thirty in the evening",
    "at 7:05 PM": "at seven oh five P M",
    "on Friday, March 6, 2026": "on Friday, March sixth, twenty twenty six",
    "-5°C to 1 °C": "minus five degrees Celsius to one degree Celsius",
    "It uses 1,250 W": "It uses one thousand two hundred fifty watts",
    "12 µg/m³ and 600 ppm": "twelve micrograms per cubic meter and six hundred parts per million",
    "The 2nd lamp2": "The second lamp two",
    "1½ hours": "one and a half hours",
    "20-25 minutes": "twenty to twenty five minutes",
    "$9.99 or €5": "nine dollars ninety nine or five euros",
    "e.g. Dr. Who": "for example Doctor Who",
    "KitchenLight is on 🙂": "Kitchen Light is on",
    "in Mynah's own words": "in Mynah's own words",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_written_is_said_in_words(text: str) -> None:
    assert sentences(text) == (WRITTEN[text],)


@pytest.mark.parametrize(
    "text",
    [
        "<speak>Hello <break time='1s'/>&amp; goodbye</speak>",
        "Hello\x00 \x07& goodbye",
        "\x1b[31mHello & goodbye\x1b[0m",
    ],
    ids=["SSML", "control characters", "colors of a terminal"],
)
def test_what_is_no_text_is_left_out(text: str) -> None:
    assert sentences(text) == ("Hello and goodbye",)


def test_sentences_and_lines_are_pieces() -> None:
    assert sentences("It is on. Is it? Yes!\nGood") == ("It is on.", "Is it?", "Yes!", "Good")


def test_a_long_sentence_is_cut_behind_a_clause() -> None:
    clause = "There is milk, bread, butter, cheese, and a list of things that nobody can remember, "
    pieces = sentences(2 * clause + "and so on")
    assert [piece[-1] for piece in pieces[:-1]] == [","] * (len(pieces) - 1)
    assert all(len(piece) <= PIECE for piece in pieces)
    assert " ".join(pieces) == 2 * clause + "and so on"


@pytest.mark.parametrize("text", ["word. " * 1000, "word " * 1000, "w" * 5000])
def test_a_text_that_is_too_long_is_cut_with_a_line(text: str, caplog: pytest.LogCaptureFixture) -> None:
    pieces = sentences(text)
    assert LONGEST * 0.9 < sum(len(piece) + 1 for piece in pieces) <= LONGEST * 1.01
    assert all(len(piece) <= PIECE for piece in pieces)
    assert len(caplog.messages) == 1
    assert "is read out as far as" in caplog.text


@pytest.mark.parametrize("text", ["你好", "Привет"])
def test_another_script_is_not_read_out(text: str, caplog: pytest.LogCaptureFixture) -> None:
    assert sentences(text) == ()
    assert "not written in Latin letters" in caplog.text


@pytest.mark.parametrize("text", ["", "…", "  \n ", "<speak/>"])
def test_where_there_are_no_words_nothing_is_said(text: str) -> None:
    assert sentences(text) == ()
