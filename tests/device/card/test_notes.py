"""The file in which a newcomer reads what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.card import notes
from device.card.places import Card
from device.commands.card import take_over
from tests.device.card.conftest import Bench

NOON = 1_795_348_800.0


def read(card: Card) -> str:
    return (card.boot / notes.NAME).read_bytes().decode("utf-8-sig")


def test_it_can_be_read_in_notepad(card: Card, machine: Bench) -> None:
    card.problems.write_text(
        "mynah.toml: line 3 is wrong: mend it\nhome.toml: „Küche“: " + "word " * 40 + "\n"
    )
    notes.show(card, machine, NOON)
    content = (card.boot / notes.NAME).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfMynah has 2 problems (2026-11-22 12:00 UTC;")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert all(len(line) <= 90 for line in read(card).splitlines())
    paragraphs = read(card).split("\r\n\r\n")
    assert "removes it when there are no problems" in paragraphs[1].replace("\r\n", " ")
    assert paragraphs[2] == "mynah.toml: line 3 is wrong: mend it"
    assert paragraphs[3].startswith("home.toml: „Küche“")


def test_the_partition_is_written_only_when_something_has_changed(card: Card, machine: Bench) -> None:
    notes.show(card, machine, NOON)
    assert machine.written == 0
    card.problems.write_text("a\n")
    notes.show(card, machine, NOON)
    notes.show(card, machine, NOON + 60)
    assert machine.written == 1
    card.problems.write_text("")
    notes.show(card, machine, NOON)
    assert machine.written == 2
    assert not (card.boot / notes.NAME).exists()
    assert [path.name for path in card.boot.iterdir()] == ["config.txt"]


def test_what_the_daemon_says_joins_what_the_start_found(card: Card, machine: Bench) -> None:
    card.problems.write_text("mynah.toml: wrong\n")
    (card.daemon / "problems.txt").write_text(
        "mynah.toml: wrong\nthe broker refuses the user 'mynah'\x1b[31m\n"
    )
    notes.show(card, machine, NOON)
    assert read(card).split("\r\n\r\n")[2:] == [
        "mynah.toml: wrong",
        "the broker refuses the user 'mynah'[31m\r\n",
    ]


def test_the_daemon_cannot_make_root_read_something_else(card: Card, machine: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "shadow"
    secret.write_text("secret77\n")
    told = card.daemon / "problems.txt"
    told.symlink_to(secret)
    notes.show(card, machine, NOON)
    told.unlink()
    told.hardlink_to(secret)
    notes.show(card, machine, NOON)
    told.unlink()
    told.mkdir()
    notes.show(card, machine, NOON)
    assert not (card.boot / notes.NAME).exists()


def test_the_daemon_cannot_fill_the_partition(card: Card, machine: Bench) -> None:
    (card.daemon / "problems.txt").write_text("".join(f"problem {number}\n" for number in range(200_000)))
    notes.show(card, machine, NOON)
    assert (card.boot / notes.NAME).stat().st_size < 20_000
    assert "more" in read(card).split("\r\n\r\n")[-1]


def test_a_card_that_cannot_be_written_is_no_reason_not_to_start(
    card: Card, machine: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    (card.boot / notes.NAME).mkdir()
    assert take_over(card, machine, only_problems=False) == 0
    assert "mynah-problems.txt cannot be written" in caplog.text
    assert (card.etc / "mynah.toml").exists()


def test_only_the_problems_when_the_daemon_has_new_ones(card: Card, machine: Bench) -> None:
    (card.daemon / "problems.txt").write_text("no microphone\n")
    assert take_over(card, machine, only_problems=True) == 0
    assert not card.etc.exists()
    assert "Mynah has 1 problem (" in read(card)
