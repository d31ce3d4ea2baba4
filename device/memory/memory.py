"""What Mynah remembers besides the conversation: each kind of thing in a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from device.events import Change, Due
from device.knowledge.facts.facts import Fact, Facts
from device.memory import handing
from device.memory.agenda import Agenda, instant
from device.memory.agenda_store import agenda_store
from device.memory.consent import START, STOP, consent_store
from device.memory.fact_store import fact_store
from device.memory.journal.journal import Journal
from device.memory.learnt import FILE as LEARNT
from device.memory.learnt import Learnt, Lesson, learnt_store
from device.memory.list_store import ListStore
from device.memory.lists import LISTS, Lists
from device.memory.rule_store import rule_store
from device.memory.rules import Rule, Rules
from device.system.watch import ClockWatch

LISTS_FILE = "lists.json"
FACTS = "facts.json"
"""Name of the file of what the user has told."""
HABITS = "habits.json"
"""Name of the file that says whether people want suggestions."""
RULES = "rules.json"
"""Name of the file of the rules that the user has spoken."""
AGENDA = "agenda.json"
"""Name of the file of timers, alarms, reminders and planned commands."""


class Memory:
    """The stores. Changes of a turn are taken in after it.

    When the clock is set (a board without a clock of its own starts in the past until the network sets it),
    entries that were made since this process started and wait for a length of time are moved by as much, so
    that they wait as long as before. Older entries were made by a clock that was right, and stay.
    """

    def __init__(
        self,
        lists: Iterable[str] = LISTS,
        folder: Path | None = None,
        watch: ClockWatch | None = None,
        journal: Journal | None = None,
        facts: Iterable[Fact] = (),
        rules: Iterable[Rule] = (),
        learnt: Learnt | None = None,
    ) -> None:
        """`lists`: names of the home's lists. `folder`: where all is kept; None: in memory alone. `watch`
        notices that the clock is set; None: it never is. `journal`: what happened; None: nobody wants to
        know. `facts`, `rules`: those besides what is told. `learnt`: what was learnt before, where there is
        no folder."""
        self._facts, self._given = fact_store(folder / FACTS if folder else None), tuple(facts)
        self._rules, self._written = rule_store(folder / RULES if folder else None), tuple(rules)
        self._learnt = learnt_store(folder / LEARNT if folder else None, learnt)
        self._consent = consent_store(folder / HABITS if folder else None)
        self.journal = journal
        self._lists = ListStore(lists, folder / LISTS_FILE if folder else None)
        self._agenda = agenda_store(folder / AGENDA if folder else None)
        self._watch = watch
        self._next: float | None = None
        self.rings = False
        """Whether something rings now."""
        self._handed: set[int] = set()
        self._older = frozenset(entry.id for entry in self.agenda.entries)
        self._left = bool(handing.unsettled(self.agenda, ()))

    @property
    def lists(self) -> Lists:
        return self._lists.lists

    @property
    def facts(self) -> Facts:
        """All that was told, and what was given."""
        return self._facts.read().plus(self._given)

    @property
    def learnt(self) -> Learnt:
        return self._learnt.read()

    @property
    def suggests(self) -> bool:
        """Whether people want suggestions."""
        return self._consent.read()

    @property
    def rules(self) -> Rules:
        """All that were spoken, and those that were written."""
        return self._rules.read().plus(self._written)

    @property
    def agenda(self) -> Agenda:
        return self._looked_at(self._agenda.read())

    @property
    def next_due(self) -> datetime | None:
        """When `due` has something to do next, as local time; None where it never has."""
        at = self.agenda.next()
        return None if at is None else datetime.fromtimestamp(at)

    def apply(self, changes: Iterable[Change]) -> None:
        """Take in what of `changes` is Mynah's own. It is kept when this returns."""
        changes = tuple(changes)
        for change in changes:
            self._lists.apply(change)
            if isinstance(change.subject, Fact):
                self._facts.change(partial(Facts.after, change=change))
            if isinstance(change.subject, Lesson):
                self._learnt.change(partial(Learnt.after, change=change))
            if change.do in (STOP, START):
                self._consent.change(partial(_consent_after, change=change))
            if isinstance(change.subject, Rule):
                self._rules.change(partial(Rules.after, change=change))
            if self.journal is not None:
                self.journal.apply(change)
        if changes:
            self._change(lambda agenda: agenda.after(changes))

    def is_due(self, now: datetime) -> bool:
        """Whether `due` has something to do. Cheap: to be asked between two chunks of audio."""
        at = instant(now)
        if self._watch is not None and (jump := self._watch.jumped(at)):
            self._change(lambda agenda: handing.moved(agenda, timedelta(seconds=jump), self._older))
        return self._left or (self._next is not None and self._next <= at)

    def due(self, now: datetime) -> tuple[Due, ...]:
        """What is due by `now` and was not given yet. Say `settle` of each when it was taken."""
        found: list[Due] = []

        def hand_out(agenda: Agenda) -> Agenda:
            found.extend(handing.unsettled(agenda, self._handed))
            agenda, due = handing.handed_out(handing.silenced(agenda, now), now)
            found.extend(due)
            return agenda

        self._change(hand_out)
        self._left = False
        self._handed |= {due.id for due in found}
        return tuple(found)

    def settle(self, due: Due) -> None:
        """`due` was taken: nobody will be told of it again."""
        self._change(lambda agenda: handing.settled(agenda, due))

    def _change(self, how: Callable[[Agenda], Agenda]) -> None:
        self._looked_at(self._agenda.change(how))

    def _looked_at(self, agenda: Agenda) -> Agenda:
        self._next, self.rings = agenda.next(), bool(agenda.ringing)
        return agenda


def _consent_after(before: bool, change: Change) -> bool:
    return change.do == START
