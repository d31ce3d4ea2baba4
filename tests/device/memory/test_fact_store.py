"""The facts that were told, on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.events import Change
from device.knowledge.facts.facts import ADD, REMOVE, Fact
from device.memory.fact_store import loads
from device.memory.memory import FACTS, Memory

KEY = Fact("the spare key", "is in", "the blue drawer", since="2026-03-02")


def test_what_is_told_is_there_after_a_restart(tmp_path: Path) -> None:
    Memory(folder=tmp_path).apply([Change(ADD, KEY.json, KEY)])
    memory = Memory(folder=tmp_path)
    assert memory.facts.facts == (KEY,)
    memory.apply([Change(REMOVE, KEY.json, KEY)])
    assert Memory(folder=tmp_path).facts.facts == ()


def test_nothing_is_written_where_nothing_was_told(tmp_path: Path) -> None:
    assert Memory(folder=tmp_path).facts.facts == ()
    assert not (tmp_path / FACTS).exists()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"facts": [{"thing": 1}]}', b'{"facts": [{"thing": "a"}]}']
)
def test_what_makes_no_sense_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no facts"):
        loads(content)
