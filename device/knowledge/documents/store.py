"""The index of a folder of documents, in one SQLite file: each document is in it whole or not at all.

It holds nothing that is not in the documents, so a damaged or older one is thrown away and made again.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.knowledge.documents.folder import Entry
from device.knowledge.documents.passages import Document, Passage
from device.knowledge.documents.words import stems

VERSION = 3
"""Of what is kept and of how words are cut."""
HEADINGS_COUNT = 2.0
"""How many times as much as a word of the text a word of the headings counts."""
PATIENCE, STEPS = 0.25, 2_000
"""Seconds that the searches of one question may take; steps of SQLite's between two looks at the clock."""
OCCURRENCES = 8_000
"""Most places in the index that one search of all documents looks at: it bounds the time, about 10 ms on a
workstation. The rarest words, which say most, are searched for first."""

_FIELDS = "passages.id, documents.name, title, source, kind, path, lead, pieces"
_HITS = f"SELECT {_FIELDS} FROM passages JOIN documents ON documents.id = document"
_NUMBERS = (("id", "passages"), ("passage", "units"))
_SCHEMA = f"""
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY, name TEXT UNIQUE, title TEXT, size INTEGER, changed INTEGER, problem TEXT,
        vector BLOB);
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY, document INTEGER, source TEXT, kind TEXT, path TEXT, lead TEXT, pieces TEXT);
    CREATE TABLE units (passage INTEGER PRIMARY KEY, vectors BLOB);
    CREATE INDEX by_document ON passages (document);
    CREATE INDEX by_source ON passages (source);
    CREATE VIRTUAL TABLE stems USING fts5 (headings, body, tokenize = "unicode61 remove_diacritics 2");
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab (stems, 'row');
    PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, its number in the index, and its document."""

    id: int
    document: str
    title: str
    passage: Passage


