"""Announcements from one Mynah of the home to the others, and from anybody to one of them.

What is announced here is published on EVERYWHERE, to which all are subscribed: none has to know the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from device.channels.asks import Announce, Ask
from device.channels.channel import Channel, Outlet
from device.channels.own import Topics
from device.channels.steps import Due, Step, Told
from device.events import Outcome
from device.mqtt.connection import Message
from device.mqtt.payload import parsed

log = logging.getLogger(__name__)

EVERYWHERE = "mynah/announce"
LONGEST = 500
"""Characters of an announcement that are told."""


class Intercom(Channel):
    """`here`: the room in which this Mynah stands, if that is known."""

    qos = 1

    def __init__(self, names: Topics, outlet: Outlet, here: Callable[[], str | None]) -> None:
        self._names, self._outlet, self._here = names, outlet, here
        self.topics = (names["announce"], EVERYWHERE)

    def receive(self, message: Message) -> Iterable[Ask]:
        """Text, or JSON: {"text": …, "area": the room that it is for, "from": the Mynah that it is from}."""
        if message.topic not in self.topics or message.retained:
            return
        content = _content(message.payload)
        text, area = content.get("text"), content.get("area")
        if not isinstance(text, str) or not text.strip():
            log.warning('%s takes a text, or JSON: {"text": …, "area": …}', message.topic)
        elif content.get("from") != self._names.device_id and self._concerns(area):
            yield Announce(text.strip()[:LONGEST])

    def take(self, step: Step) -> None:
        match step:
            case Told(turn):
                self._pass_on(turn.outcome)
            case Due(exchange):
                self._pass_on(exchange.outcome)

    def _concerns(self, area: Any) -> bool:
        """Whether what is for the room `area`, or for all, is for this one."""
        here = self._here()
        return not area or (here is not None and str(area).casefold() == here.casefold())

    def _pass_on(self, outcome: Outcome) -> None:
        for change in outcome.done:
            if change.do == "announce":
                text, area = change.values["text"], change.values.get("area")
                content = {"text": text, "area": area, "from": self._names.device_id}
                self._outlet.post(EVERYWHERE, content)


def _content(payload: bytes) -> dict[str, Any]:
    """What is announced; no text where it is JSON of another kind."""
    if not payload.lstrip().startswith(b"{"):
        return {"text": payload.decode("utf-8", "replace")}
    try:
        content = parsed(payload)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
