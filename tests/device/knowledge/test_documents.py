"""Papers of every format, how they are cut, indexed and searched, and what is wrong with some."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from device.errors import DocumentError
from device.knowledge.documents import indexing, reading
from device.knowledge.documents.folder import entries
from device.knowledge.documents.passages import ROW, STEPS, Passage, document, slug
from device.knowledge.documents.store import Reader, Writer
from device.knowledge.documents.text import text_blocks
from device.knowledge.documents.words import stem, words
from device.settings import bundle_folder

MANUALS = Path(__file__).parents[3] / "docs" / "examples" / "manuals"


def passages(folder: Path, name: str, content: str | bytes) -> tuple[Passage, ...]:
    """Those of a file with this content."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    (entry,) = (one for one in entries(folder) if one.name == name)
    return reading.read(folder, entry).passages


def pdf(text: str) -> bytes:
    """A PDF of one page, as small as it can be."""
    drawn = b"BT /F1 12 Tf 14 TL 50 700 Td " + b" ".join(
        f"({line}) Tj T*".encode() for line in text.splitlines()
    )
    stream = drawn + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + table
    return made + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def test_markdown_has_headings_steps_and_rows(tmp_path: Path) -> None:
    table = "| code | cause |\n|-|-|\n| E1 | No water. |\n"
    text = f"# Kettle\n\n## Care\n\nOnce a *month*:\n\n1. Fill it.\n2. Boil **it**.\n\n{table}"
    lead, steps, row = passages(tmp_path, "kettle.md", text)
    assert lead.pieces == ("Once a month:",)
    assert steps == Passage("kettle.md#care", STEPS, ("Care",), ("Fill it.", "Boil it."), "Once a month:")
    assert (row.kind, row.pieces) == (ROW, ("E1: No water.",))


def test_html_has_no_scripts(tmp_path: Path) -> None:
    text = (
        "<title>Kettle</title><script>steal()</script><h2 id=care>Care</h2><p>Boil <b>it</b>.<ol><li>Fill"
        "<li>Boil</ol><style>p{}</style><dl><dt>Why?<dd>So.</dl>"
    )
    found = passages(tmp_path, "kettle.html", text)
    assert [(one.source, one.pieces) for one in found] == [
        ("kettle.html#care", ("Boil it.",)),
        ("kettle.html#care", ("Fill", "Boil")),
        ("kettle.html#care", ("So.",)),
    ]
    assert found[-1].path == ("Care", "Why?")


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    found = passages(tmp_path, "kettle.pdf", pdf("E24 There is no water. Fill the tank."))
    assert [(one.source, one.pieces) for one in found] == [
        ("kettle.pdf#page-1", ("E24: There is no water. Fill the tank.",))
    ]


def test_plain_text_has_headings_and_steps() -> None:
    steps = "1. Fill it\n   with water.\n2. Boil.\n"
    text = f"KETTLE\n\nCleaning\n--------\nDo this:\n\n{steps}\nF05   No water   Fill it\n"
    found = document("kettle.txt", text_blocks(text)).passages
    assert [(one.source, one.kind) for one in found] == [
        ("kettle.txt#cleaning", "text"),
        ("kettle.txt#cleaning", "steps"),
        ("kettle.txt#cleaning", "row"),
    ]
    assert found[1].pieces == ("Fill it with water.", "Boil.")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("torn.pdf", b"%PDF-1.4\n1 0 obj <<", "cannot be read"),
        ("empty.pdf", pdf(""), "no text"),
        ("picture.txt", b"\x89PNG\0\0", "is no text"),
        ("empty.md", "", "no text"),
        ("huge.txt", b"a" * (reading.MOST_TEXT + 1), "split it"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as caught:
        passages(tmp_path, name, content)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_rest_is_indexed_and_kept_up_to_date(tmp_path: Path) -> None:
    folder, index = tmp_path / "papers", tmp_path / "state" / "index.db"
    folder.mkdir()
    (folder / "kettle.md").write_text("# Kettle\n\nBoil water.\n")
    (folder / "torn.pdf").write_bytes(b"%PDF")
    (problem,) = indexing.run(folder, index, bundle_folder("sentences"))
    assert "torn.pdf" in problem
    reader = Reader(index)
    assert reader.documents() == ["kettle.md"]
    (folder / "torn.pdf").unlink()
    (folder / "kettle.md").write_text("# Kettle\n\nDescale it monthly.\n")
    os.utime(folder / "kettle.md", (time.time() + 5, time.time() + 5))
    assert indexing.run(folder, index, bundle_folder("sentences")) == []
    assert [hit.passage.pieces for hit in reader.search(["descal"], 5)] == [("Descale it monthly.",)]
    assert reader.search(["boil"], 5) == []
    (folder / "kettle.md").unlink()
    assert "no document" in indexing.run(folder, index, bundle_folder("sentences"))[0]
    assert reader.documents() == []


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    index = tmp_path / "index.db"
    index.write_bytes(b"no database" * 1000)
    assert Reader(index).documents() == []
    Writer(index).close()
    with sqlite3.connect(index) as connection:
        assert connection.execute("SELECT count(*) FROM passages").fetchone() == (0,)


def test_a_document_is_in_the_index_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(tmp_path / "index.db")
    entry = entries(MANUALS)[0]
    whole = reading.read(MANUALS, entry)
    writer.put(entry, whole)
    count = Reader(tmp_path / "index.db").passages

    def broken(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Writer, "_put_passage", broken)
    with pytest.raises(OSError, match="no room"):
        writer.put(entry, whole)
    assert Reader(tmp_path / "index.db").passages == count > 0


def test_codes_are_one_word_however_they_are_said() -> None:
    assert words("E-24") == words("E24") == words("e twenty four") == words("e two four") == ["e24"]
    assert words("fault A02") == words("fault a oh two") == ["fault", "a02"]
    assert words("at 30 °C") == ["at", "30", "degrees"]
    assert stem("descaling") == stem("descaled")


def test_slugs_are_those_of_links() -> None:
    assert slug("Why is it too hot?") == "why-is-it-too-hot"
