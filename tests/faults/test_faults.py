"""The fault run, short, and its counting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.device.broker import needs_mosquitto
from tests.faults.run import EXPIRES, counted, run

LAMP = "zigbee2mqtt/hall lamp/set"


def told(number: int, **other: Any) -> dict[str, Any]:
    turn = {"at": 10.0, "commands": [[LAMP, {"brightness": number}]], "dropped": 0, "confirmation": None}
    return {**turn, "rss": 100.0, **other}


def test_what_comes_twice_or_late_or_though_it_was_dropped_is_counted() -> None:
    turns = [
        told(1),
        told(2),
        told(3),
        told(4, dropped=1),
        told(5, dropped=1),
        told(6, confirmation="confirmed"),
    ]
    came = [
        (LAMP, '{"brightness": 1}', 10.1),
        (LAMP, '{"brightness":1}', 10.2),
        (LAMP, '{"brightness": 2}', 10.0 + EXPIRES + 0.1),
        (LAMP, '{"brightness": 4}', 10.1),
        (LAMP, '{"brightness": 6}', 10.1),
    ]
    figures = counted(turns, came)
    assert (figures.turns, figures.published, figures.expired, figures.confirmed) == (6, 4, 2, 1)
    assert (figures.duplicated, figures.late) == (1, 2)


def test_memory_grows_from_when_it_has_settled() -> None:
    memory = [50, 90, 100, 101, 100, 102, 101, 103, 102, 104]
    assert counted([told(n, rss=float(mb)) for n, mb in enumerate(memory)], []).rss_growth_mb == 3.0


@needs_mosquitto
def test_nothing_is_doubled_or_late_while_things_break(tmp_path: Path) -> None:
    figures = run(turns=40, seed=5, folder=tmp_path, quiet=True)
    assert figures.turns == 40
    assert figures.published + figures.expired == 40
    assert figures.published > 10
    assert figures.confirmed > 10
    assert (figures.duplicated, figures.late, figures.wrong_state) == (0, 0, 0)
