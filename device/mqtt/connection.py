"""One connection to the broker, from its opening to its loss; a lost one is never used again.

paho keeps unacknowledged messages and sends them again when a client reconnects. A light that switches
minutes after the command is worse than one that does not, so each connection has a client of its own and
what a lost one still held is gone with it.
"""

from __future__ import annotations

import enum
import logging
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device.errors import BrokerError
from device.mqtt.credentials import password, tls_context
from device.mqtt.failures import BUSY, why_forbidden, why_refused, why_silent, why_unreachable
from device.mqtt.topics import is_plain
from device.settings import MqttSettings

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that each step of connecting may take: TCP and TLS, then the broker's answer."""


PRIVILEGED = (
    "$",
    *("homeassistant/", "zigbee2mqtt/", "cmnd/", "stat/", "tele/", "tasmota/", "hermes/", "mynah/"),
)
ORDERS = frozenset(("set", "get", "command"))
"""Topics that begin so, or have such a level, give orders. No answer is sent there: whoever asks for one may
not be allowed to give these orders."""


class Refused(BrokerError):
    """The broker answers and says no: trying again soon will not help."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants an answer to a message (MQTT 5, 4.10): on this response topic, with this correlation data."""

    topic: str
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What came in on a subscribed topic; `retained`: it was said before we subscribed."""

    topic: str
    payload: bytes
    retained: bool = False
    asker: Asker | None = None
    at: float = field(default_factory=time.monotonic, compare=False)  # seconds, when it came in


class Fate(enum.Enum):
    """What became of a message that was handed over."""

    OPEN = "open"
    ARRIVED = "arrived"  # at the broker
    REFUSED = "refused"
    LOST = "lost"  # with the connection: it may have arrived


class Delivery:
    """A message on its way."""

    def __init__(self, topic: str, info: paho.MQTTMessageInfo, ended: threading.Event) -> None:
        self.topic, self.info = topic, info
        self.refused = False
        self._ended = ended

    @property
    def fate(self) -> Fate:
        if self.refused:
            return Fate.REFUSED
        if self.info.is_published():
            return Fate.ARRIVED
        return Fate.LOST if self._ended.is_set() else Fate.OPEN


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says, retained, when this connection is lost."""

    topic: str
    payload: str


