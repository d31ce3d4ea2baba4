"""The home as the broker announces it, followed while the voice loop goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.discovery.learnt import Learnt
from device.events import Command
from device.home.model import Home
from device.home.reading import Layout

log = logging.getLogger(__name__)

Follow = Callable[[Iterable[str], Iterable[Command]], None]
"""Subscribes to the home's topics and sends its queries, now and whenever the broker is back."""

SETTLED = 0.3
"""Seconds without a further announcement, after which the home is learnt anew: they come in floods."""
SWEPT = 5.0
"""Seconds after a connection by which everything has been announced again; what has not been has left."""
RETRY = 60.0
"""Seconds after which a home is learnt again that could not be."""


class Teacher(Protocol):
    """`device.assembly.learning.Learner`."""

    @property
    def busy(self) -> bool: ...
    def prepare(self) -> None: ...
    def begin(self, layout: Layout) -> None: ...
    def close(self) -> None: ...
    def poll(self) -> tuple[Layout, Learnt] | None: ...


class Follower:
    """Takes in announcements, has them learnt, and puts what was learnt in place between two turns.

    `own`: what is there besides what is announced, if anything is; else the home stays as it was. `adopt`
    gives the voice loop its new ears. `told`: a home with what the user has told Mynah of it by now.
    """

    def __init__(
        self,
        home: Home,
        own: Layout,
        announcements: Announcements,
        teacher: Teacher,
        adopt: Callable[[Learnt], None],
        follow: Follow,
        told: Callable[[Layout], Layout] | None = None,
    ) -> None:
        self._home, self._own, self._announcements = home, own, announcements
        self._teacher, self._adopt, self._follow = teacher, adopt, follow
        self._told = told or (lambda layout: layout)
        self._changed: float | None = None
        self._sweep_at: float | None = None
        self._wanted = self._alone = home.layout
        self._problems: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Where announcements come."""
        return self._announcements.topics

    def observe(self, topic: str, payload: bytes, now: float) -> None:
        """A message of the broker at time `now`, in seconds; what is no announcement is ignored."""
        if self._announcements.receive(topic, payload):
            self._changed = now
            self._teacher.prepare()

    def reconnected(self, now: float) -> None:
        """There is a new connection: what left meanwhile will not be announced again."""
        self._announcements.doubt()
        self._sweep_at = now + SWEPT

    def tick(self, now: float) -> None:
        """Called between chunks of audio while no turn goes on; never waits."""
        if self._sweep_at is not None and now >= self._sweep_at:
            self._sweep_at = None
            if self._announcements.sweep():
                self._changed = now
        if (alone := self._told(self._alone)) is not self._alone:
            self._own, self._alone = self._told(self._own), alone
            self._changed = now
            self._teacher.prepare()
        if self._changed is not None and now - self._changed >= SETTLED:
            self._changed = now + RETRY  # should it fail
            self._learn()
            self._changed = None
        if self._teacher.busy and (done := self._teacher.poll()) is not None:
            self._put_in_place(*done)
        elif self._wanted != self._home.layout and not self._teacher.busy and self._changed is None:
            self._wanted, self._changed = self._home.layout, now + RETRY

    def _learn(self) -> None:
        found = self._announcements.found()
        layout, problems = joined(self._own, found) if found else (self._alone, ())
        for left_out in self._announcements.left_out():
            log.info("%s", left_out)
        for problem in problems:
            if problem not in self._problems:
                log.warning(problem)
        self._problems = problems
        if layout != self._wanted:
            self._teacher.begin(layout)
            self._wanted = layout
        elif not self._teacher.busy:
            self._teacher.close()

    def _put_in_place(self, layout: Layout, learnt: Learnt) -> None:
        self._home.rearrange(layout)
        self._adopt(learnt)
        for problem in learnt.problems:
            log.warning(problem)
        self._follow(self._home.topics(), self._home.queries())
        log.info("the home has %d devices now", len(layout.devices))
