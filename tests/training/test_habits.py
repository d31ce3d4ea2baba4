"""The simulated family, and what is measured on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.errors import UsageError
from training.habits.command import exported
from training.habits.family import live
from training.habits.measuring import by_counts, by_markov, hits, parted


def test_a_family_lives_the_same_life_by_the_same_seed() -> None:
    life = live(3, 20)
    assert life == live(3, 20)
    assert life != live(4, 20)
    assert list(life.done) == sorted(life.done, key=lambda one: one.at)
    assert len(life.wanted) > len(life.done) / 2


def test_counts_know_better_than_the_baseline() -> None:
    learnt, held_out = parted(live(0, 30).done, 20)
    ours, baseline = (hits(learnt, held_out, each(learnt)).share for each in (by_counts, by_markov))
    assert ours > max(baseline, 0.6)


def test_a_journal_that_was_exported(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text(
        '{"at": "2026-03-02T18:00:00.000+00:00", "thing": "lamp", "key": "on", "value": true}\n'
        '{"at": "2026-03-02T18:00:01.000+00:00", "turn": 1, "text": "hello"}\n'
    )
    assert [one.deed.thing for one in exported(file)] == ["lamp"]
    file.write_text('{"thing": "lamp"}')
    with pytest.raises(UsageError, match="1: no entry of a journal"):
        list(exported(file))
