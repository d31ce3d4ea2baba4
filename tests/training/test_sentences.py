"""What the search of documents learns from: its papers and questions, and the weights of an answer."""

from __future__ import annotations

import numpy as np
import pytest

from device.knowledge.documents.passages import TEXT, Passage
from device.knowledge.documents.ranking import FEATURES
from training.text import answering
from training.text.lessons import ASIDE, TAUGHT, answers, documents, questions, units


@pytest.mark.parametrize("folder", [TAUGHT, ASIDE])
def test_each_question_about_the_papers_has_its_passage(folder: object) -> None:
    place = TAUGHT if folder == TAUGHT else ASIDE
    passages = [passage for paper in documents(place).values() for passage in paper.passages]
    rows = [row for file in place.glob("*.yaml") for row in questions(file)]
    lost = [row["ask"] for row in rows if "source" in row and not any(answers(row, one) for one in passages)]
    assert lost == []
    assert sum("source" not in row for row in rows) > len(rows) / 7


def test_of_a_passage_the_pieces_that_say_it_answer() -> None:
    passage = Passage("a.md#tea", TEXT, ("Tea",), ("It is hot.", "It is green."))
    row = {"ask": "which colour has it", "source": "a.md#tea", "says": "green"}
    assert list(units(row, passage)) == [True, False, True]
    assert list(units({**row, "source": "a.md#milk"}, passage)) == [False] * 3


def test_weights_prefer_what_is_right() -> None:
    good, bad = np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    good[:2], bad[0] = 1.0, 1.0
    lesson = answering.Lesson("a", np.array([good, bad]), np.array([True, False]), ("a", "b"), True)
    weights = answering.fitted([lesson] * 5)
    assert weights[1] > 0
    assert [right for _, right in answering.best_first(lesson, weights)] == [True, False]
