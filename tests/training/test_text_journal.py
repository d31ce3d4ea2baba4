"""An exported journal as labelled requests, and the gates that a head that learned from it must pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device.errors import MynahError
from training.text import gates, journal
from training.text.corpora import Example


def line(at: int, text: str, fine: bool, **more: object) -> str:
    entry = {"at": f"2026-03-02T18:00:{at:02}.000+00:00", "turn": at + 1, "text": text, "fine": fine}
    return json.dumps({**entry, "intent": None, "confidence": 1.0, **more})


def exported(file: Path, means: str = "turn off the floor lamp") -> Path:
    done = {
        "intent": "HassTurnOff",
        "acts": ["request"],
        "commands": ["x"],
        "intents": [{"name": "HassTurnOff", "slots": {"name": "floor lamp"}}],
    }
    change = '{"at": "2026-03-02T18:00:03.000+00:00", "thing": "lamp", "key": "on", "value": true}'
    failed = line(2, "Kill the floor lamp!", False, acts=["notrecognized"])
    file.write_text("\n".join([failed, change, line(9, means, True, **done)]) + "\n")
    return file


def test_a_failure_gets_the_label_of_what_was_said_instead(tmp_path: Path) -> None:
    file = exported(tmp_path / "journal.jsonl")
    learned, kept = journal.parts(file, lambda _: {"light_off": 0.9, "turn_off": 0.1})
    assert [*learned, *kept] == [Example("kill the floor lamp", "light_off", None)]


def test_a_sentence_of_one_label_needs_no_encoder() -> None:
    assert journal.label_of("vacuum the kitchen", lambda _: {}) == "clean"


def test_where_it_is_not_clear_nothing_is_learned(tmp_path: Path) -> None:
    assert journal.label_of("turn off the floor lamp", lambda _: {"light_off": 0.4}) == ""
    with pytest.raises(MynahError, match="nothing to learn"):
        journal.parts(exported(tmp_path / "journal.jsonl"), lambda _: {})


@pytest.mark.parametrize("text", ["{", "[1]", '{"turn": 1}', '{"turn": 1, "at": "noon", "text": "x"}'])
def test_what_is_no_journal_is_told_by_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text('{"at": "2026-03-02T18:00:00", "thing": "lamp", "key": "on", "value": true}\n' + text)
    with pytest.raises(MynahError, match=r"journal.jsonl:2: .*mynah history --export"):
        list(journal.turns(file))


def test_the_new_model_must_hold_the_old_set_and_the_new_one(tmp_path: Path) -> None:
    old = [Example(f"lamp {number}", "light_on") for number in range(100)]
    gates.keep(tmp_path, old, [Example("kill the lamp", "light_off")])
    ships = {one.text: one.intent for one in old}

    def before(text: str) -> str:
        return ships.get(text, "oos")

    def after(text: str) -> str:
        return "light_off" if text.startswith("kill") else before(text)

    def worse(text: str) -> str:
        return "oos" if text == "lamp 3" else after(text)

    assert gates.missed(gates.figures(tmp_path, before, after)) == []
    [why] = gates.missed(gates.figures(tmp_path, before, worse))
    assert why == "of the corpora 99.0% are right, and 100.0% with the model that ships"
    [why] = gates.missed(gates.figures(tmp_path, after, before))
    assert "of the journal 0.0% are right" in why


def test_a_run_without_a_journal_has_no_such_gates(tmp_path: Path) -> None:
    assert gates.figures(tmp_path, str, str) == {}
