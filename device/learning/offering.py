"""Mynah asks by itself whether to learn something: at most once a day, after something else was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from device.dialogue.questions import CONFIRMATION
from device.events import Act, Change, Intent, Outcome, Question
from device.home.model import Home
from device.learning.checks import Checks
from device.learning.proposals import OPEN, Proposal
from device.memory.learnt import OFFER, Learnt, Lesson
from device.skills.learning.handle import asking

AT_MOST_EVERY = 24 * 3600.0
"""Seconds between two such questions."""


class Offers:
    """Proposals are found elsewhere. Each is checked before it is asked, between two turns, which takes as
    long as to understand some sentences. `acts`: what a text does, as it is understood now."""

    def __init__(self, home: Home, acts: Callable[[str], Sequence[Act]]) -> None:
        self._home, self._acts = home, acts
        self._found: tuple[Proposal, ...] = ()
        self._unchecked: list[Proposal] = []
        self._ready: Lesson | None = None

    def take(self, proposals: tuple[Proposal, ...]) -> None:
        """From now on these are the proposals."""
        if proposals != self._found:
            self._found, self._unchecked, self._ready = proposals, list(proposals), None

    def prepare(self, now: datetime, learnt: Learnt, handle: Callable[[Intent], Outcome]) -> bool:
        """Check one proposal, where something may be asked. Whether there is more to do."""
        if self._ready is None and self._unchecked and _may_ask(now, learnt):
            proposal = self._unchecked.pop(0)
            if not _is_settled(proposal.lesson, learnt):
                lesson = Checks(self._home, self._acts, handle).settled(proposal)
                self._ready = lesson if isinstance(lesson, Lesson) else None
            return self._ready is None and bool(self._unchecked)
        return False

    def next(self, now: datetime, learnt: Learnt) -> tuple[Question, Change] | None:
        """What to ask now, if anything, and what is to be remembered of its being asked."""
        lesson = self._ready
        if lesson is None or not _may_ask(now, learnt) or _is_settled(lesson, learnt):
            return None
        self._ready = None
        question = Question(f"Shall I remember that {told(lesson)}?", asking(lesson), CONFIRMATION)
        return question, Change(OFFER, {"at": now.timestamp()}, lesson)


def _is_settled(lesson: Lesson, learnt: Learnt) -> bool:
    return learnt.knows(lesson.said) or lesson.said in learnt.asked


def _may_ask(now: datetime, learnt: Learnt) -> bool:
    return abs(now.timestamp() - learnt.offered) >= AT_MOST_EVERY


def told(lesson: Lesson) -> str:
    """What a lesson says, in words."""
    if lesson.is_alias:
        return f"“the {lesson.said}” is the {lesson.means}"
    said, means = (OPEN.sub("…", text) for text in (lesson.said, lesson.means))
    return f"“{said}” means “{means}”"
