"""What of a user's sentence file does not do what it says is told in a line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from device.assembly.remarks import remarks
from device.cli import main
from device.understanding.sentences import Sentences


def told(folder: Path, text: str) -> list[str]:
    path = folder / "own.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return [line.removeprefix(f"{path}:") for line in remarks(Sentences.load([path]))]


def test_nothing_is_to_be_said_of_the_shipped_sentences() -> None:
    assert list(remarks(Sentences.load())) == []


def test_what_cannot_be_heard_or_never_counts(tmp_path: Path) -> None:
    text = """
    intents:
      Test:
        data:
          - sentences: ["play {what}", "→", "fine {level}%"]
          - sentences: ["lights out", "check {name}"]
            requires_context: {domain: light}
          - sentences: ["is it nice"]
            requires_context: {weather: sunny}
          - sentences: ["good {level}"]
            required_keywords: [very good]
    lists:
      what: {wildcard: true}
      level: {range: {from: 1, to: 5}}
    """
    assert told(tmp_path, text) == [
        "5: {what} takes any words: you can type this, but Mynah cannot hear it",
        "5: left out: nothing of '→' can be said",
        "6: left out: requires_context needs a domain: only {name} has one",
        "8: left out: requires_context needs a weather: nothing here has such a context",
        "10: required_keywords are single words: 'very good' never matches",
    ]


def test_responses_that_are_never_said(tmp_path: Path) -> None:
    text = """
    intents:
      Love:
        data:
          - sentences: ["do you love me"]
          - sentences: ["really"]
            response: sure
    responses:
      intents:
        Love: {default: "{{ state.name }}", sure: "{{ 1 + }}", never: "no"}
        Hate: {default: "yes", other: "no"}
    """
    lines = told(tmp_path, text)
    assert lines[0] == "the response 'default' of Love is not said: only Home Assistant has 'state'"
    assert lines[1].startswith("the response 'sure' of Love is not said: it is not a template")
    assert lines[2:] == [
        "the response 'never' of Love is not used: no sentence asks for it",
        "the responses of Hate are not used: no sentence has that intent",
    ]


def test_understand_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text('intents: {T: {data: [{sentences: ["note {x}"]}]}}\nlists: {x: {wildcard: true}}\n')
    assert main(["understand", "--sentences", str(path), "note milk"]) == 0
    assert "{x} takes any words" in capsys.readouterr().err
