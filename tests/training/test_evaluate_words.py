"""Dictation and everyday lines: what counts as wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.errors import MynahError
from device.events import Intent
from training.corpus.noises import CLEAN
from training.evaluate import dictation, everyday
from training.evaluate.everyday import Kind, Outcome, judged
from training.words import opinion

ON, OFF = Intent("HassTurnOn", {"name": "lamp"}, 0.9), Intent("HassTurnOff", {"name": "lamp"}, 0.9)


@pytest.mark.parametrize(
    ("typed", "heard", "acts", "kind"),
    [
        ([ON], [Intent("HassTurnOn", {"name": "lamp"}, 0.3)], True, Kind.RIGHT),
        ([ON], [OFF], True, Kind.WRONG_ACTION),
        ([ON, OFF], [ON], True, Kind.WRONG_ACTION),
        ([ON], [], False, Kind.REFUSED),
        ([], [], False, Kind.RIGHT),
        ([], [OFF], True, Kind.WRONG_ACTION),
        ([], [Intent("HassGetState", {}, 0.9)], False, Kind.WRONG_REPLY),
    ],
)
def test_a_line_is_judged_by_what_it_means_when_typed(
    typed: list[Intent], heard: list[Intent], acts: bool, kind: Kind
) -> None:
    assert judged(typed, heard, acts) is kind


def test_the_report_counts_by_kind_and_names_what_was_wrong() -> None:
    outcomes = [
        Outcome(CLEAN, "turn on the lamp", "a", True, Kind.RIGHT, "turn on the lamp", 0.9),
        Outcome(CLEAN, "turn up the lamp", "b", False, Kind.WRONG_ACTION, "turn off the lamp", 0.6),
        Outcome(CLEAN, "how are you", "c", False, Kind.RIGHT, "", 0.0),
    ]
    told = everyday.report(outcomes, [CLEAN])
    assert "clean: 3 lines, wrong actions 33.3%" in told
    assert "not meant: 1 right, 1 wrong action" in told
    assert "'turn up the lamp' by b: 'turn off the lamp' (0.60)" in told


def test_wrong_words_have_an_interval() -> None:
    results = [
        dictation.Result("one two three four", written, 0.1, 1.0) for written in ("one two three four", "one")
    ]
    share, low, high = dictation.rate(results)
    assert share == pytest.approx(3 / 8)
    assert low == 0.0
    assert high == 0.75
    told = dictation.report("read", results, frozenset({"one", "two", "three"}))
    assert "25.0% of them are not in the graph; real-time factor 0.100" in told


def test_a_corpus_without_people_left_out_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("path\tseconds\tspeaker\ttext\na.wav\t1.0\t1\thello\n")
    with pytest.raises(MynahError, match="no speaker of it was left out"):
        dictation.measured(tmp_path, 10)


def cases(confidences: list[float]) -> list[opinion.Case]:
    """Each is doubted in proportion to the weight."""
    doubts = np.array(opinion.WEIGHTS)
    return [opinion.Case(one, (one - 0.1 * doubts).tolist()) for one in confidences]


def test_the_weight_is_the_best_that_every_kind_of_right_hearing_can_bear() -> None:
    near = cases([0.3, 0.4, 0.55])
    spared = cases([0.82] * 99 + [0.31])  # the last one is lost from a weight of 1.5 on
    best, tried = opinion.chosen(near, {"commands": spared, "read": []}, least=0.2)
    assert tried[0] == opinion.Tried(0.0, 1.0, {"commands": 0.0, "read": 0.0})
    assert (best.weight, best.acted_on, best.lost["commands"]) == (4.0, 0.0, 0.01)
    worse = {"commands": spared, "read": cases([0.21] * 9)}
    assert opinion.chosen(near, worse, least=0.2)[0].weight == 0.0
