from __future__ import annotations

import logging
from pathlib import Path

import pytest

from device.events import Change
from device.memory.list_store import ListStore

MILK = Change("list.add", {"list": "shopping list", "item": "milk"})
NAMES = ("shopping list", "to-do list")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memory" / "lists.json"


def test_what_is_written_is_there_again(file: Path) -> None:
    store = ListStore(NAMES, file)
    store.apply(MILK)
    store.apply(Change("list.create", {"list": "party list"}))
    again = ListStore(NAMES, file)
    assert again.lists == store.lists
    assert again.lists.items == {"shopping list": ("milk",), "to-do list": (), "party list": ()}
    assert file.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_where_nothing_changes(file: Path) -> None:
    store = ListStore(NAMES, file)
    store.apply(Change("timer.start", {}))
    store.apply(Change("list.remove", {"list": "shopping list", "item": "milk"}))
    assert not file.exists()


def test_without_a_file_it_is_remembered_until_the_end() -> None:
    store = ListStore(NAMES)
    store.apply(MILK)
    assert store.lists.items["shopping list"] == ("milk",)


@pytest.mark.parametrize(
    "content",
    [
        b'{"lists": {"shopping list": ["mil',
        b"",
        b"\x00" * 100,
        b"[]",
        b'{"lists": {"a": [1]}}',
        b"[" * 100_000,
    ],
)
def test_a_torn_or_foreign_file_is_set_aside(
    file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    for _ in range(2):
        file.write_bytes(content)
        store = ListStore(NAMES, file)
        assert store.lists.items["shopping list"] == ()
        store.apply(MILK)
    assert [one.read_bytes() for one in sorted(file.parent.glob("*.damaged*"))] == [content, content]
    assert len(caplog.records) == 2
    assert all(str(file) in line and "damaged" in line for line in caplog.messages)
    assert ListStore(NAMES, file).lists.items["shopping list"] == ("milk",)


def test_a_file_that_cannot_be_read_is_left_alone(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.mkdir(parents=True)
    store = ListStore(NAMES, file)
    store.apply(MILK)
    assert store.lists.items["shopping list"] == ("milk",)
    assert file.is_dir()
    assert len(caplog.records) == 1


def test_a_disk_that_is_full_or_gone_costs_a_line(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.write_text("a file where the folder should be")
    store = ListStore(NAMES)
    store = ListStore(NAMES, file.parent / "lists.json")
    with caplog.at_level(logging.ERROR):
        store.apply(MILK)
    assert store.lists.items["shopping list"] == ("milk",)
    assert len(caplog.records) == 1


def test_five_thousand_items(file: Path) -> None:
    store = ListStore(NAMES, file)
    names = [f"item {number}" for number in range(5000)]
    file.parent.mkdir()
    file.write_text('{"lists": {"shopping list": [' + ", ".join(f'"{name}"' for name in names) + "]}}")
    store = ListStore(NAMES, file)
    store.apply(MILK)
    assert ListStore(NAMES, file).lists.items["shopping list"] == (*names, "milk")


def test_two_processes_see_what_the_other_changes(file: Path) -> None:
    one, other = ListStore(NAMES, file), ListStore(NAMES, file)
    one.apply(MILK)
    other.apply(Change("list.add", {"list": "shopping list", "item": "eggs"}))
    assert one.lists.items["shopping list"] == ("milk", "eggs") == other.lists.items["shopping list"]