class Connection:
    """A connection that is open until `ended` is set. Nothing here waits for the network but `open`.

    `receive` is called with each incoming Message, on paho's thread.
    """

    def __init__(
        self, settings: MqttSettings, client_id: str, will: Will | None, receive: Callable[[Message], None]
    ) -> None:
        self.ended = threading.Event()
        self._settings = settings
        self._receive = receive
        self._answer: Any = None
        self._answered = threading.Event()
        self._unacknowledged: deque[tuple[float, Delivery]] = deque()
        self._refused: dict[int, str] = {}  # by a message's number, why; until its delivery knows
        self.forbidden: dict[str, str] = {}
        """By topic, why the broker does not let us publish there, where it says so (MQTT 5)."""
        self._asked: dict[int, str] = {}  # by a subscription's number, its topic
        self._denied: dict[int, str] = {}  # and why it is denied, until `deaf` knows
        self.deaf: dict[str, str] = {}
        """By topic, why the broker does not let us read there."""
        self.dropped = ""
        """Why the broker ended the connection, where it says so (MQTT 5)."""
        self._client = self._make_client(client_id, will)

    def _make_client(self, client_id: str, will: Will | None) -> paho.Client:
        settings = self._settings
        five = settings.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if five else True,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = PATIENCE
        client.max_inflight_messages_set(0)  # no limit: a message waiting for its turn could come late
        client.username_pw_set(settings.username, password(settings))
        if settings.tls:
            client.tls_set_context(tls_context(settings))
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        return client

    def open(self) -> None:
        """Connect; at most `PATIENCE` a step. Raises BrokerError, Refused, SettingsError."""
        host, port = self._settings.address
        try:
            self._client.connect(host, port, self._settings.keepalive)
        except (OSError, ValueError) as error:
            raise BrokerError(why_unreachable(error, self._settings)) from None
        self._client.loop_start()
        if not self._answered.wait(PATIENCE):
            self.abandon()
            raise BrokerError(f"the broker at {host}:{port} took the connection but does not answer")
        if self._answer is None:
            raise BrokerError(why_silent(self._settings))
        if self._answer.is_failure:
            reason = str(self._answer)
            refused = BrokerError if reason in BUSY else Refused
            raise refused(why_refused(reason, self._settings))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the broker does not let us do on this connection, a line each."""
        return (
            *(why_forbidden(topic, why, reading=True) for topic, why in self.deaf.items()),
            *(why_forbidden(topic, why) for topic, why in tuple(self.forbidden.items())),
        )

    def subscribe(self, topics: Iterable[str], qos: int = 1) -> None:
        """With `qos` 0 brokers do not limit how many messages wait for us, as of a big home's states."""
        for topic in topics:
            _, number = self._client.subscribe(topic, qos=qos)
            if number is not None:
                self._asked[number] = topic

    def unsubscribe(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self._client.unsubscribe(topic)

    def publish(
        self,
        topic: str,
        payload: str,
        *,
        retain: bool = False,
        expires: float = 5.0,
        perishable: bool = False,
        correlation: bytes | None = None,
    ) -> Delivery | None:
        """Hand over a QoS 1 message; None where it cannot be sent now.

        Where no receipt comes within `expires` seconds, `check` gives the connection up. Where the broker
        speaks MQTT 5, it keeps a `perishable` one no longer either, and an answer has its `correlation` data.
        """
        if self.ended.is_set():
            return None
        try:
            properties = None
            if self._settings.version == "5":
                properties = _properties(expires if perishable else None, correlation)
            info = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return None
            delivery = Delivery(topic, info, self.ended)
            self._unacknowledged.append((time.monotonic() + expires, delivery))
            self._tell_refused([delivery])
            return delivery
        except ValueError as error:
            log.error("%r is not a topic to publish to: %s", topic, error)
            return None

    def check(self) -> float:
        """Give the connection up if a message got no receipt in time; the seconds until the next check."""
        for number in self._denied.keys() & self._asked.keys():
            topic, why = self._asked.pop(number), self._denied.pop(number)
            self.deaf[topic] = why
            log.warning("%s", why_forbidden(topic, why, reading=True))
        for entry in tuple(self._unacknowledged):
            deadline, delivery = entry
            if delivery.info.is_published():
                self._unacknowledged.remove(entry)
            elif time.monotonic() > deadline:
                log.warning("no receipt for %s in time: connecting again", delivery.topic)
                self.abandon()
        return 0.2 if self._unacknowledged else 1.0

    def close(self, timeout: float = 0.8) -> None:
        """Wait until the broker has all that was published, at most `timeout` seconds, and part from it."""
        end = time.monotonic() + timeout
        for _, delivery in tuple(self._unacknowledged):
            while not delivery.info.is_published() and not self.ended.is_set() and time.monotonic() < end:
                time.sleep(0.005)
        self._client.disconnect()
        if not self.ended.wait(max(0.1, end - time.monotonic())):
            self.abandon()

    def abandon(self) -> None:
        """Drop the connection with all that is not sent yet, in paho's buffers and in the kernel's."""
        sock = self._client.socket()
        try:
            if isinstance(sock, socket.socket):
                # Closing shall discard (RST) what the peer has not taken; the end of input makes paho's
                # thread close. The plain socket's method: TLS's own would let it go on unencrypted.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                socket.socket.shutdown(sock, socket.SHUT_RD)
        except OSError:
            pass  # it is gone already
        self.ended.set()

    def discard(self) -> None:
        """To be called when it has ended: frees its sockets now, not when Python next looks for cycles."""
        client = self._client
        client.on_connect = client.on_disconnect = client.on_message = None
        client.on_publish = client.on_subscribe = None

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._answer = reason
        self._answered.set()

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if flags.is_disconnect_packet_from_server:
            self.dropped = str(reason)
        self.ended.set()
        self._answered.set()

    def _on_subscribe(self, client: Any, userdata: Any, number: int, reasons: Any, properties: Any) -> None:
        """May come before `subscribe` knows the number."""
        if reason := next((reason for reason in reasons if reason.is_failure), None):
            self._denied[number] = str(reason)

    def _on_message(self, client: Any, userdata: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        asker = _asker(message.properties)
        self._receive(Message(topic, bytes(message.payload), message.retain, asker))

    def _on_publish(self, client: Any, userdata: Any, number: int, reason: Any, properties: Any) -> None:
        if not reason.is_failure:
            return
        self._refused[number] = str(reason)
        self._tell_refused([delivery for _, delivery in tuple(self._unacknowledged)])

    def _tell_refused(self, deliveries: Iterable[Delivery]) -> None:
        """Tell those that were refused.

        A refusal may come before the message is in the list, so whichever comes second tells. No lock may be
        taken for that: paho calls us while it holds the lock that its `publish` waits for.
        """
        for delivery in deliveries:
            reason = self._refused.pop(delivery.info.mid, None)
            if reason is None:
                continue
            delivery.refused = True
            if delivery.topic not in self.forbidden:
                self.forbidden[delivery.topic] = reason
                log.warning("%s", why_forbidden(delivery.topic, reason))


def _properties(seconds: float | None, correlation: bytes | None) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)
    if seconds is not None:
        properties.MessageExpiryInterval = max(1, int(seconds))
    if correlation is not None:
        properties.CorrelationData = correlation
    return properties


def _asker(properties: Properties | None) -> Asker | None:
    """Who wants an answer; None too where the topic is not one for answers."""
    topic = getattr(properties, "ResponseTopic", "")
    if not is_plain(topic) or topic.startswith(PRIVILEGED) or ORDERS & set(topic.split("/")):
        return None
    return Asker(topic, getattr(properties, "CorrelationData", None))