class Writer:
    """The one process that fills an index."""

    def __init__(self, file: Path) -> None:
        """Opens the index in `file`, or begins one. Raises OSError and sqlite3.Error."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        try:
            self._connection = self._opened()
        except sqlite3.DatabaseError:
            for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))):
                part.unlink(missing_ok=True)
            self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError(f"version {version}")
            if not version:
                connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            connection.execute("SELECT count(*) FROM documents").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def known(self) -> dict[str, tuple[Entry, str]]:
        """The documents that are in the index, by name, and what is wrong with each."""
        rows = self._connection.execute("SELECT name, size, changed, problem FROM documents")
        return {name: (Entry(name, size, changed), problem) for name, size, changed, problem in rows}

    def put(self, entry: Entry, document: Document | None, problem: str = "") -> None:
        """Take in a document instead of the one of that name. None: it cannot be read, for that reason."""
        with self._transaction():
            self._drop(entry.name)
            title = document.title if document else ""
            values = (entry.name, title, entry.size, entry.changed, problem)
            insert = "INSERT INTO documents (name, title, size, changed, problem) VALUES (?, ?, ?, ?, ?)"
            number = self._connection.execute(insert, values).lastrowid
            for passage in document.passages if document else ():
                self._put_passage(number, passage)

    def _put_passage(self, document: int | None, passage: Passage) -> None:
        values = (
            *(document, passage.source, passage.kind, json.dumps(passage.path, ensure_ascii=False)),
            *(passage.lead, json.dumps(passage.pieces, ensure_ascii=False)),
        )
        insert = "INSERT INTO passages (document, source, kind, path, lead, pieces) VALUES (?, ?, ?, ?, ?, ?)"
        number = self._connection.execute(insert, values).lastrowid
        headings = " ".join(stems(" . ".join(passage.path)))
        body = " ".join(stems(" . ".join((passage.lead, *passage.pieces))))
        insert = "INSERT INTO stems (rowid, headings, body) VALUES (?, ?, ?)"
        self._connection.execute(insert, (number, headings, body))

    def bare(self, most: int) -> dict[int, Passage]:
        """The first passages that have no vectors, by number."""
        sql = f"{_HITS} WHERE passages.id > (SELECT ifnull(max(passage), 0) FROM units)"
        rows = self._connection.execute(f"{sql} ORDER BY passages.id LIMIT ?", (most,))
        return {hit.id: hit.passage for hit in map(_hit, rows)}

    def untitled(self) -> dict[str, str]:
        """The titles that have no vector, by document."""
        sql = "SELECT name, title FROM documents WHERE vector IS NULL AND problem = ''"
        return dict(self._connection.execute(sql).fetchall())

    def put_vectors(self, titles: Mapping[str, bytes], units: Mapping[int, bytes]) -> None:
        """The vectors of titles, by document, and of the units of passages, by number: int8, 127 for 1."""
        with self._transaction():
            update = "UPDATE documents SET vector = ? WHERE name = ?"
            self._connection.executemany(update, [(vector, name) for name, vector in titles.items()])
            self._connection.executemany("INSERT INTO units VALUES (?, ?)", units.items())

    def remove(self, name: str) -> None:
        """Forget the document called `name`."""
        with self._transaction():
            self._drop(name)

    def _drop(self, name: str) -> None:
        of = "SELECT passages.id FROM passages JOIN documents ON document = documents.id WHERE name = ?"
        self._connection.execute(f"DELETE FROM stems WHERE rowid IN ({of})", (name,))
        self._connection.execute(f"DELETE FROM units WHERE passage IN ({of})", (name,))
        self._connection.execute(f"DELETE FROM passages WHERE id IN ({of})", (name,))
        self._connection.execute("DELETE FROM documents WHERE name = ?", (name,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class Reader:
    """Searches an index that may not be there yet, and may grow meanwhile. Raises nothing: an index that
    cannot be read has no documents."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._until: float | None = None

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """What is read in here takes at most PATIENCE together; what takes longer finds nothing."""
        self._until = time.monotonic() + PATIENCE
        try:
            yield
        finally:
            self._until = None

    def _is_late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        try:
            if self._connection is None:
                # Turns are taken in one thread at a time; which one may change.
                self._connection = sqlite3.connect(
                    f"file:{self._file}?mode=ro", uri=True, timeout=0.05, check_same_thread=False
                )
                self._connection.set_progress_handler(self._is_late, STEPS)
            with closing(self._connection.execute(sql, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error:
            self.close()
            return []

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def passages(self) -> int:
        """How many there are."""
        return int(str(self._rows("SELECT count(*) FROM passages")[0][0])) if self.documents() else 0

    def documents(self) -> list[str]:
        """The names of the documents that can be searched."""
        return list(self.titles())

    def titles(self) -> dict[str, str]:
        """The title of each document that can be searched, by its name."""
        rows = self._rows("SELECT name, title FROM documents WHERE problem = ''")
        return {str(name): str(title) for name, title in rows}

    def frequencies(self, found: Iterable[str]) -> dict[str, int]:
        """In how many passages each of these stems is; those in none are left out."""
        sql = "SELECT doc FROM vocabulary WHERE term = ?"
        counted = ((stem, self._rows(sql, (stem,))) for stem in dict.fromkeys(found))
        return {stem: int(str(rows[0][0])) for stem, rows in counted if rows}

    def search(self, found: Iterable[str], most: int, document: str | None = None) -> list[Hit]:
        """The passages that fit these stems best, of all documents or of one, the best first."""
        wanted = _affordable(self.frequencies(found)) if document is None else list(dict.fromkeys(found))
        first, last = self._range(document) if document is not None else (0, 1 << 62)
        if not wanted:
            return []
        sql = f"""
            SELECT {_FIELDS}
            FROM (SELECT rowid AS found, bm25(stems, {HEADINGS_COUNT}, 1.0) AS score FROM stems
                  WHERE stems MATCH ? AND rowid BETWEEN ? AND ? ORDER BY score LIMIT {most})
            JOIN passages ON passages.id = found JOIN documents ON documents.id = document ORDER BY score"""
        matching = " OR ".join(f'"{stem}"' for stem in wanted if stem)
        return [_hit(row) for row in self._rows(sql, (matching, first, last))]

    def _range(self, document: str) -> tuple[int, int]:
        """The numbers of a document's first and last passage: they were put in one after the other."""
        sql = """
            SELECT min(passages.id), max(passages.id) FROM passages JOIN documents ON documents.id = document
            WHERE name = ?"""
        rows = self._rows(sql, (document,))
        first, last = rows[0] if rows else (None, None)
        return (0, -1) if first is None else (int(str(first)), int(str(last)))

    def at(self, source: str) -> list[Hit]:
        """The passages at one place, in their order."""
        return [_hit(row) for row in self._rows(f"{_HITS} WHERE source = ? ORDER BY passages.id", (source,))]

    def hits(self, numbers: Iterable[int]) -> list[Hit]:
        """The passages with these numbers."""
        return [_hit(row) for row in self._rows(f"{_HITS} WHERE passages.id IN ({_these(numbers)})")]

    def units(self, numbers: Iterable[int], documents: Sequence[str] | None) -> dict[int, bytes]:
        """The vectors of the units of these passages and of all in `documents` (None: of all documents), by
        number; those that have none yet are left out."""
        sql = "SELECT passage, vectors FROM units"
        if documents is not None:
            ranges = "".join(" OR passage BETWEEN {} AND {}".format(*self._range(one)) for one in documents)
            sql += f" WHERE passage IN ({_these(numbers)}){ranges}"
        return {int(str(row[0])): bytes(row[1]) for row in self._rows(sql) if isinstance(row[1], bytes)}

    def title_vectors(self) -> dict[str, npt.NDArray[np.floating]]:
        """The vector of each title, by document."""
        rows = self._rows("SELECT name, vector FROM documents WHERE vector IS NOT NULL")
        found = {str(name): vector for name, vector in rows if isinstance(vector, bytes)}
        return {name: np.frombuffer(one, np.int8) / np.float32(127) for name, one in found.items()}

    @property
    def is_complete(self) -> bool:
        """Whether each passage has its vectors."""
        sql = (
            "SELECT (SELECT ifnull(max(id), 0) FROM passages) <= (SELECT ifnull(max(passage), 0) FROM units)"
        )
        return all(row[0] for row in self._rows(sql))


def _these(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _affordable(frequencies: dict[str, int]) -> list[str]:
    """The rarest of the stems, as many as may be searched for; at least one."""
    rarest = sorted(frequencies, key=lambda stem: frequencies[stem])
    places = itertools.accumulate(frequencies[stem] for stem in rarest)
    count = sum(total <= OCCURRENCES for total in places)
    return rarest[: max(count, 1)]


def _hit(row: Sequence[object]) -> Hit:
    number, name, title, source, kind, path, lead, pieces = row
    passage = Passage(
        *(str(source), str(kind), tuple(json.loads(str(path)))), tuple(json.loads(str(pieces))), str(lead)
    )
    return Hit(int(str(number)), str(name), str(title), passage)
