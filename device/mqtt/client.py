"""The broker as the voice loop sees it: hand over and go on, whatever the network does.

A thread keeps a connection, with jittered pauses between the attempts. Mynah's own state is retained
and said again on each connection; a command is sent on the connection there is, or not at all.
"""

from __future__ import annotations

import json
import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from device.channels.report import turn_json
from device.errors import BrokerError, MynahError
from device.events import Command, Turn
from device.mqtt.connection import Asker, Connection, Delivery, Message, Refused, Will
from device.settings import MqttSettings

log = logging.getLogger(__name__)

LARGEST = {"bridge/devices": 1 << 23, "bridge/groups": 1 << 23}
"""Bytes, by how a topic ends; larger payloads are ignored. Zigbee2MQTT takes ten thousand for a device."""
LARGEST_OTHERS = 1 << 16
INBOX = 1 << 25
"""Bytes kept until the voice loop looks, every 80 ms; what would be more is ignored."""
AROUND = 200
"""Bytes that a message takes besides its payload."""


HOME = "home"
"""What the home's own topics are followed as."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Mynah's own topics, for one device."""

    device_id: str

    def __getitem__(self, name: str) -> str:
        return f"mynah/{self.device_id}/{name}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a turn's commands: on the wire, or dropped. `deliveries`: of those sent, in order."""

    sent: tuple[Command, ...]
    dropped: tuple[Command, ...]
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """Topic filters, and what is asked there on each connection."""

    topics: tuple[str, ...] = ()
    queries: tuple[Command, ...] = ()


class Backoff:
    """Seconds to wait before the next attempt: doubling, with jitter, so that devices do not come in step."""

    def __init__(self, first: float = 1.0, most: float = 30.0, refused: float = 60.0) -> None:
        self._first, self._most, self._refused = first, most, refused
        self._next = first
        self._random = random.Random()

    def reset(self) -> None:
        self._next = self._first

    def after(self, error: Exception | None) -> float:
        """The pause after `error`, or after a connection that was lost (None)."""
        ceiling = self._refused if isinstance(error, Refused) else self._next
        self._next = min(self._most, self._next * 2)
        return ceiling * self._random.uniform(0.5, 1.0)


