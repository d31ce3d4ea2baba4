"""Why there is no connection, or will soon be none: as the problem sensor, the log and the doctor say it."""

from __future__ import annotations

import dataclasses

import pytest

from device.errors import BrokerError
from device.mqtt.backoff import Backoff
from device.mqtt.client import Publisher, connect
from device.mqtt.connection import Connection
from device.mqtt.failures import why_twin
from device.mqtt.trouble import BRIEF, OVER, Trouble
from device.settings import MqttSettings
from tests.device.broker import Mosquitto, needs_mosquitto, retained, wait_for
from tests.device.scripted_broker import CONNECTED, Scripted

AVAILABILITY = "mynah/kitchen/availability"
FIVE = MqttSettings(version="5")
TWIN = why_twin("kitchen")


def mynah(settings: MqttSettings, told: list[str]) -> Publisher:
    """The connection of a daemon that reports to `told`."""
    quick = Backoff(0.05, 0.1)
    return Publisher(settings, "kitchen", availability=AVAILABILITY, backoff=quick, report=told.append)


@pytest.mark.parametrize(
    ("version", "reason", "said"),
    [
        ("3.1.1", 2, "refuses the connection (Client identifier not valid): set device.id to a shorter name"),
        ("3.1.1", 3, "refuses the connection (Server unavailable): check whether it is overloaded"),
        ("3.1.1", 4, "refuses a client without a user name (Bad user name or password): set mqtt.username"),
        ("3.1.1", 5, "refuses a client without a user name (Not authorized): set mqtt.username"),
        ("5", 0x86, "refuses a client without a user name (Bad user name or password): set mqtt.username"),
        ("5", 0x87, "refuses a client without a user name (Not authorized): set mqtt.username"),
        ("5", 0x8A, "refuses a client without a user name (Banned): set mqtt.username"),
        ("5", 0x97, "refuses the connection (Quota exceeded): raise the broker's limit for this device"),
        ("5", 0x9D, "refuses the connection (Server moved): set mqtt.host"),
        ("5", 0x83, "refuses the connection (Implementation specific error): read the broker's log"),
    ],
)
def test_a_refused_connection_says_why(version: str, reason: int, said: str) -> None:
    refused = bytes((0x20, 2, 0, reason)) if version == "3.1.1" else bytes((0x20, 3, 0, reason, 0))
    with (
        Scripted(version, {1: lambda _: refused}) as broker,
        pytest.raises(BrokerError) as caught,
        connect(broker.settings, "kitchen"),
    ):
        pass
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (0x97, "ended the connection (Quota exceeded): raise the broker's limit for this device"),
        (0x87, "ended the connection (Not authorized): allow it in the broker's access list"),
        (0x98, "ended the connection (Administrative action): somebody ended it at the broker"),
        (0x8E, TWIN),
    ],
)
def test_a_broker_that_drops_us_for_a_reason(
    reason: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays told although there is a connection again: only then can others hear of it."""
    told: list[str] = []
    dropped = bytes((0xE0, 2, reason, 0))
    with (
        Scripted("5", {1: lambda _: CONNECTED["5"], 8: lambda _: dropped}) as broker,
        mynah(broker.settings, told) as publisher,
    ):
        wait_for(lambda: publisher.connections > 2)
    (line,) = told
    assert said in line
    assert line in caplog.text


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_topic_that_may_not_be_read_is_told(version: str, caplog: pytest.LogCaptureFixture) -> None:
    empty, code = (b"", b"\x80") if version == "3.1.1" else (b"\0", b"\x87")
    reason = "Unspecified error" if version == "3.1.1" else "Not authorized"

    def denied(packet: bytes) -> bytes:
        answer = packet[2:4] + empty + code
        return bytes((0x90, len(answer))) + answer

    with Scripted(version, {1: lambda _: CONNECTED[version], 8: denied}) as broker:
        connection = Connection(broker.settings, "mynah-kitchen", None, lambda message: None)
        connection.open()
        connection.subscribe(["lamp"])
        wait_for(lambda: connection.check() and connection.complaints)
        connection.close()
    (line,) = connection.complaints
    assert line.startswith(f"the broker refuses to let Mynah read lamp ({reason}): ")
    assert line in caplog.text


@needs_mosquitto
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_two_mynahs_of_one_identity_are_told(broker: Mosquitto, version: str) -> None:
    settings = dataclasses.replace(broker.settings, version=version)
    told: list[list[str]] = [[], []]
    with mynah(settings, told[0]) as first:
        assert first.wait_connected(10)
        with mynah(settings, told[1]):
            wait_for(lambda: all(TWIN in lines for lines in told))


@needs_mosquitto
def test_a_mynah_that_starts_again_is_no_other_one(broker: Mosquitto) -> None:
    def kept(publisher: Publisher) -> bool:
        return retained(broker.port, "mynah/kitchen/session") == publisher._trouble.token

    told: list[str] = []
    for _ in range(2):
        with mynah(broker.settings, told) as publisher:
            wait_for(lambda p=publisher: kept(p))  # type: ignore[misc]
            assert publisher._connection
            publisher._connection.abandon()
            wait_for(lambda p=publisher: p.connections == 2 and p.connected)  # type: ignore[misc]
    assert TWIN not in told
    assert retained(broker.port, "mynah/kitchen/session") is None


def test_connections_that_end_one_after_the_other_without_a_reason() -> None:
    for settings, said in ((MqttSettings(), 'set mqtt.version = "5"'), (FIVE, "read its log")):
        trouble = Trouble(settings, "kitchen", "mynah/kitchen/session")
        for _ in range(BRIEF - 1):
            assert trouble.lost("", 1.0) == "the connection to the broker is lost"
            assert trouble.standing == ""
        assert said in trouble.lost("", 1.0)
        assert said in trouble.standing
        trouble.lasts(OVER - 1)
        assert trouble.standing
        trouble.lasts(OVER + 1)
        assert trouble.standing == ""
        assert trouble.lost("", 1.0) == "the connection to the broker is lost"


def test_a_broker_that_starts_again_is_no_trouble() -> None:
    trouble = Trouble(FIVE, "kitchen", "mynah/kitchen/session")
    assert "Server shutting down" in trouble.lost("Server shutting down", 100.0)
    assert trouble.standing == ""
