"""Follows what people do, learns their habits anew every day, and says when to suggest something.

Learning reads the journal on a thread of its own: the voice loop waits for nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from device.errors import JournalError
from device.memory.habits import suggesting
from device.memory.habits.deeds import KEYS, Deed, Done, day, deeds, slot
from device.memory.habits.suggesting import Answers, Chances
from device.memory.journal.entries import Turned
from device.memory.journal.journal import Journal

log = logging.getLogger(__name__)

KIND = "habit"
"""The kind of what is due because something is suggested."""
LEARNT_FROM = timedelta(days=90)
"""What is older is no habit any more."""
FOUND = timedelta(days=1)
"""What is only found so was done at some time before."""

Start = Callable[[Callable[[], None]], None]
"""Runs something, now or on another thread."""


def beside(run: Callable[[], None]) -> None:
    """On a thread that ends with the process."""
    threading.Thread(target=run, name="habits", daemon=True).start()


class Following:
    """`start` runs what takes long. `notice` follows the home's states, see `device.home.state`."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime], start: Start = beside) -> None:
        self._journal, self._clock, self._start = journal, clock, start
        self._since: dict[tuple[str, str], Done] = {}
        self._chances = Chances()
        self._learnt: datetime | None = None
        self._last: datetime | None = None
        self._slot: int | None = None

    def notice(self, thing: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """A thing tells something. May be called from any thread."""
        for key in KEYS:
            if key in values and isinstance(values[key], bool) and before.get(key) is not values[key]:
                at = self._clock() - (timedelta() if key in before else FOUND)
                self._since[thing, key] = Done(Deed(thing, key, values[key]), at)

    def is_due(self, now: datetime) -> bool:
        """Whether a part of the day has begun. Cheap: to be asked between two chunks of audio."""
        return slot(now) != self._slot

    def look(self, now: datetime) -> tuple[Deed, bool] | None:
        """What to suggest now, and whether people always want it; None for nothing."""
        first, self._slot = self._slot is None, slot(now)
        if self._learnt is None or day(self._learnt) != day(now):
            self._learnt = now
            self._start(lambda: self._learn(now))
        if first:
            return None  # in the middle of a part of the day
        deed = suggesting.suggested(self._chances, dict(self._since), now, self._last)
        return None if deed is None else (deed, self._chances.is_stable(deed))

    def made(self, now: datetime) -> None:
        """Something was suggested."""
        self._last = now

    def _learn(self, now: datetime) -> None:
        since, until = (now - LEARNT_FROM).timestamp(), now.timestamp()
        try:
            with self._journal.past() as past:
                done = tuple(deeds(past.of_keys(KEYS, since, until)))
                answers, last = answered(past.turns(since, until))
        except JournalError as error:
            log.error(error)
            return
        self._chances = suggesting.learn(done, answers)
        self._last = max(filter(None, (self._last, last)), default=None)


def named(deed: Deed) -> str:
    """As the journal has it."""
    return f"{deed.thing}: {deed.key} {'yes' if deed.value else 'no'}"


def _deed(name: str) -> Deed | None:
    thing, found, rest = name.rpartition(": ")
    key, _, value = rest.partition(" ")
    return Deed(thing, key, value == "yes") if found and key in KEYS else None


def answered(turns: Iterable[Turned]) -> tuple[Answers, datetime | None]:
    """How each suggestion was answered, and when the last one was made. `turns`: in the order of time."""
    answers: dict[Deed, tuple[int, int]] = {}
    last: datetime | None = None
    open_: tuple[Deed, str] | None = None
    for turn in turns:
        due = turn.body.get("due") or {}
        if due.get("kind") == KIND and (deed := _deed(str(due.get("name")))) is not None:
            open_, last = (deed, turn.reply), datetime.fromtimestamp(turn.at)
        elif open_ is not None and turn.body.get("answers") == open_[1]:
            yes, no = answers.get(open_[0], (0, 0))
            acts = turn.body.get("acts", ())
            answers[open_[0]] = (yes + ("affirm" in acts), no + ("deny" in acts))
            open_ = None
    return answers, last
