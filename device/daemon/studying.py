"""Looks into the journal for what can be learnt, on a thread of its own: nobody waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from device.assistant import Listening
from device.channels.channel import Duty
from device.channels.steps import Asked, Idle, Step, Told
from device.events import Request
from device.learning.study import Study

log = logging.getLogger(__name__)

AFTER = 5.0
"""Seconds after a turn until the journal has it for certain."""

AGAIN = 60.0
"""Seconds until something may be asked that could not be asked before."""


class Studying(Duty):
    """At the beginning, and when something was said after a failure, `look` reads the journal on a thread;
    `found` is told the result on the voice loop's own. `look` may raise. While nobody speaks, `prepare` is
    called until it says that there is no more to do now."""

    def __init__(
        self,
        look: Callable[[], Study],
        found: Callable[[Study], None],
        prepare: Callable[[], bool] = lambda: False,
    ) -> None:
        self._look, self._found, self._prepare = look, found, prepare
        self._idle, self._prepare_at = True, 0.0
        self._due: float | None = 0.0
        self._result: Study | None = None
        self._thread: threading.Thread | None = None
        self._failed = self._turned = False

    def take(self, step: Step) -> None:
        match step:
            case Listening() | Asked():
                self._idle = False
            case Idle():
                self._idle = True
            case Told(turn):
                plain = turn.outcome.fine and all(isinstance(act, Request) for act in turn.acts)
                self._turned = self._turned or self._failed or not plain
                self._failed = not plain

    def tick(self, now: float) -> None:
        if self._result is not None:
            result, self._result = self._result, None
            self._found(result)
            self._prepare_at = now
        elif self._idle and now >= self._prepare_at:
            self._prepare_at = now if self._prepare() else now + AGAIN
        if self._turned:
            self._turned, self._due = False, now + AFTER
        busy = self._thread is not None and self._thread.is_alive()
        if self._due is not None and now >= self._due and not busy:
            self._due = None
            self._thread = threading.Thread(target=self._work, name="learning", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        try:
            self._result = self._look()
        except Exception as error:
            log.warning("nothing is learnt from the journal: %s: %s", type(error).__name__, error)
