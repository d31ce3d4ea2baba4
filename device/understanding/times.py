"""Times as they are said: the slots of a sentence become lengths and moments. Pure.

The rules of `skills/common.yaml` fill these slots:

    days hours minutes seconds           a length; with start_…: which timer; with in_…: from now on
    hour minute part                     a clock time: `minute` may be negative ("quarter to"), `hour` may be
                                         "noon" or "midnight", `part` is "am", "pm" or a part of the day
    until_hour until_minute until_part   the clock time at which something ends
    day                                  "today", "tomorrow", "monday", "tonight", "this evening" …
    date month                           a day of a month, 1 to 31 and 1 to 12; by default, of the next one
    every also_every                     the days on which it is repeated

A moment is a local time: naive in the zone of the system, or with a zone, as `now` is. A clock time means the
clock on the wall, before and after a change to summer time; a time that the change skips counts by the old
offset, so that 2:30 becomes 3:30. A length means passed time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Any

Slots = Mapping[str, Any]

UNITS = ("days", "hours", "minutes", "seconds")
LENGTH = (*UNITS, "until_hour", "until_minute", "until_part")
"""Slots that say for how long."""
DELAY = ("in_days", "in_hours", "in_minutes", "in_seconds")
CLOCK = ("hour", "minute", "part")
DAYS = ("day", "every", "also_every", "date", "month")
WHEN = (*DELAY, *CLOCK, *DAYS)
"""Slots that say when."""

PAST = (
    *("past", "past_part", "since", "ago", "away", "span_days", "span_hours", "span_minutes"),
    *(f"{which}_{part}" for which in ("at", "from", "to", "since") for part in ("hour", "minute", "part")),
)
"""Slots that say when something was: device/skills/history/periods.py."""

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REPEATED: Mapping[str, tuple[str, ...]] = {
    "weekday": WEEK[:5],
    "weekend": WEEK[5:],
    **{day: (day,) for day in WEEK},
}
"""The days that `every` means; any other value means each day."""
AHEAD: Mapping[str, int] = {"tomorrow": 1, "the day after tomorrow": 2}
"""Days from today on; any other day that is no weekday is today, such as "this evening"."""
DAY, HALF = 24 * 60, 12 * 60
"""Minutes."""
USUAL: Mapping[str | None, int] = {None: 9, "morning": 8, "afternoon": 15, "evening": 19, "night": 21}
"""The hour that is meant where only the day or a part of it is said."""
WORKING, WAKING = 7, 1
"""On a day that is named, the first hour that is meant without a part of the day; and for waking up."""
NIGHT = 17
"""The hour from which "at night" is the evening; before it, it is the early morning after."""


BEGUN = "begun"
"""Slot: what was asked for is done already, and only its end is to be planned. Its value: the requests that
take it back."""


def length(slots: Slots, prefix: str = "") -> timedelta | None:
    """The length in the slots with `prefix` ("", "start_", "in_"); None where there is none."""
    found = {unit: slots[prefix + unit] for unit in UNITS if prefix + unit in slots}
    return timedelta(**found) if found else None


def timed(slots: Slots) -> bool:
    """Whether the slots say when, or for how long."""
    return any(slot in slots for slot in (*LENGTH, *WHEN))


def only(slots: Slots) -> bool:
    """Whether the slots say nothing else."""
    return bool(slots) and not without(slots, LENGTH, WHEN)


def has_clock(slots: Slots) -> bool:
    """Whether the slots say at what time, and not only on which day."""
    return "hour" in slots or length(slots, "in_") is not None


def without(slots: Slots, *families: tuple[str, ...]) -> dict[str, Any]:
    """The slots that belong to none of `families`."""
    return {slot: value for slot, value in slots.items() if not any(slot in family for family in families)}


def giving_way(slots: Slots, said: Slots) -> dict[str, Any]:
    """`slots` without the times that those in `said` replace: an hour replaces an hour and a half, another
    day leaves the hour as it is, and "in ten minutes" replaces both."""
    stated = [family for family in (LENGTH, DELAY, CLOCK, DAYS, PAST) if any(slot in said for slot in family)]
    if DELAY in stated:
        stated += [CLOCK, DAYS]
    elif CLOCK in stated or DAYS in stated:
        stated += [DELAY]
    return without(slots, *stated)


def same_half(slots: Slots, before: Slots, now: datetime) -> str | None:
    """ "am" or "pm", for a clock time in `slots` that replaces the one `before`, said at `now`: the half of
    the day in which it is nearer to that. None where that is meant anyway, or is said."""
    said = "hour" in slots and "hour" in before and "day" not in {**before, **slots}
    if not said or _part(slots) or len(readings(slots)) == 1:
        return None
    was, meant = moment(before, now), moment(slots, now)
    if was is None or meant is None:
        return None
    minute = was.hour * 60 + was.minute
    nearest = min(readings(slots), key=lambda one: min((one - minute) % DAY, (minute - one) % DAY))
    if nearest == meant.hour * 60 + meant.minute:
        return None
    return "am" if nearest < HALF else "pm"


def later(now: datetime, span: timedelta) -> datetime:
    """The local time when `span` has passed."""
    return datetime.fromtimestamp(now.timestamp() + span.total_seconds(), now.tzinfo)


def days(slots: Slots) -> tuple[str, ...]:
    """The days of the week on which it is repeated, in their order; () where it is not."""
    said = [str(slots[slot]).removesuffix("s") for slot in ("every", "also_every") if slot in slots]
    meant = {day for one in said for day in REPEATED.get(one, WEEK)}
    return tuple(day for day in WEEK if day in meant)


def moment(slots: Slots, now: datetime, waking: bool = False) -> datetime | None:
    """When it is to happen, or happens first; None where the slots do not say.

    Without a day that is the next time; on a day that is named it may be past. `waking`: somebody wants to
    get up, so that "tomorrow at five" is in the morning.
    """
    if (span := length(slots, "in_")) is not None:
        if "in_days" not in slots:
            return later(now, span)
        slots = {"minute": now.minute, "hour": now.hour, **slots}
        return _at(now, now.date() + span, readings(slots)[0])
    repeated, day = days(slots), slots.get("day")
    if not repeated and not {"day", "date", "hour", "part"} & slots.keys():
        return None
    if "date" in slots:
        return _on(slots, _one(readings(slots), waking), now)
    if repeated:
        return next_on(repeated, _one(readings(slots), waking), now)
    if day is None:
        return _next(readings(slots), now)
    if day in WEEK:
        return next_on((str(day),), _one(readings(slots), waking), now)
    if day not in AHEAD:
        return _today(slots, str(day), now)
    return _at(now, now.date() + timedelta(days=AHEAD[str(day)]), _one(readings(slots), waking))


def end(slots: Slots, begin: datetime) -> datetime | None:
    """When what begins at `begin` ends: "for an hour", "until ten"; None where the slots do not say."""
    if "until_hour" in slots:
        clock = {slot.removeprefix("until_"): slots[slot] for slot in LENGTH if slot in slots}
        return _next(readings(clock), begin)
    span = length(slots)
    return None if span is None else later(begin, span)


def next_on(repeated: tuple[str, ...], minute: int, now: datetime) -> datetime:
    """The next time after `now` that is `minute` minutes after midnight on one of the days."""
    for ahead in range(8):
        at = _at(now, now.date() + timedelta(days=ahead), minute)
        if WEEK[(now.date() + timedelta(days=ahead)).weekday()] in repeated and _after(at, now):
            return at
    raise ValueError(f"no day of the week is in {repeated}")


def fits(slots: Slots, at: datetime, now: datetime) -> bool:
    """Whether something at `at` is what the slots mean: "my seven o'clock alarm", "the one on monday"."""
    if "hour" in slots and at.hour * 60 + at.minute not in {one % DAY for one in readings(slots)}:
        return False
    if (repeated := days(slots)) and WEEK[at.weekday()] not in repeated:
        return False
    if at.day != slots.get("date", at.day) or at.month != slots.get("month", at.month):
        return False
    day = slots.get("day")
    if day in WEEK:
        return WEEK[at.weekday()] == day
    return day is None or (at.date() - now.date()).days == AHEAD.get(str(day), 0)


def readings(slots: Slots) -> tuple[int, ...]:
    """The minutes after midnight that a clock time may mean: one, or both halves of the day."""
    hour, part = slots.get("hour"), _part(slots)
    if hour is None:
        return (USUAL.get(part, USUAL[None]) * 60,)
    minute = int(slots.get("minute", 0))
    if hour in ("noon", "midnight"):
        return ((HALF if hour == "noon" else DAY) + minute,)
    after = (int(hour) * 60 + minute) % DAY
    if int(hour) > 12 or int(hour) == 0:
        return (after,)
    early, late = sorted((after, (after + HALF) % DAY))
    if part in ("am", "morning"):
        return (early,)
    if part in ("pm", "afternoon", "evening"):
        return (late,)
    if part == "night":
        return (late if late >= NIGHT * 60 else early + DAY,)
    return early, late


def _part(slots: Slots) -> str | None:
    """The part of the day, also where it is said with the day: "tonight", "this evening", "every morning"."""
    words = {"tonight": "night", **{f"this {part}": str(part) for part in USUAL}}
    for said in (slots.get("part"), words.get(str(slots.get("day"))), slots.get("every")):
        if said in ("am", "pm", *USUAL) and said is not None:
            return str(said)
    return None


def _one(readings: tuple[int, ...], waking: bool) -> int:
    """Of both halves of the day the one that is meant on a day that is named."""
    first = (WAKING if waking else WORKING) * 60
    return next((reading for reading in readings if reading >= first), readings[-1])


def _on(slots: Slots, minute: int, now: datetime) -> datetime | None:
    """The next time that it is `minute` minutes after midnight on a day of the month; None for a day that
    there is not, such as the thirty first of June."""
    months = islice(count(now.month - 1), 5 * 12)  # a leap year is among them
    found = (_date(now.year + one // 12, one % 12 + 1, slots) for one in months)
    return next((at for day in found if day and _after(at := _at(now, day, minute), now)), None)


def _date(year: int, month: int, slots: Slots) -> date | None:
    if month != slots.get("month", month):
        return None
    try:
        return date(year, month, int(slots["date"]))
    except ValueError:
        return None


def _today(slots: Slots, day: str, now: datetime) -> datetime:
    """The first reading that is still to come today; the last one where all are past."""
    minutes = readings(slots)
    if day == "tonight" and now.hour < 5:  # the night that began yesterday
        minutes = (*(minute - DAY for minute in minutes), *minutes)
    found = [_at(now, now.date(), minute) for minute in minutes]
    return next((at for at in found if _after(at, now)), found[-1])


def _next(readings: tuple[int, ...], now: datetime) -> datetime:
    days_near = (now.date() + timedelta(days=ahead) for ahead in (-1, 0, 1))
    found = (_at(now, day, reading) for day in days_near for reading in readings)
    return min(at for at in found if _after(at, now))


def _at(now: datetime, day: date, minute: int) -> datetime:
    """`minute` minutes after the midnight with which `day` begins, by the clock on the wall."""
    return datetime.combine(day, time(), now.tzinfo) + timedelta(minutes=minute)


def _after(at: datetime, now: datetime) -> bool:
    return at.timestamp() > now.timestamp()
