"""What a skill is: handlers for intents, which say what comes of them in the world as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from device.events import Change, Intent, Outcome, Question, Reply
from device.home.model import Home
from device.knowledge.facts.facts import Facts
from device.knowledge.rules.watching import Watch
from device.knowledge.shelf import Searched
from device.memory.agenda import Agenda
from device.memory.journal.journal import Journal
from device.memory.lists import Lists
from device.memory.rules import Rules


@dataclass(frozen=True, slots=True)
class World:
    """All that a handler may look at. `device_id`: what this Mynah is called on the broker.

    `said`: how often each reply that has variants was given, by its name. `journal`: what happened; None
    where the user does not want one. `facts`: what the user has told or written down.
    `rules`: what Mynah watches for; `watch` reads new ones, None where there can be none.
    `habits`: whether the settings want suggestions.
    `papers`: the documents of the home; None where there are none.
    """

    home: Home
    now: datetime
    device_id: str = "mynah"
    lists: Lists = field(default_factory=Lists)
    agenda: Agenda = field(default_factory=Agenda)
    said: Mapping[str, int] = field(default_factory=dict)
    journal: Journal | None = None
    facts: Facts = field(default_factory=Facts)
    papers: Searched | None = None
    rules: Rules = field(default_factory=Rules)
    watch: Watch | None = None
    habits: bool = False

    def after(self, changes: Iterable[Change]) -> World:
        """The world in which `changes` of Mynah's own memory are done."""
        changes, lists, facts, rules = tuple(changes), self.lists, self.facts, self.rules
        for change in changes:
            lists, facts, rules = lists.after(change), facts.after(change), rules.after(change)
        return replace(self, lists=lists, facts=facts, rules=rules, agenda=self.agenda.after(changes))


Handler = Callable[[Intent, World], Outcome]
"""Pure: what is to be done stands in the outcome. It never raises for what was said."""

Handlers = Mapping[str, Handler]
"""By the names of intents."""


def asked(question: Question) -> Outcome:
    """Nothing is done until `question` is answered."""
    return Outcome(reply=Reply(question.text), question=question)
