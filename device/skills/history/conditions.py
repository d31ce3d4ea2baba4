"""Answers about what was on, open or locked, and when, for how long and how often."""

from __future__ import annotations

from datetime import datetime, timedelta

from device.events import Outcome
from device.home.conditions import opposite
from device.skills.history.asked import Asked, often
from device.skills.history.stretches import Stretch, stretches
from device.speaking.times import clock, rough
from device.speaking.wording import are, listed

FEW = 4
"""Things that are named even where nothing was the case."""
DAY = timedelta(days=1)


def last(asked: Asked) -> Outcome:
    """ "When was the front door last opened", "when was it opened yesterday"."""
    if not (series := asked.series):
        return asked.unknown()
    period = asked.period
    until = (period.until if period else asked.now).timestamp()
    since = period.since.timestamp() if period else 0.0
    found = [(one, asked.past.last_to(one.device.name, one.key, one.value, until)) for one in series]
    known = [(one, change) for one, change in found if change is not None and change.at >= since]
    if not known:
        named = listed([one.called for one in series])
        return asked.say(
            "never_in" if period else "never",
            *(one.device for one in series),
            called=named,
            was=were([one.called for one in series]),
            done=series[0].participle,
            when=period.called if period else "",
            begins=asked.moment(asked.past.begins() or 0.0),
        )
    one, change = max(known, key=lambda pair: pair[1].at)
    name = "found" if change.found else "last"
    return asked.say(
        name,
        one.device,
        called=one.called,
        was=were([one.called]),
        done=one.participle,
        state=one.wanted,
        at=asked.moment(change.at),
    )


def how_long(asked: Asked) -> Outcome:
    """ "How long has the heating been on", "how long was it on yesterday"."""
    if not (series := asked.series):
        return asked.unknown()
    if period := asked.period:
        since, until = period.since.timestamp(), period.until.timestamp()
        spans = [(one, sum(s.seconds for s in stretches(asked.past, one, since, until))) for one in series]
        one, seconds = max(spans, key=lambda pair: pair[1])
        name = "in_all" if seconds else "never_was"
        return asked.say(
            name,
            one.device,
            called=one.called,
            was=were([one.called]),
            state=one.wanted,
            long=rough(seconds),
            when=period.called,
        )
    held = [(one, asked.past.last(one.device.name, one.key)) for one in series]
    so = [(one, change) for one, change in held if change is not None and one.is_so(change)]
    if not so:
        one, change = held[0]
        assert change is not None
        return asked.say(
            "is_not",
            one.device,
            called=one.called,
            is_=are([one.called]),
            state=opposite(one.wanted),
            at=asked.moment(change.at),
        )
    one, change = min(so, key=lambda pair: pair[1].at)
    return asked.say(
        "at_least" if change.found else "has_been",
        one.device,
        called=one.called,
        has="have" if are([one.called]) == "are" else "has",
        state=one.wanted,
        long=rough(asked.now.timestamp() - change.at),
        at=asked.moment(change.at),
    )


def was(asked: Asked) -> Outcome:
    """ "Was the window open last night", "was the heating on at six"."""
    if not (series := asked.series):
        return asked.unknown()
    period = asked.period_or("today")
    since, until = period.since.timestamp(), period.until.timestamp()
    found = [(one, tuple(stretches(asked.past, one, since, until))) for one in series]
    so = [(one, spans) for one, spans in found if spans]
    if not so:
        few = len(series) < FEW
        return asked.say(
            "was_not" if _known_since(asked, since) else "was_not_known",
            *(one.device for one in series),
            called=listed([one.called for one in series]) if few else "none of them",
            was=were([one.called for one in series]) if few else "was",
            state=opposite(series[0].wanted) if few else series[0].wanted,
            when=period.called,
            begins=asked.moment(asked.past.begins() or 0.0),
        )
    named = [one.called for one, _ in so]
    short = period.until - period.since <= DAY
    how = _when(asked, so[0][1], short) if len(so) == 1 and not period.is_moment else ""
    return asked.say(
        "which" if asked.slots.get("ask") == "which" else "was_so",
        *(one.device for one, _ in so),
        called=listed(named),
        was=were(named),
        state=so[0][0].wanted,
        when=period.called,
        how=how,
    )


def was_done(asked: Asked) -> Outcome:
    """ "Was the front door opened today", "how often did the pump run today"."""
    if not (series := asked.series):
        return asked.unknown()
    period = asked.period_or("today")
    since, until = period.since.timestamp(), period.until.timestamp()
    done = []
    for one in series:
        found = stretches(asked.past, one, since, until)
        if times := [span.begin for span in found if span.entered]:
            done.append((one, times))
    if not done:
        return asked.say(
            "not_done",
            *(one.device for one in series),
            called=listed([one.called for one in series], "or"),
            was=were([series[0].called]),
            done=series[0].participle,
            when=period.called,
        )
    parts = []
    for one, times in done:
        at = asked.moment(times[-1])
        which = f", the last time {at}" if len(times) > 1 else f", {at}"
        parts.append(
            f"{one.called} {were([one.called])} {one.participle} {often(len(times))} {period.called}{which}"
        )
    yes = "" if asked.slots.get("ask") == "how_often" else "Yes, "
    return asked.say("done", *(one.device for one, _ in done), yes=yes, parts="; ".join(parts))


def still(asked: Asked) -> Outcome:
    """ "Has the window been open since six"."""
    if not (series := asked.series):
        return asked.unknown()
    period = asked.period_or("today")
    since, until = period.since.timestamp(), period.until.timestamp()
    for one in series:
        spans = tuple(stretches(asked.past, one, since, until))
        whole = len(spans) == 1 and not spans[0].ended
        if whole and (spans[0].begin <= since or not _known_since(asked, since)):
            change = asked.past.last(one.device.name, one.key)
            at = change.at if change is not None else since
            return asked.say(
                "still",
                one.device,
                called=one.called,
                has=_has(one.called),
                state=one.wanted,
                at=asked.moment(at),
            )
    one = series[0]
    change = asked.past.last(one.device.name, one.key)
    assert change is not None
    now = one.wanted if one.is_so(change) else opposite(one.wanted)
    return asked.say(
        "not_still",
        one.device,
        called=one.called,
        has=_has(one.called),
        state=now,
        at=asked.moment(change.at),
    )


def _when(asked: Asked, spans: tuple[Stretch, ...], short: bool) -> str:
    """`short`: the day need not be said."""

    def time(at: float) -> str:
        return clock(datetime.fromtimestamp(at)) if short else asked.moment(at).removeprefix("at ")

    if len(spans) > 1:
        long = rough(sum(span.seconds for span in spans))
        return f", {often(len(spans))}, for {long} in all"
    [span] = spans
    if not span.entered and not span.ended:
        return " all the time"
    if span.entered and span.ended:
        return f", from {time(span.begin)} to {time(span.end)}"
    return f", since {time(span.begin)}" if span.entered else f", until {time(span.end)}"


def _known_since(asked: Asked, since: float) -> bool:
    begins = asked.past.begins()
    return begins is not None and begins <= since


def were(names: list[str]) -> str:
    return "were" if are(names) == "are" else "was"


def _has(name: str) -> str:
    return "have" if are([name]) == "are" else "has"
