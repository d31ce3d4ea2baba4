"""Commands are sent, and who gave them waits for the appliances' reports while the voice loop goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from device.appliances.expectations import met
from device.channels.steps import Due, Told
from device.dialogue.exchange import Exchange
from device.events import Command, Confirmation, Expectation, Reply, Turn
from device.mqtt.client import Receipt
from device.mqtt.connection import Asker, Fate
from device.speaking.wording import listed

Source = TypeVar("Source", bound=Turn | Exchange)
"""What has commands to be confirmed."""

PATIENCE = 2.0
"""Seconds in which an appliance reports; as long as a command may be on its way."""
PATIENCE_OF = {"position": 5.0, "open": 5.0, "armed": 5.0, "activity": 5.0}
"""The same for what sets itself in motion first, by the key of the state that it tells."""


class States(Protocol):
    """`device.home.state.HomeState`."""

    def of(self, name: str) -> Mapping[str, Any]: ...
    def reports(self, name: str) -> int: ...


class Sender(Protocol):
    """`device.mqtt.client.Publisher`."""

    def send(self, commands: Iterable[Command]) -> Receipt: ...


class Confirming:
    """The turns whose commands are sent and that are not told yet, in the order in which they were heard;
    and, in an order of their own, the exchanges that fell due."""

    def __init__(self, sender: Sender, states: States) -> None:
        self._sender, self._states = sender, states
        self._turns: deque[Awaited[Turn]] = deque()
        self._due: deque[Awaited[Exchange]] = deque()

    @property
    def waits(self) -> bool:
        """Whether there is something that is not told yet."""
        return bool(self._turns or self._due)

    def send(self, turn: Turn, now: float, asker: Asker | None = None) -> None:
        """Send the turn's commands at time `now`, in seconds; it is told later."""
        self._turns.append(self._sent(Awaited(turn, self._states, now, asker)))

    def send_due(self, exchange: Exchange, now: float) -> None:
        """The same for an exchange that fell due."""
        self._due.append(self._sent(Awaited(exchange, self._states, now)))

    def _sent(self, awaited: Awaited[Source]) -> Awaited[Source]:
        awaited.receipt = self._sender.send(awaited.source.commands)
        return awaited

    def concluded(self, now: float) -> Iterator[Told | Due]:
        """Those whose appliances have reported, or had time enough."""
        while self._turns and (turn := self._turns[0].concluded(now)) is not None:
            yield _as_told(self._turns.popleft(), turn)
        while self._due and (exchange := self._due[0].concluded(now)) is not None:
            yield Due(exchange, self._due.popleft().dropped)

    def given_up(self) -> Iterator[Told | Due]:
        """All the others, as they stand without a further report."""
        while self._turns:
            awaited = self._turns.popleft()
            yield _as_told(awaited, awaited.given_up())
        while self._due:
            due = self._due.popleft()
            yield Due(due.given_up(), due.dropped)


def _as_told(awaited: Awaited[Turn], turn: Turn) -> Told:
    return Told(turn, awaited.dropped, awaited.asker)


class Awaited(Generic[Source]):
    """What waits for reports, by its `source`. To be made before its commands are sent; then it is given the
    `receipt`.

    `asker`: who asked for it, and wants to know what came of it.
    """

    def __init__(self, source: Source, states: States, now: float, asker: Asker | None = None) -> None:
        self.source: Source = source
        self.receipt = Receipt((), ())
        self.asker = asker
        self._states = states
        expected = source.outcome.expected
        self._until = now + max(
            (PATIENCE_OF.get(one.key or "", PATIENCE) for one in expected), default=PATIENCE
        )
        self._waits = bool(expected)
        self._open = {one: states.reports(one.device) for one in expected}
        self._contrary: set[Expectation] = set()

    @property
    def dropped(self) -> tuple[Command, ...]:
        """The commands that certainly did not arrive."""
        receipt = self.receipt
        pairs = zip(receipt.sent, receipt.deliveries, strict=False)
        refused = [command for command, delivery in pairs if delivery.fate is Fate.REFUSED]
        return (*receipt.dropped, *refused)

    def concluded(self, now: float) -> Source | None:
        """The source with its confirmation and what is to be said of it; None while it has to wait."""
        fates = {delivery.fate for delivery in self.receipt.deliveries}
        if self.dropped or Fate.LOST in fates:
            return self.given_up()
        if not self._waits:
            return self.given_up() if Fate.OPEN not in fates or now >= self._until else None
        for one, before in tuple(self._open.items()):
            if self._states.reports(one.device) <= before:  # less: it left, and is forgotten
                continue
            if met(one, self._states.of(one.device)):
                del self._open[one]
            else:
                self._contrary.add(one)
        return self.given_up() if not self._open or now >= self._until else None

    def given_up(self) -> Source:
        """The source as it stands without a further report."""
        if self.dropped:
            return self._failed("Sorry, that could not be sent")
        arrived = all(delivery.fate is Fate.ARRIVED for delivery in self.receipt.deliveries)
        if not arrived and (self._open or not self._waits):
            return self._failed("Sorry, that may not have arrived")
        if not self._waits:
            return self.source
        if not self._open:
            return replace(self.source, confirmation=Confirmation.CONFIRMED)
        contrary = [one for one in self._open if one in self._contrary]
        if contrary:
            return self._failed(f"{_named(contrary)} did not do it")
        does = "does" if len(self._open) == 1 else "do"
        return self._told(Confirmation.UNCONFIRMED, f"{_named([*self._open])} {does} not answer")

    def _failed(self, text: str) -> Source:
        return self._told(Confirmation.FAILED, text)

    def _told(self, confirmation: Confirmation, text: str) -> Source:
        """What was asked in the same breath is still asked."""
        question = self.source.outcome.question
        reply = Reply(f"{text}. {question.text}" if question else text)
        outcome = replace(self.source.outcome, reply=reply)
        return replace(self.source, outcome=outcome, confirmation=confirmation)


def _named(expected: Sequence[Expectation]) -> str:
    text = listed([one.called for one in expected])
    return text[0].upper() + text[1:]
