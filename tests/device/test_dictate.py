"""`mynah dictate` as a user runs it, with the bundles that ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device import cli

RECORDING = Path("demo/recordings/turn off all the lights.flac")


def test_it_writes_any_words_and_when_each_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dictate", "--json", str(RECORDING)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"file", "text", "confidence", "words"}
    assert {"lights", "all"} <= set(found["text"].split())
    assert [word["text"] for word in found["words"]] == found["text"].split()
    assert all(word["begin"] < word["end"] for word in found["words"])
    assert 0 <= found["confidence"] <= 1


def test_words_that_are_not_there_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "mynah.toml"
    settings.write_text('[hearing]\nwords = "nowhere/at all"\n')
    assert cli.main(["dictate", "--config", str(settings), str(RECORDING)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "no bundle here" in lines[0]
