"""Questions to papers: which document is meant, what is read out or asked back, and how long that takes."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from device.engine.sentence_encoder import Encoder
from device.knowledge.documents import indexing, reading
from device.knowledge.documents.candidates import named
from device.knowledge.documents.folder import entries
from device.knowledge.documents.papers import OFFERED, Papers, is_answer, offered
from device.knowledge.documents.question import HOW, form_of
from device.knowledge.documents.store import OCCURRENCES, Reader, Writer
from device.knowledge.documents.words import stems
from device.settings import bundle_folder

MANUALS = Path(__file__).parents[3] / "docs" / "examples" / "manuals"
TITLES = {"c.md": "Kestrel K3 coffee machine: manual", "w.md": "Washing machine", "h.md": "Heat pump"}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    index = tmp_path_factory.mktemp("state") / "index.db"
    assert indexing.run(MANUALS, index, bundle_folder("sentences")) == []
    return Papers(index, bundle_folder("sentences"))


@pytest.mark.parametrize(
    ("asked", "document"),
    [
        ("how do I descale the coffee machine", "c.md"),
        ("why does the washing machine shake", "w.md"),
        ("is the heat pump loud", "h.md"),
        ("how do I clean the pump", None),
        ("the machine leaks", None),
    ],
)
def test_a_document_is_named_by_its_title(asked: str, document: str | None) -> None:
    assert named(stems(asked), TITLES) == document


def test_what_means_nearly_the_same_is_near() -> None:
    encoder = Encoder.load(bundle_folder("sentences"))
    asked, right, wrong = map(
        encoder.vector,
        ("there is a puddle below it", "Why is there water under the machine?", "Strength and aroma"),
    )
    assert asked @ right > asked @ wrong + 0.2
    assert abs(float(asked @ asked) - 1) < 1e-3


def test_words_are_cut_into_the_longest_pieces() -> None:
    encoder = Encoder.load(bundle_folder("sentences"))
    begin, *pieces, end = encoder.numbers("Descaling?")
    assert encoder.numbers("descaling ?") == [begin, *pieces, end]
    assert len(pieces) == 4
    assert len(encoder.numbers("word " * 500)) == 96


def test_a_question_in_other_words_finds_its_passage(papers: Papers) -> None:
    (found, *_) = papers.find("why are my clothes full of wrinkles")
    assert found.passage.source == "washing-machine.md#the-laundry-is-very-creased"


def test_what_has_no_vectors_yet_is_found_by_its_words(tmp_path: Path) -> None:
    index = tmp_path / "index.db"
    writer = Writer(index)
    for entry in entries(MANUALS):
        writer.put(entry, reading.read(MANUALS, entry))
    writer.close()
    assert not Reader(index).is_complete
    found = Papers(index, bundle_folder("sentences")).find("what does error E11 mean")
    assert "E11" in found[0].passage.pieces[0]


def test_who_asks_how_gets_the_steps(papers: Papers) -> None:
    assert form_of("how do i clean it") == HOW
    found = papers.find("how do I descale the coffee machine")
    assert is_answer(found)
    assert (found[0].passage.source, found[0].passage.kind) == ("coffee.md#descaling", "steps")


def test_an_error_code_is_found_and_no_other_is(papers: Papers) -> None:
    (found, *_) = papers.find("what does F13 mean")
    assert found.passage.pieces[0].startswith("F13")
    assert papers.find("what does F98 mean") == ()


def test_where_nothing_is_likely_enough_places_are_offered(papers: Papers) -> None:
    found = papers.find("how do I make my coffee less strong")
    choices = offered(found)
    assert not is_answer(found)
    assert "coffee.md#strength-and-aroma" in [one.passage.source for one in choices]
    assert len(choices) <= OFFERED
    assert offered(papers.find("who painted the sunflowers")) == ()


def test_a_question_about_another_document_stays_in_it(papers: Papers) -> None:
    found = papers.find("how long does that take", "coffee.md", "how do I descale it")
    assert {one.document for one in found} == {"coffee.md"}


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """An index in which one word is everywhere."""
    index, writer = tmp_path / "index.db", Writer(tmp_path / "index.db")
    writer.close()
    with sqlite3.connect(index) as connection:
        rows = ((at, "", "everywhere" if at else "everywhere rare") for at in range(OCCURRENCES + 100))
        connection.executemany("INSERT INTO stems (rowid, headings, body) VALUES (?, ?, ?)", rows)
        connection.execute(
            "INSERT INTO documents VALUES (1, 'a.md', 'A', 1, 1, '', NULL)",
        )
        connection.execute("INSERT INTO passages VALUES (0, 1, 'a.md', 'text', '[]', '', '[\"x\"]')")
    return index


def test_words_that_are_everywhere_are_left_out_of_a_search(crowded: Path) -> None:
    assert [hit.id for hit in Reader(crowded).search(["everywhere", "rare"], 5)] == [0]


def test_a_search_ends_in_time(crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("device.knowledge.documents.store.PATIENCE", 0.0)
    reader = Reader(crowded)
    began = time.monotonic()
    with reader.hurried():
        assert reader.search(["everywhere"], 5) == []
    assert time.monotonic() - began < 1
    assert reader.frequencies(["rare"]) == {"rare": 1}


def test_passages_of_one_document_are_searched(tmp_path: Path) -> None:
    index = tmp_path / "index.db"
    writer = Writer(index)
    for entry in entries(MANUALS):
        writer.put(entry, reading.read(MANUALS, entry))
    writer.close()
    hits = Reader(index).search(["filter"], 10, "washing-machine.md")
    assert hits
    assert {hit.document for hit in hits} == {"washing-machine.md"}
    assert Reader(index).search(["filter"], 10, "no.md") == []
