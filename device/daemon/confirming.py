"""Commands are sent, and a turn waits for its appliances' reports while the voice loop goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from device.appliances.expectations import met
from device.channels.steps import Told
from device.events import Command, Confirmation, Expectation, Reply, Turn
from device.mqtt.client import Receipt
from device.mqtt.connection import Asker, Fate
from device.speaking.wording import listed

PATIENCE = 2.0
"""Seconds in which an appliance reports; as long as a command may be on its way."""


class States(Protocol):
    """`device.home.state.HomeState`."""

    def of(self, name: str) -> Mapping[str, Any]: ...
    def reports(self, name: str) -> int: ...


class Sender(Protocol):
    """`device.mqtt.client.Publisher`."""

    def send(self, commands: Iterable[Command]) -> Receipt: ...


class Confirming:
    """The turns whose commands are sent and that are not told yet, in the order in which they were heard."""

    def __init__(self, sender: Sender, states: States) -> None:
        self._sender, self._states = sender, states
        self._awaited: deque[Awaited] = deque()

    @property
    def waits(self) -> bool:
        """Whether there is a turn that is not told yet."""
        return bool(self._awaited)

    def send(self, turn: Turn, now: float, asker: Asker | None = None) -> None:
        """Send the turn's commands at time `now`, in seconds; it is told later."""
        awaited = Awaited(turn, self._states, now, asker)
        awaited.receipt = self._sender.send(turn.commands)
        self._awaited.append(awaited)

    def concluded(self, now: float) -> Iterator[Told]:
        """The turns whose appliances have reported, or had time enough."""
        while self._awaited and (turn := self._awaited[0].concluded(now)) is not None:
            yield _as_told(self._awaited.popleft(), turn)

    def given_up(self) -> Iterator[Told]:
        """All the others, as they stand without a further report."""
        while self._awaited:
            awaited = self._awaited.popleft()
            yield _as_told(awaited, awaited.given_up())


def _as_told(awaited: Awaited, turn: Turn) -> Told:
    return Told(turn, awaited.dropped, awaited.asker)


class Awaited:
    """A turn that waits for reports. To be made before its commands are sent; then it is given the `receipt`.

    `asker`: who asked for the turn, and wants to know what came of it.
    """

    def __init__(self, turn: Turn, states: States, now: float, asker: Asker | None = None) -> None:
        self.turn = turn
        self.receipt = Receipt((), ())
        self.asker = asker
        self._states = states
        self._until = now + PATIENCE
        expected = turn.outcome.expected if turn.outcome.fine else ()
        self._waits = bool(expected)
        self._open = {one: states.reports(one.device) for one in expected}
        self._contrary: set[Expectation] = set()

    @property
    def dropped(self) -> tuple[Command, ...]:
        """The commands that certainly did not arrive."""
        pairs = zip(self.receipt.sent, self.receipt.deliveries, strict=False)
        refused = (command for command, delivery in pairs if delivery.fate is Fate.REFUSED)
        return (*self.receipt.dropped, *refused)

    def concluded(self, now: float) -> Turn | None:
        """The turn with its confirmation and what is to be said of it; None while it has to wait."""
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

    def given_up(self) -> Turn:
        """The turn as it stands without a further report."""
        if self.dropped:
            return self._failed("Sorry, that could not be sent")
        arrived = all(delivery.fate is Fate.ARRIVED for delivery in self.receipt.deliveries)
        if not arrived and (self._open or not self._waits):
            return self._failed("Sorry, that may not have arrived")
        if not self._waits:
            return self.turn
        if not self._open:
            return replace(self.turn, confirmation=Confirmation.CONFIRMED)
        contrary = [one for one in self._open if one in self._contrary]
        if contrary:
            return self._failed(f"{_named(contrary)} did not do it")
        does = "does" if len(self._open) == 1 else "do"
        return self._told(Confirmation.UNCONFIRMED, f"{_named([*self._open])} {does} not answer")

    def _failed(self, text: str) -> Turn:
        return self._told(Confirmation.FAILED, text)

    def _told(self, confirmation: Confirmation, text: str) -> Turn:
        assert self.turn.outcome.fine
        outcome = replace(self.turn.outcome, reply=Reply(text))
        return replace(self.turn, outcome=outcome, confirmation=confirmation)


def _named(expected: Sequence[Expectation]) -> str:
    text = listed([one.called for one in expected])
    return text[0].upper() + text[1:]
