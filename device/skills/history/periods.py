"""Times that are past, as they are said: the slots of a sentence become a period. Pure.

The rules of the sentences about what was fill these slots:

    past past_part                       "today", "last night", "monday", "this week"; a part of that day
    at_hour at_minute at_part            a clock time, see `device.understanding.times`
    from_hour …, to_hour …               the clock times between which it was
    since_hour …, since                  the time since when: a clock time, or as `past`
    span_days span_hours span_minutes    a length: the last one, or with `ago` the moment so long ago

A period ends now at the latest. All times are local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from device.speaking import times as speaking
from device.understanding.times import WEEK, readings

Slots = Mapping[str, Any]

HOURS: Mapping[str, tuple[int, int]] = {
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (18, 24),
    "night": (18, 33),
}
"""When a part of a day begins and ends, in hours after its midnight."""
TODAY: Mapping[str, str] = {
    "tonight": "night",
    "this morning": "morning",
    "this afternoon": "afternoon",
    "this evening": "evening",
}
LAST_NIGHT = "last night"
BACK: Mapping[str, int] = {"today": 0, "yesterday": 1, "the day before yesterday": 2}
"""Days back from today."""
WEEKEND = 5
"""The day of the week with which it begins, from Monday as 0."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`; the same where it is a moment. `called`: how it is said in a sentence."""

    since: datetime
    until: datetime
    called: str

    @property
    def is_moment(self) -> bool:
        return self.since == self.until


def period(slots: Slots, now: datetime) -> Period | None:
    """The time that the slots mean; None where they name none."""
    found = _period(slots, now)
    if found is None:
        return None
    until = min(found.until, now)
    return Period(min(found.since, until), until, found.called)


def _period(slots: Slots, now: datetime) -> Period | None:
    if (span := _span(slots)) is not None:
        if slots.get("ago"):
            return Period(now - span, now - span, f"{_long(span)} ago")
        return Period(now - span, now, f"in the last {_long(span, last=True)}")
    if "from_hour" in slots and "to_hour" in slots:
        return _between(slots, now)
    if "since_hour" in slots:
        at = _moment(_clock(slots, "since"), slots, now)
        return Period(at, now, f"since {_said(at, now)}")
    if "since" in slots:
        named = _named(str(slots["since"]), slots.get("past_part"), now)
        return Period(named.since, now, f"since {named.called.removeprefix('on ')}")
    if "at_hour" in slots:
        at = _moment(_clock(slots, "at"), slots, now)
        return Period(at, at, f"at {_said(at, now)}")
    return _named(str(slots["past"]), slots.get("past_part"), now) if "past" in slots else None


def _span(slots: Slots) -> timedelta | None:
    units = {unit: slots[f"span_{unit}"] for unit in ("days", "hours", "minutes") if f"span_{unit}" in slots}
    return timedelta(**units) if units else None


def _long(span: timedelta, last: bool = False) -> str:
    """ "2 hours", "an hour"; behind "the last": "hour"."""
    text = speaking.span(span.total_seconds())
    number, _, unit = text.partition(" ")
    if number != "1" or " " in unit:
        return text
    return unit if last else f"{'an' if unit == 'hour' else 'a'} {unit}"


def _said(at: datetime, now: datetime) -> str:
    return speaking.moment(at, now).removeprefix("at ")


def _clock(slots: Slots, prefix: str) -> dict[str, Any]:
    return {
        part: slots[f"{prefix}_{part}"] for part in ("hour", "minute", "part") if f"{prefix}_{part}" in slots
    }


def _moment(clock: dict[str, Any], slots: Slots, now: datetime) -> datetime:
    """The last time that it was so by the clock, on the day that is named if one is."""
    named = str(slots.get("past", ""))
    part = slots.get("past_part") or TODAY.get(named)
    if part and "part" not in clock:
        clock = {**clock, "part": part}
    minutes = readings(clock)
    if not named:
        days = [now.date() - timedelta(days=back) for back in (0, 1)]
        return max(at for day in days for minute in minutes if (at := _at(day, minute)) <= now)
    if named == LAST_NIGHT:
        begin = _named(named, None, now).since
        return min(
            at for day in (0, 1) for m in minutes if (at := _at(begin.date() + timedelta(day), m)) >= begin
        )
    day = _named(named, None, now).since.date()
    found = [at for minute in minutes if (at := _at(day, minute)) <= now] or [_at(day, minutes[0])]
    return next((at for at in found if at.hour >= 7), found[-1])


def _between(slots: Slots, now: datetime) -> Period:
    """The end is the first such time after the beginning."""
    begin = _moment(_clock(slots, "from"), slots, now)
    days = (begin.date(), begin.date() + timedelta(days=1))
    ends = (_at(day, minute) for day in days for minute in readings(_clock(slots, "to")))
    end = min(at for at in ends if at > begin)
    return Period(begin, end, f"between {_said(begin, now)} and {_said(end, now)}")


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _named(named: str, part: str | None, now: datetime) -> Period:
    today = now.date()
    if named in TODAY:
        return _part_of(today if now.hour >= 5 else today - timedelta(days=1), TODAY[named], named)
    if named == LAST_NIGHT or (named == "yesterday" and part == "night"):
        return _part_of(today - timedelta(days=1), "night", LAST_NIGHT)
    if named in BACK:
        day, called = today - timedelta(days=BACK[named]), named
    elif named in WEEK:
        back = (today.weekday() - WEEK.index(named)) % 7 or 7
        day, called = today - timedelta(days=back), f"on {named.capitalize()}"
    else:
        return _long_period(named, today)
    if part:
        return _part_of(day, part, "this " + part if called == "today" else f"{called} {part}")
    return Period(_at(day, 0), _at(day + timedelta(days=1), 0), called)


def _part_of(day: date, part: str, called: str) -> Period:
    begin, end = HOURS[part]
    return Period(_at(day, 60 * begin), _at(day, 60 * end), called)


def _long_period(named: str, today: date) -> Period:
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    saturday = today - timedelta(days=(today.weekday() - WEEKEND) % 7)
    spans: Mapping[str, tuple[date, date]] = {
        "this week": (monday, monday + timedelta(days=7)),
        "last week": (monday - timedelta(days=7), monday),
        "this month": (month, month + timedelta(days=31)),
        "last month": (before, month),
        "this year": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        "at the weekend": (saturday, saturday + timedelta(days=2)),
    }
    begin, end = spans[named]
    return Period(_at(begin, 0), _at(end, 0), named)
