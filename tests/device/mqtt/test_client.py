"""The publisher against a real broker: what arrives, and above all what does not."""

from __future__ import annotations

import dataclasses
import gc
import logging
import subprocess
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from demo.broker import Broker
from device.errors import BrokerError, SettingsError
from device.events import Command
from device.mqtt.backoff import Backoff
from device.mqtt.client import Publisher, connect
from device.mqtt.connection import Asker, Fate, Message, Refused
from device.mqtt.credentials import password
from device.settings import MqttSettings
from tests.device import fakes
from tests.device.broker import Mosquitto, Subscriber, free_port, needs_mosquitto, retained, wait_for

QUICK = {"first": 0.1, "most": 0.3, "refused": 0.4}


AVAILABILITY, STATE = "mynah/kitchen/availability", "mynah/kitchen/state"


def quick(broker: Mosquitto, **settings: str) -> Publisher:
    """A publisher that does not wait long; `settings`: of MQTT, besides the broker's."""
    mqtt = dataclasses.replace(broker.settings, **settings)  # type: ignore[arg-type]
    largest = {"bridge/devices": 1 << 20}
    return Publisher(mqtt, "kitchen", availability=AVAILABILITY, backoff=Backoff(**QUICK), largest=largest)


def commands(text: str = "turn on the lamp") -> tuple[Command, ...]:
    """Those of a turn in which `text` is heard."""
    return next(fakes.assistant((0.5,), [text]).turns(fakes.audio(2))).commands


@needs_mosquitto
def test_what_is_sent_and_posted_arrives_byte_for_byte(broker: Mosquitto) -> None:
    with Subscriber(broker.port) as subscriber, quick(broker) as publisher:
        assert publisher.wait_connected(30)
        receipt = publisher.send(commands())
        assert len(receipt.sent) == 1
        assert receipt.dropped == ()
        publisher.post("mynah/kitchen/turn", {"reply": "Küche"})
        publisher.post("mynah/kitchen/doctor", "as it is")
        wait_for(lambda: subscriber.payloads("mynah/kitchen/doctor"))
        assert subscriber.payloads("zigbee2mqtt/lamp/set") == ['{"state": "ON"}']
        assert subscriber.payloads("mynah/kitchen/turn") == ['{"reply": "Küche"}']
        assert subscriber.payloads("mynah/kitchen/doctor") == ["as it is"]
    assert retained(broker.port, "zigbee2mqtt/lamp/set") is None
    assert retained(broker.port, "mynah/kitchen/turn") is None


@needs_mosquitto
def test_availability_is_retained_and_goes_offline_on_leaving(broker: Mosquitto) -> None:
    with quick(broker) as publisher:
        publisher.retain(STATE, "idle")
        wait_for(lambda: retained(broker.port, "mynah/kitchen/availability") == "online")
        assert retained(broker.port, "mynah/kitchen/state") == "idle"
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_the_last_will_says_offline(broker: Mosquitto) -> None:
    with quick(broker) as publisher:
        assert publisher.wait_connected(30)
        with Subscriber(broker.port) as subscriber:
            assert publisher._connection
            publisher._connection.abandon()
            wait_for(lambda: "offline" in subscriber.payloads("mynah/kitchen/availability"))
            wait_for(lambda: subscriber.payloads("mynah/kitchen/availability")[-1] == "online")


@needs_mosquitto
def test_connections_that_are_lost_leave_no_files_open(broker: Mosquitto) -> None:
    counts = []
    gc.disable()
    try:
        with quick(broker) as publisher:
            for _ in range(5):
                assert publisher.wait_connected(30)
                counts.append(len(list(Path("/proc/self/fd").iterdir())))
                assert publisher._connection
                publisher._connection.abandon()
                wait_for(lambda: not publisher.connected)
    finally:
        gc.enable()
    assert counts[-1] <= counts[0] + 1


