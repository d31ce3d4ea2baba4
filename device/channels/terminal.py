"""Mynah in the terminal that it was started from: turns, what falls due, and texts that are to be said."""

from __future__ import annotations

from collections.abc import Callable

from device.channels.channel import Channel
from device.channels.report import Json, exchange_json, exchange_text, turn_json, turn_text
from device.channels.steps import Asked, Due, Said, Step, Told

LONGEST_TEXT = 500
"""Characters of a text that are shown."""


class Terminal(Channel):
    """`show` is given each thing as a JSON object and as lines for a person, of which it prints one."""

    def __init__(self, show: Callable[[Json, str], None]) -> None:
        self._show = show

    def take(self, step: Step) -> None:
        match step:
            case Told(turn, dropped):
                self._show(turn_json(turn, dropped), turn_text(turn, dropped))
            case Due(exchange, dropped):
                self._show(exchange_json(exchange, dropped), exchange_text(exchange))
            case Said(text):
                text = printable(text)
                self._show({"say": text}, f"  says    {text}")
            case Asked(question):
                text = printable(question.text)
                self._show({"ask": text}, f"  asks    {text}")


def printable(text: str) -> str:
    """`text` without what is an order to a terminal, and not longer than can be read."""
    return "".join(c if c.isprintable() else " " for c in text)[:LONGEST_TEXT]
