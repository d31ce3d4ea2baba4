"""The simulated home on the broker: its appliances, and what can be seen happening there."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from demo.appliances import Appliance, State


@dataclass(frozen=True, slots=True)
class Published:
    """A command that arrived at an appliance's topic; what only asks for its state is none."""

    topic: str
    payload: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An appliance went from one state to another."""

    appliance: Appliance
    before: State
    after: State

    @property
    def values(self) -> State:
        """What is new."""
        return {key: value for key, value in self.after.items() if self.before.get(key) != value}


@dataclass(frozen=True, slots=True)
class Said:
    """The assistant's own topics: `kind` is their last part (`turn`, `state`, `availability`)."""

    kind: str
    content: Any


TIMEOUT = 10.0
"""Seconds in which the broker has to answer."""
QUESTIONS = ("get", "state", "status")
"""The last part of topics that only ask an appliance for its state."""

Event = Published | Changed | Said


class House:
    """Connects `appliances` to the broker, lets them obey, and puts every Event into `events` in order.

    A context manager; OSError if the broker is not there.
    """

    def __init__(self, appliances: Iterable[Appliance], host: str, port: int, assistant: str) -> None:
        self.appliances = tuple(appliances)
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._address = (host, port)
        self._assistant = f"mynah/{assistant}"
        self._obeys = {topic: each for each in self.appliances for topic in each.subscriptions}
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="simulated-home")
        self._client.on_message = lambda _client, _data, message: self._receive(message)
        self._listens = threading.Event()
        self._client.on_subscribe = lambda *_: self._listens.set()

    def __enter__(self) -> House:
        self._client.connect(*self._address)
        self._client.loop_start()
        self._client.subscribe([(topic, 1) for topic in (*self._obeys, f"{self._assistant}/+")])
        if not self._listens.wait(TIMEOUT):
            raise TimeoutError("the broker did not answer")
        for appliance in self.appliances:
            for message in appliance.announce():
                self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def states(self) -> Mapping[str, State]:
        """Every appliance's state by its name."""
        return {each.name: dict(each.state) for each in self.appliances}

    def _receive(self, message: MQTTMessage) -> None:
        payload = message.payload.decode("utf-8", "replace")
        if message.topic.startswith(f"{self._assistant}/"):
            self.events.put(Said(message.topic.rpartition("/")[2], _content(payload)))
        elif appliance := self._obeys.get(message.topic) or self._obeys.get(_wildcard(message.topic)):
            before = dict(appliance.state)
            answers = appliance.receive(message.topic, payload)
            if message.topic.rpartition("/")[2].lower() not in QUESTIONS:
                self.events.put(Published(message.topic, payload))
            if appliance.state != before:
                self.events.put(Changed(appliance, before, dict(appliance.state)))
            for answer in answers:
                self._client.publish(answer.topic, answer.payload, qos=1, retain=answer.retain)


def _wildcard(topic: str) -> str:
    return f"{topic.rpartition('/')[0]}/+"


def _content(payload: str) -> Any:
    """JSON where it is an object, otherwise the text itself."""
    return json.loads(payload) if payload.startswith("{") else payload
