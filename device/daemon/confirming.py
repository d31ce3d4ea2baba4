"""Waiting for the appliances' own word that they did what they were told, while the voice loop goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from device.appliances.expectations import met
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


class Awaited:
    """A turn that waits for reports. To be made before its commands are sent.

    `asker`: who asked over MQTT to be listened to, and wants to know what came of it.
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