@needs_mosquitto
def test_nothing_is_sent_without_a_broker_nor_when_it_comes_back(broker: Mosquitto) -> None:
    with quick(broker) as publisher:
        assert publisher.wait_connected(30)
        broker.stop()
        wait_for(lambda: not publisher.connected)
        late = publisher.send(commands("turn on the heater"))
        assert [command.topic for command in late.dropped] == ["zigbee2mqtt/heater/set"]
        publisher.retain(STATE, "listening")
        broker.start()
        with Subscriber(broker.port) as subscriber:
            assert publisher.wait_connected(30)
            publisher.send(commands("turn on the lamp"))
            wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/set"))
            time.sleep(0.2)
            assert subscriber.payloads("zigbee2mqtt/heater/set") == []
            assert subscriber.payloads("mynah/kitchen/state")[-1] == "listening"
            assert subscriber.payloads("mynah/kitchen/availability")[-1] == "online"


@needs_mosquitto
def test_what_a_dead_link_still_held_is_gone_with_it(broker: Mosquitto) -> None:
    """A broker that stops reading takes the bytes into its socket's buffer; the rest must not come late."""
    with quick(broker) as publisher, Subscriber(broker.port) as subscriber:
        assert publisher.wait_connected(30)
        assert broker._process
        broker._process.send_signal(19)  # SIGSTOP
        try:
            began = time.monotonic()
            for _ in range(40):
                publisher.send(commands())
                publisher.post("mynah/kitchen/turn", "x" * 200_000)
            assert time.monotonic() - began < 0.5, "publishing waited for the network"
            wait_for(lambda: not publisher.connected, 5)
            assert time.monotonic() - began < 3.5
        finally:
            broker._process.send_signal(18)  # SIGCONT
        assert publisher.wait_connected(30)
        publisher.send(commands("turn off the radio"))
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/radio/set"))
        assert len(subscriber.payloads("zigbee2mqtt/lamp/set")) < 40


@needs_mosquitto
def test_with_mqtt_5_the_broker_throws_away_what_waits_too_long(broker: Mosquitto) -> None:
    """An appliance that sleeps with a session of its own gets what came meanwhile: but no old command."""

    def appliance() -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, "sleeper", clean_session=False)
        client.on_message = lambda *call: came.append(call[2].payload)
        client.connect("127.0.0.1", broker.port)
        client.subscribe("zigbee2mqtt/#", qos=1)
        client.loop_start()
        return client

    def sleep(client: paho.Client) -> None:
        client.disconnect()
        client.loop_stop()

    came: list[bytes] = []
    with quick(broker, version="5") as publisher:
        assert publisher.wait_connected(30)
        one = appliance()
        wait_for(lambda: one.is_connected())
        publisher.send(commands("turn on the lamp"))
        wait_for(lambda: came)
        sleep(one)
        publisher.send(commands("turn off the lamp"))
        time.sleep(3.2)
        publisher.send(commands("turn on the radio"))
        two = appliance()
        wait_for(lambda: len(came) > 1)
        time.sleep(0.2)
        sleep(two)
    assert came == [b'{"state": "ON"}', b'{"state": "ON"}']


