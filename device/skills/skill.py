"""What a skill is: handlers for intents, which say what comes of them in the world as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from device.events import Change, Intent, Outcome, Question, Reply
from device.home.model import Home
from device.knowledge.documents.papers import Papers
from device.memory.agenda import Agenda
from device.memory.lists import Lists


@dataclass(frozen=True, slots=True)
class World:
    """All that a handler may look at. `device_id`: what this Mynah is called on the broker.

    `said`: how often each reply that has variants was given, by its name.
    """

    home: Home
    now: datetime
    device_id: str = "mynah"
    lists: Lists = field(default_factory=Lists)
    agenda: Agenda = field(default_factory=Agenda)
    said: Mapping[str, int] = field(default_factory=dict)
    papers: Papers | None = None

    def after(self, changes: Iterable[Change]) -> World:
        """The world in which `changes` of Mynah's own memory are done."""
        changes, lists = tuple(changes), self.lists
        for change in changes:
            lists = lists.after(change)
        return replace(self, lists=lists, agenda=self.agenda.after(changes))


Handler = Callable[[Intent, World], Outcome]
"""Pure: what is to be done stands in the outcome. It never raises for what was said."""

Handlers = Mapping[str, Handler]
"""By the names of intents."""


def asked(question: Question) -> Outcome:
    """Nothing is done until `question` is answered."""
    return Outcome(reply=Reply(question.text), question=question)
