"""Answers about what was done: by Mynah, to Mynah, and to the things of the home by whomever."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from device.events import Outcome
from device.home.conditions import CONDITIONS
from device.memory.journal.entries import Changed, Turned
from device.skills.history.asked import Asked
from device.skills.history.conditions import were
from device.skills.history.meant import PARTICIPLES
from device.skills.history.periods import Period
from device.speaking.wording import said_back

MOST = 5
"""Things that are read out."""
KEYS = ("on", "open", "contact", "locked", "armed")
"""What of the states of things happens: what is measured goes on all the time."""
LOOKED_AT = 300
"""Turns among which a pause is looked for."""
TAKES = 40.0
"""Seconds that an appliance may take to do what it was told."""
PAUSE = timedelta(minutes=30)
"""Who says nothing for so long, and then something, was away or silent."""


def who(asked: Asked) -> Outcome:
    """ "Who turned on the light": a command of Mynah's, or not."""
    if not (series := asked.series):
        return asked.unknown()
    period = asked.period
    since = period.since.timestamp() if period else 0.0
    until = period.until.timestamp() if period else asked.now.timestamp()
    found = [(one, asked.past.last_to(one.device.name, one.key, one.value, until)) for one in series]
    known = [(one, change) for one, change in found if change is not None and change.at >= since]
    if not known:
        one = series[0]
        when = period.called if period else "since I began to keep the journal"
        return asked.say(
            "nobody", one.device, called=one.called, was=were([one.called]), done=one.participle, when=when
        )
    one, change = max(known, key=lambda pair: pair[1].at)
    turns = asked.past.turns(change.at - TAKES, change.at + 1)
    turn = next((turn for turn in reversed([*turns]) if turn.did(change)), None)
    if turn is None:
        name = "who_found" if change.found else "who_else"
    else:
        name = "who_due" if turn.text is None else "who"
    text = said_back(turn.text) if turn is not None and turn.text else ""
    return asked.say(
        name,
        one.device,
        called=one.called,
        was=were([one.called]),
        done=one.participle,
        at=asked.moment(change.at),
        text=text,
    )


def did(asked: Asked) -> Outcome:
    """ "What did you do while I was away": what Mynah did."""
    period = _away(asked) if asked.slots.get("away") else asked.period_or("today")
    turns = asked.past.turns(period.since.timestamp(), period.until.timestamp())
    return _read_out(asked, "did", [(turn.at, turn.reply) for turn in turns if turn.acted], period)


def said(asked: Asked) -> Outcome:
    """ "What did I say in the last hour"."""
    period = _away(asked) if asked.slots.get("away") else asked.period_or("today")
    turns = asked.past.turns(period.since.timestamp(), period.until.timestamp())
    told = [(turn.at, f"“{said_back(turn.text)}”") for turn in turns if turn.text]
    return _read_out(asked, "said", told, period)


def happened(asked: Asked) -> Outcome:
    """ "What happened while I was away": what changed in the home."""
    period = _away(asked) if asked.slots.get("away") else asked.period_or("today")
    since, until = period.since.timestamp(), period.until.timestamp()
    told: list[tuple[float, str]] = []
    count = 0
    for device in asked.devices or asked.home.layout.devices:
        for key in KEYS:
            found, changes = asked.past.latest(device.name, key, since, until, MOST)
            count += found
            was = were([device.called])
            told += [(one.at, f"{device.called} {was} {_became(one)}") for one in changes]
    return _read_out(asked, "happened", sorted(told), period, count)


def _became(change: Changed) -> str:
    key, value = ("open", not change.value) if change.key == "contact" else (change.key, change.value)
    wanted = next(word for word, meaning in CONDITIONS.items() if meaning == (key, value))
    return PARTICIPLES[wanted]


def _read_out(
    asked: Asked, name: str, told: list[tuple[float, str]], period: Period, count: int | None = None
) -> Outcome:
    """The last few of `told`. `count`: how many there are, where not all of them are told."""
    if not told:
        return asked.say(f"nothing_{name}", when=period.called)
    lines = ". ".join(f"{_begin(asked, at)}: {text}" for at, text in told[-MOST:])
    count = len(told) if count is None else count
    return asked.say(name, when=period.called, lines=lines, count=count, more=max(0, count - MOST))


def _begin(asked: Asked, at: float) -> str:
    text = asked.moment(at)
    return text[0].upper() + text[1:]


def _away(asked: Asked) -> Period:
    """When nobody was at home: while the alarm was armed last; or else, since somebody last said something
    before this conversation."""
    for device in asked.home.layout.devices:
        if device.kind == "alarm_panel" and (gone := asked.past.last_to(device.name, "armed", True)):
            back = next(
                asked.past.changes(device.name, "armed", gone.at + 0.001, asked.now.timestamp()), None
            )
            until = datetime.fromtimestamp(back.at) if back else asked.now
            return Period(datetime.fromtimestamp(gone.at), until, "while the alarm was armed")
    since = _last_before_a_pause(asked)
    called = "since you last spoke with me" if since else "today"
    begin = datetime.fromtimestamp(since.at) if since else asked.period_or("today").since
    return Period(begin, asked.now, called)


def _last_before_a_pause(asked: Asked) -> Turned | None:
    after = asked.now.timestamp()
    for turn in islice(asked.past.turns_back(after), LOOKED_AT):
        if turn.text is None:
            continue
        if after - turn.at >= PAUSE.total_seconds():
            return turn
        after = turn.at
    return None
