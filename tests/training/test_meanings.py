"""The bundle of meanings: WordNet's relations, the household's groups, the words that are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.errors import MynahError
from device.knowledge.documents.meanings import Meanings
from device.knowledge.documents.ranking import FEATURES
from training.text import answering, meanings
from training.text.thesaurus import relations

LICENCE = "  1 This software and database is being provided to you\n"


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Two meanings: what washes, and a machine, of which it is a kind."""
    data = (
        "00000001 06 n 02 washer 0 washing_machine 0 001 @ 00000002 n 0000 | a machine\n"
        "00000002 06 n 01 machine 0 000 | a thing\n"
    )
    index = "machine n 1 0 1 1 00000002\nwasher n 1 1 @ 1 1 00000001\nwashing_machine n 1 1 @ 1 0 00000001\n"
    for part in ("noun", "verb", "adj"):
        (tmp_path / f"data.{part}").write_text(LICENCE + (data if part == "noun" else ""))
        (tmp_path / f"index.{part}").write_text(LICENCE + (index if part == "noun" else ""))
    return tmp_path


def test_relations_are_synonyms_their_parts_and_what_is_pointed_to(wordnet: Path) -> None:
    found = relations(wordnet)
    assert found["washer"] == {"washing_machine": 1.0, "washing": 0.6, "machine": 0.7}
    assert found["machine"] == {}


def test_without_wordnet_one_line_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(MynahError, match="install wordnet-base"):
        relations(tmp_path)


def test_words_of_a_group_are_related_whatever_their_ending() -> None:
    words = ["descaling", "decalcify", "door"]
    found = meanings.grouped(words, {"door": {"hatch": 0.9}}, [["descale", "decalcify"]])
    assert found["descaling"] == {"decalcify": meanings.GROUPED}
    assert found["decalcify"] == {"descale": meanings.GROUPED}
    assert found["door"] == {"hatch": 0.9}
    one_way = meanings.grouped(["washer", "machine"], {}, [["washer:", "washing", "machine"]])
    assert one_way == {"washer": dict.fromkeys(["washing", "machine"], meanings.GROUPED), "machine": {}}


def test_a_bundle_is_read_as_it_was_written(tmp_path: Path) -> None:
    vectors = np.array([[127, 0], [0, 127]], np.int8)
    meanings.write(tmp_path, ["tap", "faucet"], vectors, [{1: 0.8}, {}])
    read = Meanings.load(tmp_path)
    assert read.related("tap") == pytest.approx({"faucet": 0.8}, abs=0.01)
    assert read.related("faucet") == {}
    assert read.vectors(["tap", "nothing"]).tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_the_nearest_words_are_those_of_the_largest_cosine() -> None:
    near = meanings.nearest(np.array([[1, 0], [0.9, 0.436], [0, 1]], np.float32))
    assert set(near[0]) == {1}
    assert set(near[2]) == set()


def test_weights_prefer_what_is_right() -> None:
    good, bad = np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    good[:2], bad[0] = 1.0, 1.0
    lesson = answering.Lesson(np.array([good, bad]), np.array([True, False]), ("a", "b"), True)
    weights = answering.fitted([lesson] * 5)
    assert weights[1] > 0
    assert answering.best_first(lesson, weights) == [True, False]
