"""facts.toml: what is read, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.errors import FactsError
from device.knowledge.facts.facts import Fact
from device.knowledge.facts.file import read


def write(folder: Path, text: str) -> Path:
    file = folder / "facts.toml"
    file.write_text(text)
    return file


def test_a_fact_is_read(tmp_path: Path) -> None:
    text = '[[fact]]\nthing = "The Boiler"\nrelation = "is on the circuit"\nwhat = "Basement 2"\n'
    assert read(write(tmp_path, text)) == (
        Fact("the boiler", "is on the circuit", "basement two", "facts.toml"),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[fact]\n", r"facts.toml.*1"),
        ('[[fact]]\nthing = "a"\nrelation = "is inn"\nwhat = "b"\n', "no relation is called 'is inn'.*is in"),
        ('[[fact]]\nthing = "a"\nrelation = "is in"\n', "a fact needs what"),
        ('[[fact]]\nthing = 3\nrelation = "is in"\nwhat = "b"\n', "a fact needs thing"),
        ('[[fact]]\nthing = "a"\nrelation = "is in"\nwhat = "b"\nwhen = "c"\n', "when"),
        ('fact = "a"\n', "begin each with"),
        ("[[facts]]\n", "facts"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_file(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(FactsError, match=problem) as error:
        read(write(tmp_path, text))
    assert "facts.toml" in str(error.value)
    assert "\n" not in str(error.value)
