from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from device.understanding import times

NOW = datetime(2026, 3, 2, 18, 0)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("slots", "seconds"),
    [
        ({"minutes": 5}, 300),
        ({"hours": 1, "minutes": 30}, 5400),
        ({"minutes": 1, "seconds": 30}, 90),
        ({"days": 1}, 86400),
        ({"minutes": 0}, 0),
    ],
)
def test_lengths(slots: dict[str, Any], seconds: int) -> None:
    assert times.length(slots) == timedelta(seconds=seconds)
    assert times.length({f"start_{slot}": value for slot, value in slots.items()}, "start_") is not None
    assert times.length(slots, "in_") is None


@pytest.mark.parametrize(
    ("slots", "at"),
    [
        ({"in_minutes": 10}, "2026-03-02T18:10"),
        ({"in_hours": 8}, "2026-03-03T02:00"),
        ({"in_days": 2}, "2026-03-04T18:00"),
        ({"in_days": 7, "hour": 9}, "2026-03-09T09:00"),
        ({"hour": 7}, "2026-03-02T19:00"),
        ({"hour": 6}, "2026-03-03T06:00"),
        ({"hour": 7, "part": "morning"}, "2026-03-03T07:00"),
        ({"hour": 7, "part": "am"}, "2026-03-03T07:00"),
        ({"hour": 7, "part": "evening"}, "2026-03-02T19:00"),
        ({"hour": 6, "minute": 30}, "2026-03-02T18:30"),
        ({"hour": 8, "minute": -15}, "2026-03-02T19:45"),
        ({"hour": 12, "minute": -15}, "2026-03-02T23:45"),
        ({"hour": 12, "part": "am"}, "2026-03-03T00:00"),
        ({"hour": 12, "part": "pm"}, "2026-03-03T12:00"),
        ({"hour": 12, "part": "night"}, "2026-03-03T00:00"),
        ({"hour": 2, "part": "night"}, "2026-03-03T02:00"),
        ({"hour": 11, "part": "night"}, "2026-03-02T23:00"),
        ({"hour": "noon"}, "2026-03-03T12:00"),
        ({"hour": "midnight"}, "2026-03-03T00:00"),
        ({"hour": 19, "minute": 5}, "2026-03-02T19:05"),
        ({"hour": 0, "minute": 30}, "2026-03-03T00:30"),
        ({"hour": 9, "day": "tonight"}, "2026-03-02T21:00"),
        ({"hour": 1, "day": "tonight"}, "2026-03-03T01:00"),
        ({"day": "tonight"}, "2026-03-02T21:00"),
        ({"day": "this evening"}, "2026-03-02T19:00"),
        ({"hour": 9, "day": "tomorrow"}, "2026-03-03T09:00"),
        ({"hour": 3, "day": "tomorrow"}, "2026-03-03T15:00"),
        ({"hour": 12, "day": "tomorrow"}, "2026-03-03T12:00"),
        ({"hour": 12, "minute": -15, "day": "tomorrow"}, "2026-03-03T11:45"),
        ({"day": "tomorrow"}, "2026-03-03T09:00"),
        ({"day": "tomorrow", "part": "evening"}, "2026-03-03T19:00"),
        ({"day": "the day after tomorrow", "hour": 8}, "2026-03-04T08:00"),
        ({"day": "friday", "hour": 9}, "2026-03-06T09:00"),
        ({"day": "monday", "hour": 8, "part": "evening"}, "2026-03-02T20:00"),
        ({"day": "monday", "hour": 8}, "2026-03-09T08:00"),
        ({"every": "weekday", "hour": 7}, "2026-03-03T07:00"),
        ({"every": "weekends", "hour": 9}, "2026-03-07T09:00"),
        ({"every": "morning", "hour": 6, "minute": 30}, "2026-03-03T06:30"),
        ({"every": "evening", "hour": 7}, "2026-03-02T19:00"),
        ({"every": "monday", "also_every": "thursday", "hour": 8}, "2026-03-05T08:00"),
        ({"day": "today", "hour": "noon"}, "2026-03-02T12:00"),
        ({}, None),
        ({"minutes": 5}, None),
    ],
)
def test_moments(slots: dict[str, Any], at: str | None) -> None:
    assert times.moment(slots, NOW) == (None if at is None else datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("hour", "at"), [(5, "2026-03-03T05:00"), (7, "2026-03-03T07:00"), (12, "2026-03-03T12:00")]
)
def test_who_wakes_up_tomorrow_means_the_morning(hour: int, at: str) -> None:
    assert times.moment({"hour": hour, "day": "tomorrow"}, NOW, True) == datetime.fromisoformat(at)


@pytest.mark.parametrize(
    ("now", "slots", "at"),
    [
        ("2026-02-28T23:50", {"in_minutes": 20}, "2026-03-01T00:10"),
        ("2026-12-31T18:00", {"day": "tomorrow", "hour": 9}, "2027-01-01T09:00"),
        ("2028-02-28T18:00", {"day": "tomorrow", "hour": 9}, "2028-02-29T09:00"),
        ("2026-12-31T23:00", {"hour": 1}, "2027-01-01T01:00"),
        ("2026-12-28T10:00", {"day": "friday", "hour": 8}, "2027-01-01T08:00"),
        ("2026-03-02T01:00", {"day": "tonight", "hour": 2}, "2026-03-02T02:00"),
    ],
)
def test_ends_of_months_and_years(now: str, slots: dict[str, Any], at: str) -> None:
    assert times.moment(slots, datetime.fromisoformat(now)) == datetime.fromisoformat(at)


