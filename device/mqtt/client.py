"""The broker as the voice loop sees it: hand over and go on, whatever the network does.

A thread keeps a connection, with jittered pauses between the attempts. Retained values are published again
on each connection; a command is sent on the connection there is, or not at all.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from device.errors import BrokerError, MynahError
from device.events import Command
from device.mqtt.backoff import Backoff
from device.mqtt.connection import Asker, Connection, Delivery, Message, Will
from device.mqtt.trouble import LASTS, Trouble
from device.settings import MqttSettings

log = logging.getLogger(__name__)

LARGEST = 1 << 16
"""Bytes; larger payloads are ignored, but on the topics that are known to have them."""
INBOX = 1 << 25
"""Bytes kept until the voice loop looks, every 80 ms; what would be more is ignored."""
AROUND = 200
"""Bytes that a message takes besides its payload."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of commands: on the wire, or dropped. `deliveries`: of those sent, in order."""

    sent: tuple[Command, ...]
    dropped: tuple[Command, ...]
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """Topic filters, and what is asked there on each connection."""

    topics: tuple[str, ...] = ()
    queries: tuple[Command, ...] = ()
    qos: int = 0


class Publisher:
    """A context manager; inside it, a thread keeps the connection to the broker.

    `availability`: the topic on which to say `online`, retained, and to leave `offline` as the last will;
    without it the publisher is a visitor that comes and goes beside the daemon. `report` is given, on that
    thread, why there is no connection, in a line, and "" once there is one. `largest`: bytes of a payload,
    by a part of its topic, where that is more than LARGEST.

    Raises SettingsError where the settings' files cannot be used.
    """

    def __init__(
        self,
        settings: MqttSettings,
        device_id: str,
        *,
        availability: str | None = None,
        backoff: Backoff | None = None,
        report: Callable[[str], None] = lambda problem: None,
        largest: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._settings = settings
        self._availability = availability
        visitor = "" if availability else f"-{uuid4().hex[:8]}"
        self._client_id = f"mynah-{device_id}{visitor}"
        self._backoff = backoff or Backoff()
        self._report = report
        self._largest = largest
        self._followed: dict[str, Followed] = {}
        topic = f"{availability.rpartition('/')[0]}/session" if availability else ""
        self._trouble = Trouble(settings, device_id, topic)
        self._retained: dict[str, str] = {}
        if availability:
            self._retained = {availability: "online", topic: self._trouble.token}
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
        self._said = self._told = ""
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
            if self._availability:
                connection.publish(self._trouble.topic, "", retain=True)
                connection.publish(self._availability, "offline", retain=True)
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
    def complaint(self) -> str:
        """What is wrong although there is a connection, or was a moment ago, in a line."""
        connection = self._connection
        return self._trouble.standing or next(iter(connection.complaints if connection else ()), "")

    @property
    def forbidden(self) -> frozenset[str]:
        """Topics on which this connection's broker does not let us publish, as far as it says so (MQTT 5)."""
        connection = self._connection
        return frozenset(connection.forbidden) if connection is not None else frozenset()

    def send(self, commands: Iterable[Command]) -> Receipt:
        """Send `commands`; what cannot be sent now is dropped."""
        connection = self._connection
        sent: list[Command] = []
        dropped: list[Command] = []
        deliveries: list[Delivery] = []
        for command in commands:
            delivery = connection and connection.publish(
                command.topic, _text(command.payload), expires=command.expires, perishable=True
            )
            (sent if delivery else dropped).append(command)
            deliveries += [delivery] if delivery else []
        for command in dropped:
            log.warning("dropped, not sent: %s: %s", command.topic, self.problem or "it cannot be sent")
        return Receipt(tuple(sent), tuple(dropped), tuple(deliveries))

    def retain(self, topic: str, value: str) -> None:
        """Publish `value` retained, now and on every connection to come; "" deletes what is there."""
        with self._lock:
            if self._retained.get(topic) == value:
                return
            self._retained[topic] = value
            if self._connection is not None:
                self._connection.publish(topic, value, retain=True)

    def again(self) -> None:
        """Publish all retained values once more, for somebody who has missed them."""
        with self._lock:
            if self._connection is not None:
                for topic, value in self._retained.items():
                    self._connection.publish(topic, value, retain=True)

    def follow(
        self, what: str, topics: Iterable[str], queries: Iterable[Command] = (), *, qos: int = 0
    ) -> None:
        """Subscribe to `topics`, and send `queries`, now and on every connection to come.

        That replaces what was followed as `what` before. With `qos` 0 brokers do not limit how many messages
        wait for us.
        """
        with self._lock:
            before, now = self._followed.get(what, Followed()), Followed(tuple(topics), tuple(queries), qos)
            self._followed[what] = now
            if self._connection is None:
                return
            wanted = {topic for one in self._followed.values() for topic in one.topics}
            known, asked = set(before.topics), {query.topic for query in before.queries}
            self._connection.unsubscribe(known - wanted)
            self._connection.subscribe((topic for topic in now.topics if topic not in known), now.qos)
            for query in now.queries:
                if query.topic not in asked:
                    self._connection.publish(query.topic, _text(query.payload))

    def post(self, topic: str, content: str | Mapping[str, Any]) -> None:
        """Publish `content` once, a mapping as JSON; it is lost where it cannot be sent now."""
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
        if message.topic == self._trouble.topic:
            self._trouble.saw(message.payload)
            return
        largest = next((size for part, size in self._largest.items() if part in message.topic), LARGEST)
        size = len(message.payload) + AROUND
        with self._counting:
            fits = size <= largest + AROUND and self._waiting + size <= INBOX
            self._waiting += size if fits else 0
        if fits:
            self._inbox.append(message)
        else:
            log.warning("a message on %s is ignored: %d bytes", message.topic, len(message.payload))

    def _new_connection(self) -> Connection:
        will = Will(self._availability, "offline") if self._availability else None
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
            followed = tuple(self._followed.values())
            self.connections += 1  # before anything can come in on it
            # Who is told that we are here may ask at once; and our own token hides another one's.
            connection.subscribe([self._trouble.topic] if self._trouble.topic else [])
            for one in followed:
                connection.subscribe(one.topics, one.qos)
            for topic, value in self._retained.items():
                connection.publish(topic, value, retain=True)
        for query in (query for one in followed for query in one.queries):
            connection.publish(query.topic, _text(query.payload))
        self._said = ""
        self._complain()
        self._connected.set()
        self._tried.set()
        log.info("connected to the broker at %s:%s", *self._settings.address)
        quiet = 0.0
        while not connection.ended.wait(pause := connection.check()):
            quiet += pause
            if quiet > LASTS:  # a broker that throws us out at once is not asked at once again
                self._backoff.reset()
            self._trouble.lasts(quiet)
            self._complain()
        if not self._closing.is_set():
            self._say(self._trouble.lost(connection.dropped, quiet))

    def _complain(self) -> None:
        """Tell what is wrong although there is a connection; the connection logs its own complaints."""
        standing = self._trouble.standing
        if standing and standing != self._told:
            log.warning("%s", standing)
        self._tell(self.complaint)

    def _say(self, problem: str) -> None:
        """Log why there is no connection, once and not at each attempt; a command of the command line reports
        it itself."""
        if problem != self._said:
            log.log(logging.WARNING if self._availability else logging.DEBUG, "%s; trying again", problem)
        self._said = problem
        self._tell(problem)

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            self._told = problem
            self._report(problem)


def _text(payload: str | Mapping[str, Any]) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


@contextmanager
def connect(
    settings: MqttSettings,
    device_id: str,
    topics: Iterable[str] = (),
    largest: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[Publisher]:
    """A publisher for one command of the command line, connected. Raises BrokerError where it cannot be.

    `topics` are followed; `largest` as for `Publisher`.
    """
    publisher = Publisher(settings, device_id, largest=largest)
    publisher.follow("asked for", topics)
    with publisher:
        if not publisher.first_attempt():
            raise BrokerError(publisher.problem)
        yield publisher
