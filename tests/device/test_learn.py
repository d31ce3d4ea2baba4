"""`mynah learn`: proposals from a journal, taken, listed and forgotten."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from device.assembly.stages import make_home
from device.cli import main
from device.memory.journal.entries import Turned
from device.memory.journal.journal import FILE
from device.memory.journal.store import Store
from device.settings import Settings

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    return tmp_path


def planted(state: Path) -> None:
    """The same failure and the same paraphrase, on two days."""
    store, now = Store(state / FILE), time.time()
    means = {
        "acts": ["request"],
        "commands": ["x"],
        "intents": [{"name": "HassTurnOn", "slots": {"name": "floor lamp"}}],
    }
    for at in (now - 90_000, now - 900):
        failed = Turned(at, "party time", None, 0.0, False, {"acts": ["notrecognized"]})
        store.write([failed, Turned(at + 9, "turn on the floor lamp", "HassTurnOn", 1.0, True, means)])
    store.close()


def test_a_proposal_is_shown_learnt_listed_and_forgotten(state: Path, capsys: Capture) -> None:
    planted(state)
    config, sentences = state / "mynah.toml", state / "sentences.yaml"
    config.write_text('[understanding]\nencoder = ""')
    sentences.write_text('intents: {HassTurnOn: {data: [{sentences: ["turn on [the] {name}"]}]}}')
    options = ["--config", str(config), "--sentences", str(sentences)]
    assert main(["learn", "--json", "--yes", "1", *options]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["proposal"], shown["sentence"]) == (1, "party time")
    assert [one["meant"] for one in shown["evidence"]] == ["turn on the floor lamp"] * 2
    [lesson] = make_home(Settings()).layout.learnt
    assert (lesson.said, lesson.slots) == ("party time", {"name": "floor lamp"})
    assert main(["learn", "--list"]) == 0
    assert capsys.readouterr().out == "“party time” means “turn on the floor lamp”\n"
    assert main(["learn", "--forget", "party time"]) == 0
    assert main(["learn"]) == 0
    assert "there is nothing to learn" in capsys.readouterr().out


def test_without_a_journal_it_says_how_to_have_one(capsys: Capture) -> None:
    assert main(["learn"]) == 1
    assert "set journal = true" in capsys.readouterr().err


def test_what_is_not_there_can_be_neither_learnt_nor_forgotten(state: Path, capsys: Capture) -> None:
    Store(state / FILE).close()
    assert main(["learn", "--yes", "3"]) == 2
    assert "no such proposal; there are 0" in capsys.readouterr().err
    assert main(["learn", "--forget", "party"]) == 2
    assert "learnt was nothing" in capsys.readouterr().err