def _asked(port: int, topic: str, response: str) -> paho.Client:
    """A client of MQTT 5 that asks on `topic` and wants the answer on `response`."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.connect("127.0.0.1", port)
    client.loop_start()
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = response, b"\x00\xff7"
    client.publish(topic, "", qos=1, properties=properties).wait_for_publish(5)
    return client


def _first(publisher: Publisher) -> Message:
    """The first message that comes in."""
    heard: list[Message] = []

    def came() -> bool:
        heard.extend(publisher.messages())
        return bool(heard)

    wait_for(came)
    return heard[0]


@needs_mosquitto
def test_an_answer_goes_to_the_response_topic_with_the_correlation_data(broker: Mosquitto) -> None:
    answers: list[paho.MQTTMessage] = []
    with quick(broker, version="5") as publisher:
        publisher.follow("own", ["mynah/kitchen/listen"], qos=1)
        assert publisher.wait_connected(30)
        wait_for(lambda: retained(broker.port, "mynah/kitchen/availability"))
        client = _asked(broker.port, "mynah/kitchen/listen", "panel/answers")
        client.on_message = lambda *call: answers.append(call[2])
        client.subscribe("panel/answers", qos=1)
        message = _first(publisher)
        assert message.asker == Asker("panel/answers", b"\x00\xff7")
        publisher.answer(message.asker, {"reply": "Done"})
        wait_for(lambda: answers)
        client.disconnect()
        client.loop_stop()
    assert answers[0].payload == b'{"reply": "Done"}'
    assert getattr(answers[0].properties, "CorrelationData", None) == b"\x00\xff7"


@needs_mosquitto
@pytest.mark.parametrize(
    "response",
    [
        *(
            "zigbee2mqtt/front door lock",
            "homeassistant/status",
            "cmnd/x/POWER",
            "stat/x/RESULT",
            "tele/x/LWT",
        ),
        *("tasmota/discovery/x/config", "hermes/tts/say", "mynah/hall/say", "$CONTROL/dynamic-security/v1"),
        *("garage/set", "hub/garage/get", "heater/switch/relay/command", "hub/garage/set/state"),
    ],
)
def test_nobody_has_an_answer_sent_to_an_appliance(broker: Mosquitto, response: str) -> None:
    with quick(broker, version="5") as publisher:
        publisher.follow("own", ["mynah/kitchen/listen"], qos=1)
        assert publisher.wait_connected(30)
        wait_for(lambda: retained(broker.port, "mynah/kitchen/availability"))
        client = _asked(broker.port, "mynah/kitchen/listen", response)
        message = _first(publisher)
        client.disconnect()
        client.loop_stop()
    assert message.asker is None


@needs_mosquitto
def test_a_command_that_the_broker_forbids_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite mynah/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker, quick(broker, version="5") as publisher:
        assert publisher.wait_connected(30)
        publisher.send(commands())
        publisher.send(commands())
        wait_for(lambda: publisher.forbidden)
        assert publisher.forbidden == {"zigbee2mqtt/lamp/set"}
    assert caplog.text.count("refuses messages to zigbee2mqtt/lamp/set (Not authorized)") == 1


@needs_mosquitto
def test_refusals_come_while_more_is_published(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite mynah/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker, quick(broker, version="5") as publisher:
        assert publisher.wait_connected(30)
        receipts = [publisher.send([Command(f"zigbee2mqtt/{n}/set", "ON")]) for n in range(2000)]
        wait_for(lambda: len(publisher.forbidden) == 2000, 10.0)
        fates = {delivery.fate for receipt in receipts for delivery in receipt.deliveries}
        assert fates == {Fate.REFUSED}


@needs_mosquitto
def test_a_flood_of_retained_messages_comes_whole(broker: Mosquitto) -> None:
    with Subscriber(broker.port) as other:
        for number in range(2500):
            other.client.publish(f"homeassistant/sensor/{number}/config", "{}", qos=1, retain=True)
        other.say("homeassistant/last", "", retain=False)
    heard: list[str] = []

    def all_came() -> bool:
        heard.extend(message.topic for message in publisher.messages())
        return len(heard) == 2500

    with quick(broker) as publisher:
        publisher.follow("announcements", ["homeassistant/#"])
        wait_for(all_came)


@needs_mosquitto
def test_what_is_followed_no_more_is_asked_again_when_it_comes_back(broker: Mosquitto) -> None:
    def came(topic: str) -> bool:
        return any(message.topic == topic for message in publisher.messages())

    asked = (Command("zigbee2mqtt/a/get", {"state": ""}),)
    with Subscriber(broker.port) as other, quick(broker) as publisher:
        assert publisher.wait_connected(30)
        other.say("zigbee2mqtt/a/availability", "offline", retain=True)
        for times in (1, 2):
            publisher.follow("home", ["zigbee2mqtt/a/availability"], asked)
            wait_for(lambda: came("zigbee2mqtt/a/availability"))
            wait_for(lambda times=times: len(other.payloads("zigbee2mqtt/a/get")) == times)  # type: ignore[misc]
            publisher.follow("home", ["zigbee2mqtt/b"])
            time.sleep(0.1)
            other.say("zigbee2mqtt/a/availability", "online")
            other.say("zigbee2mqtt/b", "{}")
            wait_for(lambda: came("zigbee2mqtt/b"))
        assert publisher.connections == 1


@needs_mosquitto
def test_what_is_too_long_is_ignored(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with Subscriber(broker.port) as other, quick(broker) as publisher:
        assert publisher.wait_connected(30)
        publisher.follow("home", ["lamp", "zigbee2mqtt/bridge/devices"])
        heard: list[str] = []

        def two_came() -> bool:
            heard.extend(message.topic for message in publisher.messages())
            return len(heard) == 2

        time.sleep(0.1)
        other.say("lamp", "x" * 70_000)
        other.say("zigbee2mqtt/bridge/devices", "x" * 70_000)
        other.say("lamp", "ON")
        wait_for(two_came)
    assert heard == ["zigbee2mqtt/bridge/devices", "lamp"]
    assert "a message on lamp is ignored: 70000 bytes" in caplog.text


@needs_mosquitto
def test_no_broker_at_start_then_one_comes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broker = Mosquitto(tmp_path)
    with quick(broker) as publisher:
        publisher.retain(STATE, "idle")
        time.sleep(0.5)
        assert not publisher.connected
        assert publisher.send(commands()).dropped
        assert f"no broker listens at 127.0.0.1:{broker.port}" in publisher.problem
        with broker:
            assert publisher.wait_connected(30)
            wait_for(lambda: retained(broker.port, "mynah/kitchen/state") == "idle")
    assert caplog.text.count("no broker listens") == 2, "once for the broker, once for the dropped command"


@needs_mosquitto
def test_who_is_told_why_there_is_no_connection(tmp_path: Path) -> None:
    told: list[str] = []
    broker = Mosquitto(tmp_path)
    with Publisher(broker.settings, "kitchen", backoff=Backoff(0.1, 0.1), report=told.append) as publisher:
        assert not publisher.first_attempt()
        with broker:
            assert publisher.wait_connected(10)
            assert told[0].startswith(f"no broker listens at 127.0.0.1:{broker.port}: ")
            assert told[1:] == [""]


def test_the_password_may_be_a_credential_of_the_service(tmp_path: Path) -> None:
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    settings = MqttSettings(username="mynah")
    assert password(settings, environment) is None
    (tmp_path / "password").write_text("\n")
    assert password(settings, environment) is None
    (tmp_path / "password").write_text("right\n")
    assert password(settings, environment) == "right"
    assert password(MqttSettings(), environment) is None
    assert password(MqttSettings(username="mynah", password="own"), environment) == "own"


@needs_mosquitto
def test_a_refused_password_is_one_line_without_the_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with secured(tmp_path) as broker:
        with quick(broker, username="mynah", password="wrong-secret") as publisher:
            time.sleep(1.2)
            assert not publisher.connected
        lines = [record.message for record in caplog.records if "refuses" in record.message]
        assert len(lines) == 1
        assert "the user 'mynah'" in lines[0]
        assert "check mqtt.username and its password" in lines[0]
        assert "secret" not in caplog.text


@needs_mosquitto
def test_the_password_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("right\n")
    with secured(tmp_path) as broker:
        settings = dataclasses.replace(broker.settings, username="mynah", password_file=file)
        with Publisher(settings, "kitchen") as publisher:
            assert publisher.wait_connected(30)


def secured(folder: Path) -> Mosquitto:
    """A broker that knows the user mynah with the password right."""
    passwords = folder / "passwords"
    command = ["mosquitto_passwd", "-b", "-c", str(passwords), "mynah", "right"]
    subprocess.run(command, check=True, capture_output=True)
    return Mosquitto(folder, "allow_anonymous false", f"password_file {passwords}")


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_password_file_that_is_absent_or_empty(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
    broker = Mosquitto(tmp_path)
    settings = dataclasses.replace(broker.settings, username="mynah", password_file=file)
    with pytest.raises(SettingsError, match=r"mqtt\.password_file"):
        Publisher(settings, "kitchen").__enter__()


@pytest.mark.parametrize("name", ["ca_file", "cert_file"])
def test_a_certificate_that_is_none(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_text("no certificate")
    base = dataclasses.replace(Mosquitto(tmp_path).settings, tls=True, key_file=file)
    for path in (file, tmp_path / "absent"):
        with pytest.raises(SettingsError, match=rf"mqtt\.{name}"):
            Publisher(dataclasses.replace(base, **{name: path}), "kitchen").__enter__()  # type: ignore[arg-type]


@needs_mosquitto
def test_messages_come_in_and_wait_until_they_are_asked_for(broker: Mosquitto) -> None:
    with quick(broker) as publisher, Subscriber(broker.port) as subscriber:
        publisher.follow("own", ["mynah/kitchen/say", "mynah/kitchen/mute/set"], qos=1)
        assert publisher.wait_connected(30)
        wait_for(lambda: subscriber.payloads("mynah/kitchen/availability"))
        time.sleep(0.1)
        subscriber.say("mynah/kitchen/say", "hello")
        subscriber.say("mynah/other/say", "not for us")
        subscriber.say("mynah/kitchen/mute/set", "ON")
        wait_for(lambda: len(publisher._inbox) == 2)
        assert [(message.topic, message.payload) for message in publisher.messages()] == [
            ("mynah/kitchen/say", b"hello"),
            ("mynah/kitchen/mute/set", b"ON"),
        ]
        assert list(publisher.messages()) == []


@needs_mosquitto
def test_a_visitor_says_nothing_about_the_device(broker: Mosquitto) -> None:
    with Subscriber(broker.port) as subscriber:
        with connect(broker.settings, "kitchen") as publisher:
            publisher.send(commands())
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/set"))
        assert subscriber.payloads("mynah/kitchen/availability") == []


@needs_mosquitto
def test_a_topic_that_is_none_is_dropped_and_the_others_are_sent(broker: Mosquitto) -> None:
    with quick(broker) as publisher:
        assert publisher.wait_connected(30)
        assert publisher.send(commands("turn on the +")).dropped
        assert publisher.send(commands("turn on the lamp")).sent


@needs_mosquitto
def test_a_fault_behind_the_connection_does_not_end_the_attempts(broker: Mosquitto) -> None:
    unsayable = Command("lamp/get", {"state": object()})
    publisher = quick(broker)
    publisher.follow("home", (), [unsayable])
    with publisher, Subscriber(broker.port) as subscriber:
        assert not publisher.first_attempt()
        assert "failed" in publisher.problem
        wait_for(lambda: subscriber.payloads("mynah/kitchen/availability").count("online") > 1)


def test_a_visitor_is_told_why_there_is_no_broker(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    nobody = refusal(MqttSettings(host="127.0.0.1", port=port))
    assert "trying again" not in caplog.text, "it is told once, and a visitor does not try again"
    assert nobody == f"no broker listens at 127.0.0.1:{port}: start it, or set mqtt.host and mqtt.port"
    assert "no.such.invalid is not known: check mqtt.host" in refusal(MqttSettings(host="no.such.invalid"))


def refusal(settings: MqttSettings) -> str:
    """What a visitor is told that cannot connect."""
    with pytest.raises(BrokerError) as caught, connect(settings, "kitchen"):
        pass
    return str(caught.value)


def test_pauses_double_with_jitter_to_a_limit_and_are_long_after_a_refusal() -> None:
    backoff = Backoff(first=1, most=8, refused=60)
    pauses = [backoff.after(None) for _ in range(6)]
    for pause, ceiling in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True):
        assert ceiling / 2 <= pause <= ceiling
    assert 30 <= backoff.after(Refused("no")) <= 60
    backoff.reset()
    assert backoff.after(None) <= 1
    assert len({Backoff().after(None) for _ in range(5)}) > 1, "devices must not come in step"


def test_a_broker_of_another_version() -> None:
    with Broker() as old:
        told = refusal(MqttSettings(host=old.host, port=old.port, version="5"))
    assert told.endswith('does not speak MQTT 5: set mqtt.version = "3.1.1"')
