"""The doctor at real brokers: each finding says what is the matter there, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo.broker import Broker
from device.doctor import access
from device.doctor.finding import Finding, Health
from device.mqtt.client import connect
from device.settings import DeviceSettings, HomeSettings, MqttSettings, Settings
from tests.device.broker import Mosquitto, Subscriber, free_port, needs_mosquitto, retained, wait_for
from tests.device.certificates import Authority, needs_openssl
from tests.device.scripted_broker import CONNECTED, Scripted


def settings(mqtt: MqttSettings) -> Settings:
    return dataclasses.replace(Settings(), mqtt=mqtt, device=DeviceSettings(id="kitchen"))


def restricted(folder: Path, *rules: str) -> Mosquitto:
    """A broker with an access list for the user mynah, and one who may do all; their password is right."""
    passwords, file = folder / "passwords", folder / "rules"
    passwords.touch()
    for user in ("mynah", "all"):
        command = ["mosquitto_passwd", "-b", str(passwords), user, "right"]
        subprocess.run(command, check=True, capture_output=True)
    everything = ("user all", "topic readwrite #")
    file.write_text("\n".join((*everything, "user mynah", *(f"topic {rule}" for rule in rules), "")))
    return Mosquitto(folder, "allow_anonymous false", f"password_file {passwords}", f"acl_file {file}")


def known(broker: Mosquitto, password: str = "right") -> MqttSettings:
    return dataclasses.replace(broker.settings, username="mynah", password=password)


@needs_mosquitto
def test_a_broker_that_works(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        finding = access.broker(settings(broker.settings))
    assert finding.health is Health.OK
    assert f"127.0.0.1:{broker.port}" in finding.text


def test_a_broker_that_is_not_there() -> None:
    finding = access.broker(settings(MqttSettings(host="127.0.0.1", port=free_port())))
    assert finding.health is Health.PROBLEM
    assert "start it, or set mqtt.host and mqtt.port" in finding.text


@needs_mosquitto
def test_a_broker_that_refuses(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as broker:
        finding = access.broker(settings(broker.settings))
    assert finding.health is Health.PROBLEM
    assert "refuses a client without a user name" in finding.text


@needs_mosquitto
def test_a_broker_that_forbids_our_topics(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite zigbee2mqtt/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker:
        finding = access.broker(settings(broker.settings))
    assert finding.health is Health.PROBLEM
    assert "access list" in finding.text


LAMP = '[[device]]\nname = "lamp"\nkind = "light"\nprotocol = "zigbee2mqtt"\n'
SOCKET = '[[device]]\nname = "socket"\nkind = "switch"\nprotocol = "tasmota"\ntopic = "socket"\n'


def asked(mqtt: MqttSettings, folder: Path, home: str = LAMP + SOCKET) -> Finding:
    file = folder / "home.toml"
    file.write_text(home)
    return access.appliances(dataclasses.replace(settings(mqtt), home=HomeSettings(file=file)))


@needs_mosquitto
def test_appliances_that_answer(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, Subscriber(broker.port) as appliances:

        def take(client: Any, userdata: Any, message: Any) -> None:
            if message.topic == "zigbee2mqtt/lamp/get":
                client.publish("zigbee2mqtt/lamp", '{"state": "ON"}')
            if message.topic == "cmnd/socket/STATE":
                client.publish("stat/socket/RESULT", '{"POWER": "OFF"}')

        appliances.client.on_message = take
        assert asked(broker.settings, tmp_path) == Finding(
            "appliances", Health.OK, "2; all that can report a state answer"
        )


@needs_mosquitto
def test_appliances_that_are_silent(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        finding = asked(broker.settings, tmp_path)
    assert finding.health is Health.WARNING
    assert "2 of 2 do not answer (lamp, socket)" in finding.text


@needs_mosquitto
def test_appliances_that_the_broker_keeps_from_us(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite mynah/#\ntopic readwrite zigbee2mqtt/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker:
        finding = asked(broker.settings, tmp_path)
    assert finding.health is Health.PROBLEM
    assert "forbids messages to cmnd/socket/STATE: allow" in finding.text


def test_appliances_behind_a_broker_that_is_not_there() -> None:
    finding = access.appliances(settings(MqttSettings(host="127.0.0.1", port=free_port())))
    assert finding.health is Health.WARNING
    assert "they cannot be asked: no broker listens" in finding.text


@needs_mosquitto
def test_a_wrong_password_and_none(tmp_path: Path) -> None:
    with restricted(tmp_path, "readwrite #") as broker:
        wrong = access.broker(settings(known(broker, "wrong")))
        none = access.broker(settings(broker.settings))
        asked_in_vain = asked(known(broker, "wrong"), tmp_path)
    assert wrong.health is none.health is Health.PROBLEM
    assert wrong.text.endswith(
        "refuses the user 'mynah' (Not authorized): check mqtt.username and its password"
    )
    assert none.text.endswith("refuses a client without a user name (Not authorized): set mqtt.username")
    assert asked_in_vain.health is Health.WARNING
    assert "they cannot be asked: the broker" in asked_in_vain.text


@needs_mosquitto
def test_a_password_and_an_access_list_together(tmp_path: Path) -> None:
    rules = ("readwrite mynah/kitchen/#", "readwrite zigbee2mqtt/#", "write homeassistant/device/+/config")
    with restricted(tmp_path, *rules) as broker:
        mqtt = known(broker)
        assert access.broker(settings(mqtt)).health is Health.OK
        assert access.services(settings(mqtt)).health is Health.OK
        found = asked(mqtt, tmp_path)
    assert "forbids messages to cmnd/socket/STATE: allow" in found.text


@needs_mosquitto
@needs_openssl
def test_certificates_and_ports(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("server")
    with (
        Mosquitto(tmp_path, f"certfile {certificate}", f"keyfile {key}") as secure,
        Mosquitto(tmp_path) as plain,
    ):
        trusted = dataclasses.replace(secure.settings, tls=True, ca_file=authority.certificate)
        advice = {
            "answers and lets mynah/kitchen/# through": trusted,
            "it is not trusted: set mqtt.ca_file": dataclasses.replace(trusted, ca_file=None),
            "does its port need TLS (mqtt.tls = true)?": secure.settings,
            "check mqtt.port and mqtt.tls": dataclasses.replace(trusted, port=plain.port),
        }
        for text, mqtt in advice.items():
            assert access.broker(settings(mqtt)).text.endswith(text)


@needs_mosquitto
def test_a_home_in_which_nothing_is(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        found = asked(broker.settings, tmp_path, home="")
    assert found.health is Health.WARNING
    assert "home.toml describes none" in found.text
    assert "whether its access list lets mynah read their announcements" in found.text


@needs_mosquitto
def test_all_that_is_forbidden_is_counted(tmp_path: Path) -> None:
    home = "".join(SOCKET.replace("socket", f"socket {number}") for number in range(30))
    with restricted(tmp_path, "readwrite mynah/#") as broker:
        found = asked(known(broker), tmp_path, home)
    assert found.health is Health.PROBLEM
    assert "cmnd/socket 0/STATE and 29 others: allow" in found.text


def test_a_broker_that_speaks_an_older_version(tmp_path: Path) -> None:
    with Broker() as old:
        mqtt = MqttSettings(host=old.host, port=old.port)
        found = asked(mqtt, tmp_path)
        services = access.services(settings(mqtt))
        wrong = access.broker(settings(dataclasses.replace(mqtt, version="5")))
    assert found.health is Health.WARNING
    assert "2 of 2 do not answer (lamp, socket)" in found.text
    assert found.text.endswith("the broker does not speak MQTT 5, so Mynah cannot tell what it forbids")
    assert services.health is Health.OK
    assert (
        services.text
        == "Home Assistant: the broker does not speak MQTT 5, so Mynah cannot tell what it forbids"
    )
    assert wrong.text.endswith('does not speak MQTT 5: set mqtt.version = "3.1.1"')


CONFIG = "homeassistant/device/mynah_kitchen/config"


@needs_mosquitto
def test_services_that_may_be_told_and_notice_nothing(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, Subscriber(broker.port) as others:
        mqtt = dataclasses.replace(broker.settings, hermes=True)
        assert access.services(settings(mqtt)) == Finding(
            "services", Health.OK, "Home Assistant and Hermes can be told"
        )
        assert others.payloads(CONFIG) == ["{}"]
        assert retained(broker.port, CONFIG) is None
        (said,) = map(json.loads, others.payloads("hermes/tts/sayFinished"))
        assert said["siteId"] == "kitchen"
        others.say(CONFIG, '{"device": "ü"}', retain=True)
        assert access.services(settings(mqtt)).health is Health.OK
        assert others.payloads(CONFIG)[1:] == ['{"device": "ü"}'] * 2
        assert retained(broker.port, CONFIG) == '{"device": "ü"}'


@needs_mosquitto
def test_what_may_be_written_but_not_read_is_not_taken_back(tmp_path: Path) -> None:
    with restricted(tmp_path, "readwrite mynah/#", "write homeassistant/#") as broker:
        mqtt = known(broker)
        with connect(mqtt, "kitchen") as daemon:
            daemon.retain(CONFIG, "kept")
        assert access.services(settings(mqtt)).health is Health.OK
        with Subscriber(broker.port, username="all", password="right") as others:
            wait_for(lambda: others.payloads(CONFIG))
            assert others.payloads(CONFIG) == ["kept"]


@needs_mosquitto
def test_services_that_the_broker_keeps_from_us(tmp_path: Path) -> None:
    with restricted(tmp_path, "readwrite mynah/#") as broker:
        mqtt = known(broker)
        one = access.services(settings(mqtt))
        both = access.services(settings(dataclasses.replace(mqtt, hermes=True)))
        none = access.services(settings(dataclasses.replace(mqtt, homeassistant=False)))
    assert one.health is both.health is Health.WARNING
    assert one.text == (
        f"the broker forbids {CONFIG}: allow mynah to write there or set mqtt.homeassistant = false"
    )
    assert f"forbids hermes/tts/sayFinished and {CONFIG}: allow" in both.text
    assert both.text.endswith("allow mynah hermes/#, reading and writing, or set mqtt.hermes = false")
    assert none == Finding(
        "services", Health.OK, "not wanted (mqtt.homeassistant = false, mqtt.hermes = false)"
    )


@needs_mosquitto
def test_the_daemon_is_heard(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, Subscriber(broker.port) as other:
        finding = access.daemon(settings(broker.settings))
        assert finding == Finding("daemon", Health.OK, "no Mynah called kitchen is connected at the moment")
        other.say("mynah/kitchen/availability", "online", retain=True)
        other.say("mynah/kitchen/problem", json.dumps({"problems": ["one thing", "another"]}), retain=True)
        finding = access.daemon(settings(broker.settings))
    assert finding == Finding("daemon", Health.PROBLEM, "kitchen says: one thing; another")


@pytest.mark.parametrize("said", [b"", b"{}", b"[", b'{"problems": 1}', b'{"problems": []}'])
def test_a_daemon_that_says_nothing_of_use_is_well(said: bytes) -> None:
    finding = access.judge_daemon("kitchen", b"online", said)
    assert finding == Finding("daemon", Health.OK, "kitchen is connected and reports no problems")


def test_a_broker_that_drops_us_says_why() -> None:
    quota = bytes((0xE0, 2, 0x97, 0))
    with Scripted("5", {1: lambda _: CONNECTED["5"], 8: lambda _: quota}) as broker:
        finding = access.broker(settings(broker.settings))
    assert finding.health is Health.PROBLEM
    assert "ended the connection (Quota exceeded): raise the broker's limit" in finding.text
