"""All that a conversation remembers from one turn to the next. Frozen: each turn makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from device.events import Intent, Option, Question

REMEMBERED = timedelta(minutes=2)
"""How long "it" is what was spoken of last."""
UNDOABLE = timedelta(minutes=10)
"""How long what was done can be taken back."""
READ = timedelta(minutes=30)
"""How long a paper that was read from can be read on: its steps take their time."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What was spoken of last: the request as it was completed, what "it" stands for, and when.

    `among`: the options of the question that the request answered, for "the other one". `together`: what
    "them" stands for after "and the hall light"; empty where it is the same.
    """

    intent: Intent
    about: Mapping[str, Any]
    at: datetime
    among: tuple[Option, ...] = ()
    together: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undo:
    """Requests that take back what `intent` did at `at`."""

    requests: tuple[Intent, ...]
    at: datetime
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The paper that was read from last: its name, the question that it answered, and when.

    `about`: the request that a "next" completes.
    """

    document: str
    question: str
    about: Intent
    at: datetime


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`said`: the last reply; `heard`: the last thing that was understood, for "why did you do that".

    `times`: how often each reply that has variants was given, by its name. `misses`: how many sentences in a
    row were not understood. `strayed`: the last of them may have been about another thing than the focus.
    `reason`: why Mynah last said or did something by itself; empty after a request.
    """

    question: Question | None = None
    focus: Focus | None = None
    undo: Undo | None = None
    said: str = ""
    times: Mapping[str, int] = field(default_factory=dict)
    heard: Intent | None = None
    misses: int = 0
    strayed: bool = False
    language: str = "en"
    reading: Reading | None = None
    reason: str = ""

    def at(self, now: datetime) -> Dialogue:
        """Without what has lapsed by `now`. A clock that was set back makes everything lapse."""
        return replace(
            self,
            question=self.question if self._open(now) else None,
            focus=self.focus if self.focus and _within(self.focus.at, now, REMEMBERED) else None,
            undo=self.undo if self.undo and _within(self.undo.at, now, UNDOABLE) else None,
            reading=self.reading if self.reading and _within(self.reading.at, now, READ) else None,
        )

    def _open(self, now: datetime) -> bool:
        return self.question is not None and (self.question.until is None or now < self.question.until)


def _within(at: datetime, now: datetime, span: timedelta) -> bool:
    return timedelta() <= now - at < span
