"""Watches the home for what rules wait for, and tells which of them fire.

Reports of things come from any thread and only leave a note. `look` is called by the voice loop when there
is one, or when a length of time has ended.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from device.home.model import Home
from device.knowledge.facts.facts import Facts
from device.knowledge.rules.binding import Bound, agreeing, bound, fault
from device.knowledge.rules.conditions import Was
from device.knowledge.rules.doing import Doing, Handle, Understand, doing
from device.knowledge.rules.naming import Unclear
from device.knowledge.rules.standing import CLOSE, Standing, held_back, looked
from device.memory.rules import Rule, Rules
from device.understanding.times import WEEK

log = logging.getLogger(__name__)

LONGEST_CHAIN = 3
"""Rules that may set off one another."""
CAUSED = 60.0
"""Seconds after a rule has told a thing something in which what the thing reports may be due to that."""
MOST = 10_000
"""Reports that wait for a look; of more, the oldest are left out."""
MINUTE = 60.0
"""Seconds between two looks at a rule that counts only at some times: the clock may be set."""

Remembers = Callable[[str, Was, datetime], bool | None]
"""Whether something was so of a thing, as the journal has it; None where it does not know."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule whose conditions have come true, and those conditions in words."""

    bound: Bound
    held: tuple[str, ...]

    @property
    def because(self) -> str:
        """The rule and the facts that held."""
        rule = self.bound.rule
        facts = " and ".join(self.held) or "the time had come"
        said = "you asked me to" if rule.source == "said" else f"of the rule “{rule.name}” ({rule.source})"
        return f"Because {said}: {facts}" if rule.source != "said" else f"Because {said} when {facts}"


