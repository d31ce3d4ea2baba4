from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from device.events import Change, Intent
from device.memory.agenda import ALARM, DELAYED, REMINDER, RINGING, TIMER, Agenda, Entry, instant
from device.memory.finding import chosen
from device.memory.handing import handed_out, moved, settled, silenced, unsettled

NOW = datetime(2026, 3, 2, 18, 0)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def agenda(*entries: Entry) -> Agenda:
    found = Agenda()
    for entry in entries:
        found = found.with_(found.new(entry))
    return found


PASTA = Entry(TIMER, after(minutes=5), name="pasta", seconds=300, area="kitchen")
TEN = Entry(TIMER, after(minutes=10), seconds=600)
EARLY = Entry(TIMER, after(minutes=1), seconds=1200)
SEVEN = Entry(ALARM, datetime(2026, 3, 3, 7, 0), days=("tuesday", "friday"))


def test_what_is_due_comes_in_the_order_of_its_time() -> None:
    found = agenda(TEN, PASTA, EARLY)
    assert [entry.id for entry in found.due(after(minutes=5))] == [3, 2]
    assert found.next() == instant(EARLY.at)
    assert agenda().next() is None


def test_an_id_is_given_once() -> None:
    found = agenda(TEN, PASTA).without([2])
    assert found.new(EARLY).id == 3


def test_changes_are_those_whose_subject_is_an_entry() -> None:
    found = agenda(TEN)
    new = found.new(PASTA)
    changed = found.after([Change("timer.start", {}, new), Change("list.add", {"list": "a"}), Change("undo")])
    assert [entry.name for entry in changed.entries] == [None, "pasta"]
    assert changed.after([Change("timer.cancel", {}, new)]).entries == found.entries


@pytest.mark.parametrize(
    ("slots", "ids"),
    [
        ({}, (1, 2, 3)),
        ({"name": "pasta"}, (1,)),
        ({"name": "the pasta timer"}, (1,)),
        ({"name": "egg"}, ()),
        ({"start_minutes": 10}, (2,)),
        ({"start_minutes": 20}, (3,)),
        ({"area": "kitchen"}, (1,)),
        ({"order": "first"}, (1,)),
        ({"order": "last"}, (3,)),
        ({"order": "next"}, (3,)),
        ({"order": "fourth"}, ()),
        ({"entry": 2}, (2,)),
        ({"entries": (1, 3)}, (1, 3)),
    ],
)
def test_timers_are_found(slots: dict[str, Any], ids: tuple[int, ...]) -> None:
    found = agenda(PASTA, TEN, EARLY)
    assert tuple(entry.id for entry in chosen(found.waiting(TIMER), slots, NOW)) == ids


def test_a_timer_is_given_once_and_rings_for_ten_minutes() -> None:
    found, due = handed_out(agenda(PASTA), PASTA.at)
    assert [(one.kind, one.name, one.missed) for one in due] == [("timer", "pasta", False)]
    assert [entry.name for entry in found.ringing] == ["pasta"]
    assert handed_out(found, after(minutes=6))[1] == ()
    assert settled(found, due[0]).ringing == found.ringing
    assert silenced(found, PASTA.at + RINGING - timedelta(seconds=1)) == found
    assert silenced(found, PASTA.at + RINGING).entries == ()


def test_a_reminder_is_gone_when_it_was_told() -> None:
    found, due = handed_out(agenda(Entry(REMINDER, NOW, text="call mom")), NOW)
    assert unsettled(found, [one.id for one in due]) == ()
    assert [one.missed for one in unsettled(found, ())] == [True]  # another process died before it told
    assert settled(found, due[0]).entries == ()


def test_what_was_due_while_mynah_was_off_is_missed() -> None:
    request = Intent("HassTurnOn", {"name": "lamp"}, 1.0)
    found, due = handed_out(agenda(Entry(DELAYED, NOW, requests=(request,)), PASTA), after(hours=8))
    assert [(one.kind, one.missed) for one in due] == [("delayed", True), ("timer", True)]
    assert found.ringing == ()


def test_what_is_repeated_goes_on_after_now() -> None:
    found, due = handed_out(agenda(SEVEN), SEVEN.at)
    assert [one.at for one in due] == [SEVEN.at]
    [waiting] = found.waiting(ALARM)
    assert (waiting.id, waiting.at) == (1, datetime(2026, 3, 6, 7, 0))
    found, due = handed_out(agenda(SEVEN), after(days=30))
    assert [one.missed for one in due] == [True]
    assert found.waiting(ALARM)[0].at == datetime(2026, 4, 3, 7, 0)


def test_a_clock_that_is_set_moves_what_waits_for_a_length() -> None:
    found = agenda(TEN, SEVEN, PASTA)
    ahead = moved(found, timedelta(days=365), stay=[3])
    assert [entry.at for entry in ahead.entries] == [TEN.at + timedelta(days=365), SEVEN.at, PASTA.at]


def test_a_paused_timer_is_never_due() -> None:
    found = agenda(Entry(TIMER, NOW, seconds=60, left=30))
    assert found.due(after(hours=1)) == ()
    assert found.next() is None
    assert found.entries[0].remaining(after(hours=1)) == 30
