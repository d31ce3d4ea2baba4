"""Questions that are handed to a person, and their answers, which are said and never acted on."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

from device.channels.asks import Announce, Ask
from device.channels.channel import Channel, Outlet
from device.channels.own import Topics
from device.channels.steps import Step, Told
from device.desk.handed import Answered, Handed, answer_of, handed_json, new_id
from device.desk.store import ended, lapsed
from device.events import Change
from device.mqtt.connection import Message

log = logging.getLogger(__name__)

BEFORE = 3
"""Exchanges before a question that are sent with it."""
LATELY = 120.0
"""Seconds for which an exchange belongs to what is asked next."""
SELDOM = 10.0
"""Seconds from one line on a useless answer to the next."""
Take = Callable[[Handed], None]


class Desk(Channel):
    """`waiting`: the questions that are open. `take`: writes and sends what it is given, and waits for
    nothing."""

    qos = 1

    def __init__(
        self,
        names: Topics,
        outlet: Outlet,
        waiting: Iterable[Handed],
        take: Take,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._names, self._outlet, self._take, self._clock = names, outlet, take, clock
        self._waiting = {one.id: one for one in waiting}
        self._said: deque[tuple[float, str, str]] = deque(maxlen=BEFORE + 1)
        self._told_at = -SELDOM
        self.topics = (names["desk/answer"],)
        for one in self._waiting.values():
            if not one.sent:
                take(one)
        self._close_old()

    def take(self, step: Step) -> None:
        if not isinstance(step, Told) or step.turn.transcript is None:
            return
        for change in step.turn.outcome.done:
            if change.do == "handover":
                self._hand_over(change)
        self._said.append((self._clock(), step.turn.transcript.text, step.turn.reply))

    def receive(self, message: Message) -> Iterable[Ask]:
        if message.topic != self.topics[0] or message.retained:
            return ()
        try:
            answer = answer_of(message.payload)
        except ValueError as error:
            self._useless(f"{message.topic}: {error}")
            return ()
        if (handed := self._waiting.pop(answer.id, None)) is None:
            self._useless(f"{message.topic}: no question {answer.id!r} is open; mynah chat --desk lists them")
            return ()
        return self._answered(handed, answer)

    def _answered(self, handed: Handed, answer: Answered) -> Iterable[Ask]:
        after = ended(handed, answer.text, answer.keep, self._clock())
        self._take(after)
        self._outlet.post(self._names["desk/told"], handed_json(after))
        return (Announce(f"{handed.to} answers “{handed.text}”: {answer.text}"),) if answer.text else ()

    def _hand_over(self, change: Change) -> None:
        now, text = self._clock(), str(change.values["text"])
        context = tuple(
            (said, reply) for at, said, reply in self._said if 0 <= now - at < LATELY and said != text
        )
        handed = Handed(new_id(), now, str(change.values["to"]), text, context[-BEFORE:])
        self._waiting[handed.id] = handed
        self._take(handed)
        self._close_old()

    def _close_old(self) -> None:
        for one in lapsed(self._waiting.values(), self._clock()):
            del self._waiting[one.id]
            self._take(one)

    def _useless(self, line: str) -> None:
        """A line in the log, but not ten thousand."""
        if not 0 <= self._clock() - self._told_at < SELDOM:
            self._told_at = self._clock()
            log.warning(line)
