"""Lengths and moments as people say them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from device.speaking.wording import listed
from device.understanding.times import REPEATED, WEEK

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
"""Seconds."""


def span(seconds: float) -> str:
    """ "5 minutes", "an hour and a half", "2 hours and 10 minutes", "1 minute and 30 seconds"."""
    whole = round(seconds)
    if whole and whole % HOUR == HOUR // 2 and HOUR < whole < DAY:
        hours = whole // HOUR
        return "an hour and a half" if hours == 1 else f"{hours} and a half hours"
    parts = []
    for size, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second")):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count != 1 else ''}")
    return listed(parts) if parts else "0 seconds"


def rough(seconds: float) -> str:
    """As `span`, without seconds where more than an hour is left."""
    return span(round(seconds / MINUTE) * MINUTE if seconds > HOUR else seconds)


def lasting(seconds: float) -> str:
    """What comes before a thing of that length: "5 minute", "hour and a half", "half hour"."""
    return (
        span(seconds)
        .removeprefix("an ")
        .replace("minutes", "minute")
        .replace("hours", "hour")
        .replace("seconds", "second")
    )


def clock(at: time | datetime) -> str:
    """ "7 in the morning", "7:30 in the evening", "noon", "midnight"."""
    if (at.hour, at.minute) in ((0, 0), (12, 0)):
        return "noon" if at.hour else "midnight"
    minute = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minute} {_part(at.hour)}"


def _part(hour: int) -> str:
    if 5 <= hour < 12:
        return "in the morning"
    if 12 <= hour < 18:
        return "in the afternoon"
    return "in the evening" if 18 <= hour < 22 else "at night"


def moment(at: datetime, now: datetime) -> str:
    """When something happens: "at 7 in the morning tomorrow", "at noon on Friday, March 6"."""
    return " ".join(filter(None, (f"at {clock(at)}", _day(at, now))))


def _day(at: datetime, now: datetime) -> str:
    ahead = (at.date() - now.date()).days
    if ahead in (-1, 0, 1):
        return ("yesterday", "", "tomorrow")[ahead + 1]
    if 1 < ahead < 7:
        return f"on {at:%A}"
    year = f", {at.year}" if abs(ahead) > 300 else ""
    return f"on {at:%A}, {at:%B} {at.day}{year}"


def repeated(days: Sequence[str], at: time | datetime) -> str:
    """ "every weekday at 7 in the morning"."""
    return f"every {_days(tuple(days))} at {clock(at)}"


def when(days: Sequence[str], at: datetime, now: datetime) -> str:
    """The days and the time of what is repeated; of all else, the moment."""
    return repeated(days, at) if days else moment(at, now)


def _days(days: tuple[str, ...]) -> str:
    if days == WEEK:
        return "day"
    for name, meant in REPEATED.items():
        if days == meant:
            return name.capitalize() if name in WEEK else name
    return listed([day.capitalize() for day in days])