class Watch:
    """The rules in one home. `rules` and `facts` give what is remembered now; `elapsed` tells passed seconds.

    `understand` and `handle` read and try the sentences of rules; `past` asks the journal, None without one.
    """

    def __init__(
        self,
        home: Home,
        rules: Callable[[], Rules],
        facts: Callable[[], Facts],
        handle: Handle,
        elapsed: Callable[[], float],
        past: Remembers | None = None,
    ) -> None:
        self._home, self._rules, self._facts, self._handle = home, rules, facts, handle
        self._elapsed, self._past = elapsed, past
        self.understand: Understand = lambda text: ()
        """Set by whoever binds the sentences to the home."""
        self.faults: tuple[str, ...] = ()
        """A line for each rule that does not work here."""
        self._bound: tuple[Bound, ...] = ()
        self._watching: dict[str, frozenset[str]] = {}
        self._known: dict[Rule, Bound | str] = {}
        self._known_in: object = None
        self._unread: deque[Rule] = deque()
        self._changing = False
        self._standings: dict[str, Standing] = {}
        self._chains: dict[str, tuple[frozenset[str], float]] = {}
        self._layout: object = None
        self._news: deque[str] = deque(maxlen=MOST)
        self._ripe: dict[str, float] = {}
        self._next: float | None = None
        home.state.followers.append(self.notice)

    def notice(self, thing: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """A thing tells something. May be called from any thread."""
        if thing in self._watching:
            self._news.append(thing)

    def renew(self, facts: bool) -> None:
        """Rules have changed; or `facts`, by which their words may mean something else."""
        self._layout = None
        if facts:
            self._known_in = None

    @property
    def is_stale(self) -> bool:
        """Whether rules are still to be read."""
        return self._changing or self._layout is not self._home.layout

    @property
    def next_due(self) -> float | None:
        """Passed seconds at which `look` has something to do, if nothing changes before."""
        return self._next

    def is_due(self) -> bool:
        """Whether `look` has something to do. Cheap: to be asked between two chunks of audio."""
        if self.is_stale or self._news:
            return True
        return self._next is not None and self._next <= self._elapsed() + CLOSE

    def look(self, now: datetime) -> tuple[Fired, ...]:
        """The rules that fire at the local time `now`."""
        elapsed = self._elapsed()
        if self._layout is not self._home.layout:
            self._begin()
        if self._unread:  # one at a time: the voice loop does not wait
            self._read_next()
        if self._changing and not self._unread:
            self._agree()
        names = {name for name, at in self._ripe.items() if at <= elapsed + CLOSE}
        while self._news:
            names |= self._watching.get(self._news.popleft(), frozenset())
        looks = (self._look(one, now, elapsed) for one in self._bound if one.rule.name in names)
        fired = tuple(found for found in looks if found is not None)
        self._next = min(self._ripe.values(), default=None)
        return fired

    def _look(self, one: Bound, now: datetime, elapsed: float) -> Fired | None:
        """A look at one rule."""
        name, truths = one.rule.name, self._truths(one, now)
        before = self._standings.get(name, Standing())
        found = looked(before, truths, one.lengths, one.rule.every, elapsed)
        if found.fires and not self._may_fire(one, elapsed):
            found = looked(held_back(before), truths, one.lengths, one.rule.every, elapsed)
        self._standings[name] = found.standing
        again = [found.next, elapsed + MINUTE - now.second if one.rule.timed else None]
        ripe = min((at for at in again if at is not None), default=None)
        if ripe is None:
            self._ripe.pop(name, None)
        else:
            self._ripe[name] = ripe
        held = tuple(condition.text for condition in one.conditions)
        return Fired(one, held) if found.fires else None

    def doing(self, text: str) -> Doing:
        """What a sentence does. Raises Unclear."""
        return doing(text, self.understand, self._handle, self._home)

    def bind(self) -> None:
        """Read all rules as they are now in the home as it is now."""
        self._begin()
        while self._unread:
            self._read_next()
        self._agree()

    def _begin(self) -> None:
        if self._known_in is not self._home.layout:  # names may mean something else now
            self._known, self._known_in = {}, self._home.layout
        self._layout, self._changing = self._home.layout, True
        self._unread = deque(rule for rule in self._rules().rules if rule not in self._known)

    def _read_next(self) -> None:
        rule = self._unread.popleft()
        try:
            journal = self._past is not None
            self._known[rule] = bound(rule, self._home, self._facts(), self.doing, journal)
        except Unclear as error:
            self._known[rule] = fault(rule, str(error))

    def _agree(self) -> None:
        """From now on the rules that are read and go together are watched."""
        before = self.faults
        known = [self._known[rule] for rule in self._rules().rules if rule in self._known]
        self._bound, faults = agreeing(one for one in known if isinstance(one, Bound))
        self.faults = (*(one for one in known if isinstance(one, str)), *faults)
        names = {one.rule.name for one in self._bound}
        self._standings = {name: one for name, one in self._standings.items() if name in names}
        self._ripe = dict.fromkeys(names, self._elapsed())
        self._next, self._changing = min(self._ripe.values(), default=None), False
        watching: dict[str, set[str]] = {}
        for one in self._bound:
            for thing in (thing for condition in one.conditions for thing in condition.things):
                watching.setdefault(thing, set()).add(one.rule.name)
        self._watching = {thing: frozenset(each) for thing, each in watching.items()}
        for line in self.faults:
            if line not in before:
                log.warning(line)

    def _truths(self, one: Bound, now: datetime) -> list[bool | None]:
        """Whether each condition is true, and the time right. The journal is asked only where all else is."""
        state = self._home.state.of
        past = [isinstance(condition.test, Was) for condition in one.conditions]
        truths = [
            None if of_past else condition.holds(state, lambda thing, test: None)
            for condition, of_past in zip(one.conditions, past, strict=True)
        ]
        truths.append(is_time(one.rule, now))
        others = [truth for truth, of_past in zip(truths, [*past, False], strict=True) if not of_past]
        if any(past) and all(others) and self._past is not None:
            ask = self._past
            for at, condition in enumerate(one.conditions):
                if past[at]:
                    truths[at] = condition.holds(state, lambda thing, test: ask(thing, test, now))
        return truths

    def _may_fire(self, one: Bound, now: float) -> bool:
        """Whether it was not set off by itself, nor by too many others; what it does is due to it."""
        chain = frozenset({one.rule.name})
        for thing in {name for condition in one.conditions for name in condition.things}:
            rules, until = self._chains.get(thing, (frozenset(), 0.0))
            chain |= rules if now < until else frozenset()
            if now < until and (one.rule.name in rules or len(chain) > LONGEST_CHAIN):
                log.warning(
                    "the rule %r is not followed: rules set it off (%s)", one.rule.name, sorted(rules)
                )
                return False
        if one.alone and one.doing is not None:
            self._chains |= dict.fromkeys(one.doing.devices, (chain, now + CAUSED))
        return True


def is_time(rule: Rule, now: datetime) -> bool:
    """Whether `now` is one of the times at which the rule counts. A night belongs to the day it begins on."""
    minute, day = now.hour * 60 + now.minute, now
    if rule.between is not None:
        begin, end = rule.between
        if not (begin <= minute < end if begin < end else minute >= begin or minute < end):
            return False
        if begin > end and minute < end:
            day = now - timedelta(days=1)
    return not rule.days or WEEK[day.weekday()] in rule.days