@pytest.mark.parametrize(
    ("now", "slots", "utc"),
    [
        # 29 March 2026: the clock goes from 2 to 3. A length is passed time, a clock time is the clock's.
        ("2026-03-29T01:30", {"in_hours": 1}, "2026-03-29T01:30"),
        ("2026-03-28T22:00", {"hour": 7, "part": "morning"}, "2026-03-29T05:00"),
        ("2026-03-28T22:00", {"in_hours": 9}, "2026-03-29T06:00"),
        ("2026-03-28T22:00", {"in_days": 1}, "2026-03-29T20:00"),
        ("2026-03-28T22:00", {"hour": 2, "minute": 30, "part": "night"}, "2026-03-29T01:30"),
        # 25 October 2026: the clock goes from 3 back to 2.
        ("2026-10-25T01:30", {"in_hours": 2}, "2026-10-25T01:30"),
        ("2026-10-24T22:00", {"hour": 7, "part": "morning"}, "2026-10-25T06:00"),
        ("2026-10-24T22:00", {"every": "day", "hour": 7}, "2026-10-25T06:00"),
    ],
)
def test_summer_time(now: str, slots: dict[str, Any], utc: str) -> None:
    at = times.moment(slots, datetime.fromisoformat(now).replace(tzinfo=BERLIN))
    assert at is not None
    assert at.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_length_in_the_hour_that_comes_twice() -> None:
    first = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
    at = times.later(first, timedelta(minutes=20))
    assert (at.hour, at.minute, at.fold) == (2, 10, 1)
    assert at.timestamp() - first.timestamp() == 1200


@pytest.mark.parametrize(
    ("slots", "end"),
    [
        ({"minutes": 30}, "2026-03-02T18:30"),
        ({"until_hour": 10}, "2026-03-02T22:00"),
        ({"until_hour": 6, "until_minute": 30, "until_part": "morning"}, "2026-03-03T06:30"),
        ({"hour": 9}, None),
    ],
)
def test_ends(slots: dict[str, Any], end: str | None) -> None:
    assert times.end(slots, NOW) == (None if end is None else datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("slots", "said", "kept"),
    [
        ({"hours": 1, "minutes": 30}, {"minutes": 10}, {}),
        ({"hour": 9, "minute": 30, "day": "tomorrow"}, {"hour": 10}, {"day": "tomorrow"}),
        ({"hour": 9, "day": "tomorrow"}, {"day": "friday"}, {"hour": 9}),
        ({"hour": 9, "day": "tomorrow"}, {"in_minutes": 10}, {}),
        ({"in_minutes": 10, "name": "lamp"}, {"hour": 9}, {"name": "lamp"}),
        ({"minutes": 10}, {"until_hour": 9}, {}),
    ],
)
def test_a_time_gives_way_to_another(
    slots: dict[str, Any], said: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert times.giving_way(slots, said) == kept


@pytest.mark.parametrize(
    ("slots", "at", "fits"),
    [
        ({}, "2026-03-03T07:00", True),
        ({"hour": 7}, "2026-03-03T07:00", True),
        ({"hour": 7}, "2026-03-03T19:00", True),
        ({"hour": 7, "part": "evening"}, "2026-03-03T07:00", False),
        ({"hour": 7}, "2026-03-03T07:30", False),
        ({"day": "tomorrow"}, "2026-03-03T07:00", True),
        ({"day": "today"}, "2026-03-03T07:00", False),
        ({"day": "tuesday"}, "2026-03-03T07:00", True),
        ({"every": "weekend"}, "2026-03-03T07:00", False),
    ],
)
def test_what_is_meant_by_its_time(slots: dict[str, Any], at: str, fits: bool) -> None:
    assert times.fits(slots, datetime.fromisoformat(at), NOW) is fits


@pytest.mark.parametrize(
    ("said", "before", "half"),
    [
        ({"hour": 6, "minute": 30}, {"hour": 6}, "am"),  # six was the next morning
        ({"hour": 8}, {"hour": 7}, None),  # both are this evening anyway
        ({"hour": 6, "part": "evening"}, {"hour": 6}, None),
        ({"hour": 6}, {"hour": 7, "day": "tomorrow"}, None),
        ({"minutes": 5}, {"hour": 7}, None),
    ],
)
def test_a_time_that_is_corrected_stays_in_its_half_of_the_day(
    said: dict[str, Any], before: dict[str, Any], half: str | None
) -> None:
    assert times.same_half(said, before, NOW) == half


def test_slots_that_say_only_when() -> None:
    assert times.only({"hour": 7, "day": "tomorrow"})
    assert not times.only({"hour": 7, "name": "lamp"})
    assert not times.only({})
