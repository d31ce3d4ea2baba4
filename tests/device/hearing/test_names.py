"""Which names of a home can be heard."""

from __future__ import annotations

import pytest

from device.hearing.lexicon import Lexicon
from device.hearing.names import hearable
from device.understanding.vocabulary import Name, Vocabulary


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def heard(lexicon: Lexicon, *names: tuple[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """The names that stay, and the problems; `names` are (text, value)."""
    found = hearable(Vocabulary(names=tuple(Name(*name) for name in names)), lexicon)
    return [name.text for name in found.vocabulary.names], found.problems


def test_ordinary_names_stay_as_they_are(lexicon: Lexicon) -> None:
    names = [("kitchen lamp", "a"), ("Lamp 2", "b"), ("TV (upstairs)", "c"), ("café light", "d")]
    assert heard(lexicon, *names) == ([text for text, _ in names], ())


@pytest.mark.parametrize("text", ["лампа", "氷 lamp", "🛋", "---", "lamp ½氷"])
def test_a_name_without_sounds_is_left_out_with_a_line(lexicon: Lexicon, text: str) -> None:
    names, (problem,) = heard(lexicon, (text, "x"), ("fan", "y"))
    assert names == ["fan"]
    assert repr(text) in problem
    assert "give it another name or an alias" in problem


def test_one_thing_is_told_once(lexicon: Lexicon) -> None:
    names, (problem,) = heard(lexicon, ("лампа", "x"), ("лампа light", "x"), ("lamp", "x"))
    assert names == ["lamp"]
    assert repr("лампа") in problem


def test_of_two_that_sound_the_same_neither_stays(lexicon: Lexicon) -> None:
    names, (problem,) = heard(lexicon, ("flower lamp", "a"), ("flour lamp", "b"), ("fan", "c"))
    assert names == ["fan"]
    assert "'flower lamp' and 'flour lamp' sound the same" in problem


def test_two_spellings_of_one_device_may_sound_the_same(lexicon: Lexicon) -> None:
    assert heard(lexicon, ("lamp 2", "a"), ("lamp two", "a")) == (["lamp 2", "lamp two"], ())


def test_a_room_may_be_called_as_a_device_is(lexicon: Lexicon) -> None:
    name = Name("kitchen", "a")
    found = hearable(Vocabulary(names=(name,), areas=(Name("kitchen", "kitchen"),)), lexicon)
    assert (found.vocabulary.names, len(found.vocabulary.areas), found.problems) == ((name,), 1, ())


def test_a_name_of_thirty_words(lexicon: Lexicon) -> None:
    long = " ".join(["either", "the", "data", "route", "tomato"] * 6)
    assert heard(lexicon, (long, "a"), (f"{long} lamp", "b")) == ([long, f"{long} lamp"], ())


@pytest.mark.parametrize("name", ["x" * 3000, "lamp " * 200, "internationalization " * 20])
def test_a_name_that_nobody_would_say_is_left_out(lexicon: Lexicon, name: str) -> None:
    names, (problem,) = heard(lexicon, (name, "a"), ("lamp", "b"))
    assert names == ["lamp"]
    assert "give it a shorter one" in problem
    assert len(problem) < 200


def test_an_announced_name_does_not_silence_ones_own(lexicon: Lexicon) -> None:
    names = (Name("flour lamp", "own"), Name("flower lamp", "theirs", announced=True))
    found = hearable(Vocabulary(names=names), lexicon)
    assert [name.text for name in found.vocabulary.names] == ["flour lamp"]
    assert "'flower lamp', which is only announced, cannot be heard" in found.problems[0]
