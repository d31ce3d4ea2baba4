"""What usually comes next, and whether to suggest it: on deeds that are made up here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from device.memory.habits import model, suggesting
from device.memory.habits.deeds import Deed, Done, day, deeds
from device.memory.journal.entries import Changed

MONDAY = datetime(2026, 3, 2)
LAMP, KETTLE = Deed("lamp", "on", True), Deed("kettle", "on", True)
LAMP_OFF, KETTLE_OFF = Deed("lamp", "on", False), Deed("kettle", "on", False)
LOCK, UNLOCK = Deed("door", "locked", True), Deed("door", "locked", False)


def weeks(count: int) -> Iterator[Done]:
    """Every day: the lamp, then the kettle; at half past ten in the evening the door is locked."""
    for number in range(7 * count):
        at = MONDAY + timedelta(days=number)
        for minutes, deed in (
            (420, LAMP),
            (425, KETTLE),
            (430, KETTLE_OFF),
            (480, UNLOCK),
            (1320, LAMP_OFF),
            (1350, LOCK),
        ):
            yield Done(deed, at + timedelta(minutes=minutes))


def states(*done: Done) -> dict[tuple[str, str], Done]:
    return {(one.deed.thing, one.deed.key): one for one in done}


def test_what_follows_what_and_what_is_so_already() -> None:
    done = tuple(weeks(2))
    habits = model.learn(done)
    now = MONDAY + timedelta(days=14, minutes=420)
    since = states(*done[-6:], Done(LAMP, now))
    ranked = habits.ranked((Done(LAMP, now),), since, now)
    assert ranked[0][0] == KETTLE
    assert sum(share for _, share in ranked) == pytest.approx(1)
    assert LAMP not in [deed for deed, _ in ranked]


def evening(minutes: int) -> datetime:
    return MONDAY + timedelta(days=21, minutes=minutes)


def test_a_door_that_is_usually_locked_now_is_suggested_once_a_day() -> None:
    chances = suggesting.learn(tuple(weeks(3)))
    now = evening(1350)
    since = states(Done(UNLOCK, evening(480)), Done(LAMP_OFF, evening(1320)))
    assert suggesting.suggested(chances, since, now, None) == LOCK
    assert suggesting.suggested(chances, since, now, now - timedelta(hours=3)) is None
    assert suggesting.suggested(chances, since, now, now - timedelta(days=1)) == LOCK


@pytest.mark.parametrize(
    ("minutes", "since"),
    [
        (1350, states(Done(LOCK, evening(1340)), Done(LAMP_OFF, evening(1320)))),  # it is so already
        (1350, states(Done(UNLOCK, evening(480)))),  # nobody is there
        (900, states(Done(UNLOCK, evening(480)), Done(LAMP_OFF, evening(890)))),  # not the time
        (480, states(Done(LOCK, evening(0)), Done(LAMP, evening(470)))),  # nothing is unlocked
    ],
)
def test_what_is_not_suggested(minutes: int, since: model.Since) -> None:
    chances = suggesting.learn(tuple(weeks(3)))
    assert suggesting.suggested(chances, since, evening(minutes), None) is None


def test_no_makes_it_rarer_and_yes_makes_it_stable() -> None:
    done, now = tuple(weeks(3)), evening(1350)
    usual = suggesting.learn(done).of(LOCK, now)
    assert suggesting.learn(done, {LOCK: (0, 1)}).of(LOCK, now) < suggesting.ENOUGH <= usual
    assert not suggesting.learn(done, {LOCK: (3, 1)}).is_stable(LOCK)
    assert suggesting.learn(done, {LOCK: (3, 0)}).is_stable(LOCK)
    assert suggesting.learn(done[:12]).of(LOCK, now) == 0  # two days tell nothing


def test_deeds_of_the_journal() -> None:
    at = MONDAY.timestamp()
    changes = [
        Changed("lamp", "on", True, at, found=True),
        Changed("lamp", "on", False, at + 1),
        Changed("lamp", "brightness", 50.0, at + 2),
    ]
    assert [one.deed for one in deeds(changes)] == [LAMP_OFF]
    assert day(MONDAY + timedelta(hours=2)) == MONDAY - timedelta(days=1)
    assert suggesting.learn(()).deeds == frozenset()