class Publisher:
    """A context manager; inside it, a thread keeps the connection to the broker.

    `present`: say `online` and our state, retained, and leave a last will; without it the publisher is
    one that comes and goes beside the daemon. `messages` gives what comes in on the topic filters
    `subscriptions` and on `own`, names of our own topics. `queries` are sent on each connection:
    they ask the appliances for their states. `report` is given, on that thread, why there is no
    connection, in a line, and nothing once there is one. Raises SettingsError where the settings' files
    cannot be used.
    """

    def __init__(
        self,
        settings: MqttSettings,
        device_id: str,
        subscriptions: Iterable[str] = (),
        own: Iterable[str] = (),
        *,
        queries: Iterable[Command] = (),
        present: bool = True,
        backoff: Backoff | None = None,
        report: Callable[[str], None] = lambda problem: None,
    ) -> None:
        self.topics = Topics(device_id)
        self._settings = settings
        self._own = tuple(self.topics[name] for name in own)
        self._followed = {HOME: Followed(tuple(subscriptions), tuple(queries))}
        self._present = present
        self._client_id = f"mynah-{device_id}" if present else f"mynah-{device_id}-{uuid4().hex[:8]}"
        self._backoff = backoff or Backoff()
        self._report = report
        self._retained: dict[str, str] = {self.topics["availability"]: "online"} if present else {}
        self._lock = threading.Lock()  # a retained value and its publication change together
        self._inbox: deque[Message] = deque()
        self._waiting = 0  # bytes in the inbox
        self._counting = threading.Lock()
        self.connections = 0
        """How many there have been so far."""
        self._connection: Connection | None = None
        self._connected = threading.Event()
        self._tried = threading.Event()
        self._closing = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._keep_connected, name="mqtt", daemon=True)

    def __enter__(self) -> Publisher:
        self._new_connection()  # the settings' files are read once here, to fail early
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Say `offline`, wait for what is on its way; a second at most."""
        self._closing.set()
        connection = self._connection
        if connection is not None:
            if self._present:
                connection.publish(self.topics["availability"], "offline", retain=True)
            connection.close()
        self._thread.join(0.5)

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    def wait_connected(self, timeout: float) -> bool:
        """Wait for the broker, at most `timeout` seconds; for commands, never for the voice loop."""
        return self._connected.wait(timeout)

    def first_attempt(self) -> bool:
        """Wait until the first attempt to connect has ended; whether it led to a connection."""
        self._tried.wait()
        return self.connected

    @property
    def problem(self) -> str:
        """Why there is no connection, in a line."""
        return "" if self.connected else self._said

    @property
    def forbidden(self) -> frozenset[str]:
        """Topics on which this connection's broker does not let us publish, as far as it says so (MQTT 5)."""
        connection = self._connection
        return frozenset(connection.forbidden) if connection is not None else frozenset()

    def publish(self, turn: Turn) -> Receipt:
        """`send` and `tell` at once, for one who does not wait for the appliances' reports."""
        receipt = self.send(turn)
        self.tell(turn, receipt.dropped)
        return receipt

    def send(self, turn: Turn) -> Receipt:
        """Send a turn's commands; what cannot be sent now is dropped."""
        connection = self._connection
        sent: list[Command] = []
        dropped: list[Command] = []
        deliveries: list[Delivery] = []
        for command in turn.commands:
            delivery = connection and connection.publish(
                command.topic, _text(command.payload), expires=command.expires, perishable=True
            )
            (sent if delivery else dropped).append(command)
            deliveries += [delivery] if delivery else []
        for command in dropped:
            log.warning("dropped, not sent: %s: %s", command.topic, self.problem or "it cannot be sent")
        return Receipt(tuple(sent), tuple(dropped), tuple(deliveries))

    def tell(self, turn: Turn, dropped: Sequence[Command], asker: Asker | None = None) -> None:
        """Publish the turn itself, if there is a connection; `dropped`: those of its commands not sent.

        Who asked to be listened to is told of it as well.
        """
        content = turn_json(turn, dropped)
        self.post(self.topics["turn"], content)
        if asker is not None:
            self.answer(asker, content)

    def retain(self, name: str, value: str) -> None:
        """Say `value` retained on our topic `name`, now and on every connection to come."""
        self.keep(self.topics[name], value)

    def again(self) -> None:
        """Say all that is retained once more, to somebody who has missed it."""
        with self._lock:
            if self._connection is not None:
                for topic, value in self._retained.items():
                    self._connection.publish(topic, value, retain=True)

    def keep(self, topic: str, value: str) -> None:
        """As `retain`, on any topic; an empty value takes back what is kept there."""
        with self._lock:
            if self._retained.get(topic) == value:
                return
            self._retained[topic] = value
            if self._connection is not None:
                self._connection.publish(topic, value, retain=True)

    def follow(self, what: str, topics: Iterable[str], queries: Iterable[Command] = ()) -> None:
        """Give what comes in on `topics`, and send `queries`, now and on every connection to come.

        That replaces what was followed as `what` before.
        """
        with self._lock:
            before, now = self._followed.get(what, Followed()), Followed(tuple(topics), tuple(queries))
            self._followed[what] = now
            if self._connection is None:
                return
            wanted = {topic for one in self._followed.values() for topic in one.topics}
            known, asked = set(before.topics), {query.topic for query in before.queries}
            self._connection.unsubscribe(known - wanted)
            self._connection.subscribe((topic for topic in now.topics if topic not in known), qos=0)
            for query in now.queries:
                if query.topic not in asked:
                    self._connection.publish(query.topic, _text(query.payload))

    def say(self, name: str, value: str) -> bool:
        """Say `value` once on our topic `name`; False where it cannot be sent now."""
        connection = self._connection
        return connection is not None and connection.publish(self.topics[name], value) is not None

    def post(self, topic: str, content: Mapping[str, Any]) -> None:
        """Say `content` once, as JSON, on any topic; it is lost where it cannot be sent now."""
        if (connection := self._connection) is not None:
            connection.publish(topic, _text(content))

    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None:
        """As `post`, to the one who asked."""
        if (connection := self._connection) is not None:
            connection.publish(asker.topic, _text(content), correlation=asker.correlation)

    def messages(self) -> Iterator[Message]:
        """What has come in since the last call; does not wait."""
        while self._inbox:
            message = self._inbox.popleft()
            with self._counting:
                self._waiting -= len(message.payload) + AROUND
            yield message

    def _receive(self, message: Message) -> None:
        largest = next((size for end, size in LARGEST.items() if message.topic.endswith(end)), LARGEST_OTHERS)
        size = len(message.payload) + AROUND
        with self._counting:
            fits = size <= largest + AROUND and self._waiting + size <= INBOX
            self._waiting += size if fits else 0
        if fits:
            self._inbox.append(message)
        else:
            log.warning("a message on %s is ignored: %d bytes", message.topic, len(message.payload))

    def _new_connection(self) -> Connection:
        will = Will(self.topics["availability"], "offline") if self._present else None
        return Connection(self._settings, self._client_id, will, self._receive)

    def _keep_connected(self) -> None:
        while not self._closing.is_set():
            error: Exception | None = None
            connection: Connection | None = None
            try:
                connection = self._new_connection()
                connection.open()
                self._attend(connection)
            except MynahError as failure:
                error = failure
                self._say(str(failure))
            except Exception as failure:  # whatever a library does, the daemon keeps trying
                error = failure
                self._say(f"the connection to the broker failed: {failure!r}")
                if connection is not None:
                    connection.abandon()
            self._connected.clear()
            with self._lock:
                self._connection = None
            if connection is not None:
                connection.discard()
                del connection
            self._tried.set()
            self._closing.wait(self._backoff.after(error))

    def _attend(self, connection: Connection) -> None:
        """Announce ourselves on a new connection, and stay with it until it ends."""
        with self._lock:
            self._connection = connection
            for topic, value in self._retained.items():
                connection.publish(topic, value, retain=True)
            followed = tuple(self._followed.values())
            self.connections += 1  # before anything can come in on it
            connection.subscribe(self._own)
            connection.subscribe((topic for one in followed for topic in one.topics), qos=0)
        for query in (query for one in followed for query in one.queries):
            connection.publish(query.topic, _text(query.payload))
        self._said = ""
        self._report("")
        self._connected.set()
        self._tried.set()
        log.info("connected to the broker at %s:%s", *self._settings.address)
        quiet = 0.0
        while not connection.ended.wait(pause := connection.check()):
            quiet += pause
            if quiet > 10:  # one that lasts; a broker that throws us out at once is not asked at once again
                self._backoff.reset()
        if not self._closing.is_set():
            self._say("the connection to the broker is lost")

    def _say(self, problem: str) -> None:
        """Log `problem` once, not at each attempt; a command of the command line reports it itself."""
        if problem != self._said:
            log.log(logging.WARNING if self._present else logging.DEBUG, "%s; trying again", problem)
            self._report(problem)
        self._said = problem


def _text(payload: str | Mapping[str, Any]) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


@contextmanager
def connect(settings: MqttSettings, device_id: str, subscriptions: Iterable[str] = ()) -> Iterator[Publisher]:
    """A publisher for one command of the command line, connected. Raises BrokerError where it cannot be."""
    with Publisher(settings, device_id, subscriptions, present=False) as publisher:
        if not publisher.first_attempt():
            raise BrokerError(publisher.problem)
        yield publisher
