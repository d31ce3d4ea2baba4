"""The journal's database: what is written, asked, forgotten, moved and dropped."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from device.memory.journal.entries import Changed, Forget, Turned
from device.memory.journal.store import Store


def turned(at: float, text: str = "turn on the lamp", corrects: int | None = None) -> Turned:
    return Turned(at, text, "HassTurnOn", 0.9, True, {"reply": "Turned on the lamp"}, corrects)


@pytest.fixture
def store() -> Store:
    return Store()


def test_what_is_written_comes_back_as_it_was(store: Store) -> None:
    entries = [
        Changed("lamp", "on", True, 10.0),
        Changed("lamp", "on", False, 20.5),
        Changed("lamp", "brightness", 40.0, 11.0),
        Changed("lock", "activity", "jammed", 12.0, found=True),
    ]
    store.write([*entries, turned(13.0)])
    past = store.past
    assert list(past.all_changes()) == entries
    assert list(past.changes("lamp", "on", 15, 30)) == [entries[1]]
    assert past.last("lamp", "on") == entries[1]
    assert past.last("lamp", "on", 15) == entries[0]
    assert past.last("lamp", "on", 5) is None
    assert past.last_to("lamp", "on", True) == entries[0]
    assert past.last("radio", "on") is None
    assert past.begins() == 10.0
    [turn] = past.turns()
    assert (turn.text, turn.reply, turn.confidence, turn.fine) == (
        "turn on the lamp",
        "Turned on the lamp",
        0.9,
        True,
    )


def test_a_correction_knows_what_it_corrects(store: Store) -> None:
    store.write(
        [turned(10.0), turned(20.0, "no, the other one", corrects=0), turned(500.0, "undo", corrects=0)]
    )
    assert [turn.corrects for turn in store.past.turns()] == [None, 1, None]


def test_what_is_found_as_it_was_is_no_change(store: Store) -> None:
    store.write([Changed("door", "open", False, 10.0), Changed("door", "open", False, 90.0, found=True)])
    store.write([Changed("door", "open", True, 95.0, found=True)])
    assert [(one.value, one.found) for one in store.past.all_changes()] == [(False, False), (True, True)]


def test_a_batch_is_whole_or_absent(store: Store) -> None:
    with pytest.raises(TypeError):
        store.write([turned(10.0), Changed("lamp", "on", None, 11.0)])  # type: ignore[arg-type]
    assert list(store.past.turns()) == []
    store.write([Changed("lamp", "on", True, 11.0)])
    assert store.past.last("lamp", "on") is not None


def test_forgetting_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    store = Store(file)
    store.write([turned(10.0, "the secret word"), turned(99.0, "another"), Changed("lamp", "on", True, 11.0)])
    assert store.forget(Forget(0, 50, states=False)) == 1
    assert [turn.text for turn in store.past.turns()] == ["another"]
    assert store.past.last("lamp", "on") is not None
    content = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"the secret word" not in content
    assert b"another" in content
    store.close()
    assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_clock_is_put_right(store: Store) -> None:
    store.write([Changed("lamp", "on", True, 5000.0)])
    began = store.ends()
    store.write([Changed("lamp", "on", False, 10.0), turned(12.0)])
    store.move(began, 6000.0)
    assert [one.at for one in store.past.all_changes()] == [5000.0, 6010.0]
    assert [one.at for one in store.past.turns()] == [6012.0]


def test_the_oldest_make_room(store: Store) -> None:
    store.write(Changed("lamp", "on", bool(at % 2), float(at)) for at in range(40_000))
    store.drop_before(10_000.0)
    assert store.past.begins() == 10_000.0
    size = store.size
    store.shrink(size // 2)
    assert store.size <= size // 2
    last = store.past.last("lamp", "on")
    assert last is not None
    assert last.at == 39_999.0


def test_a_journal_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.Error, match="version 99"):
        Store(file)
