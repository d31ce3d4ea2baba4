from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device import doctor
from device.cli import main
from device.doctor import Finding, Health
from device.errors import BrokerError
from device.settings import BundleFolder, HomeSettings, MqttSettings, Settings
from tests.device.broker import Mosquitto, Subscriber, free_port, needs_mosquitto
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

NOW = 1_800_000_000.0


def settings(mqtt: MqttSettings) -> Settings:
    return dataclasses.replace(Settings(), mqtt=mqtt)


@needs_mosquitto
def test_a_broker_that_works(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        finding = doctor.broker(settings(broker.settings))
    assert finding.health is Health.OK
    assert f"127.0.0.1:{broker.port}" in finding.text


def test_a_broker_that_is_not_there() -> None:
    finding = doctor.broker(settings(MqttSettings(host="127.0.0.1", port=free_port())))
    assert finding.health is Health.PROBLEM
    assert "start it, or set mqtt.host and mqtt.port" in finding.text


@needs_mosquitto
def test_a_broker_that_refuses(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as broker:
        finding = doctor.broker(settings(broker.settings))
    assert finding.health is Health.PROBLEM
    assert "refuses a client without a user name" in finding.text


@needs_mosquitto
def test_a_broker_that_forbids_our_topics(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite zigbee2mqtt/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker:
        finding = doctor.broker(settings(broker.settings))
    assert finding.health is Health.PROBLEM
    assert "access list" in finding.text


LAMP = '[[device]]\nname = "lamp"\nkind = "light"\nprotocol = "zigbee2mqtt"\n'
SOCKET = '[[device]]\nname = "socket"\nkind = "switch"\nprotocol = "tasmota"\ntopic = "socket"\n'


def asked(broker: Mosquitto, folder: Path) -> Finding:
    file = folder / "home.toml"
    file.write_text(LAMP + SOCKET)
    return doctor.appliances(dataclasses.replace(settings(broker.settings), home=HomeSettings(file=file)))


@needs_mosquitto
def test_appliances_that_answer(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker, Subscriber(broker.port) as appliances:

        def take(client: Any, userdata: Any, message: Any) -> None:
            if message.topic == "zigbee2mqtt/lamp/get":
                client.publish("zigbee2mqtt/lamp", '{"state": "ON"}')
            if message.topic == "cmnd/socket/STATE":
                client.publish("stat/socket/RESULT", '{"POWER": "OFF"}')

        appliances.client.on_message = take
        assert asked(broker, tmp_path) == Finding(
            "appliances", Health.OK, "2, and all that can be asked answer"
        )


@needs_mosquitto
def test_appliances_that_are_silent(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        finding = asked(broker, tmp_path)
    assert finding.health is Health.WARNING
    assert "2 of 2 do not answer (lamp, socket)" in finding.text


@needs_mosquitto
def test_appliances_that_the_broker_keeps_from_us(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.write_text("topic readwrite mynah/#\ntopic readwrite zigbee2mqtt/#\n")
    with Mosquitto(tmp_path, f"acl_file {rules}") as broker:
        finding = asked(broker, tmp_path)
    assert finding.health is Health.PROBLEM
    assert "forbids what is sent to cmnd/socket/STATE: allow" in finding.text


def test_appliances_behind_a_broker_that_is_not_there() -> None:
    finding = doctor.appliances(settings(MqttSettings(host="127.0.0.1", port=free_port())))
    assert finding.health is Health.WARNING
    assert "they cannot be asked: no broker listens" in finding.text


def test_clocks() -> None:
    assert doctor.judge_clock(NOW, NOW - 1e6, True) == Finding(
        "clock", Health.OK, "2027-01-15 08:00 UTC, synchronized"
    )
    assert doctor.judge_clock(NOW, NOW - 1e6, None).health is Health.OK
    assert doctor.judge_clock(NOW, NOW - 1e6, False).health is Health.WARNING
    late = doctor.judge_clock(0.0, NOW, None)
    assert late.health is Health.PROBLEM
    assert "1970-01-01" in late.text
    assert "timedatectl set-ntp true" in late.text


@pytest.mark.parametrize(
    ("samples", "health", "advice"),
    [
        ([], Health.PROBLEM, "gives no audio: set audio.microphone"),
        ([np.zeros(1280, np.int16)] * 5, Health.PROBLEM, "only zeros: unmute it"),
        ([np.full(1280, 32_767, np.int16)] * 5, Health.WARNING, "lower its gain"),
        ([np.full(1280, 327, np.int16)] * 5, Health.OK, "level -40 dB"),
    ],
    ids=["nothing", "zeros", "overdriven", "fine"],
)
def test_microphones(samples: list[np.ndarray], health: Health, advice: str) -> None:  # type: ignore[type-arg]
    finding = doctor.judge_microphone("'USB'", samples, "0 'USB'")
    assert finding.health is health
    assert advice in finding.text


def test_a_microphone_that_is_muted(virtual_audio: VirtualAudio) -> None:
    finding = doctor.guarded(doctor.microphone, Settings())
    assert finding.health is Health.PROBLEM
    assert "only zeros" in finding.text


def test_espeak_ng() -> None:
    assert doctor.judge_pronunciation("/usr/bin/espeak-ng").health is Health.OK
    finding = doctor.judge_pronunciation(None)
    assert finding.health is Health.WARNING
    assert "apt install espeak-ng" in finding.text


def test_the_home() -> None:
    finding = doctor.home(Settings())
    assert finding.health is Health.OK
    assert "devices from" in finding.text


def test_bundles_that_are_not_there(tmp_path: Path) -> None:
    nowhere = BundleFolder(tmp_path / "absent")
    base = Settings()
    broken = dataclasses.replace(
        base,
        wake=dataclasses.replace(base.wake, bundles=(nowhere,)),
        hearing=dataclasses.replace(base.hearing, bundle=nowhere),
    )
    for check in (doctor.wake_words, doctor.hearing):
        finding = doctor.guarded(check, broken)
        assert finding.health is Health.PROBLEM
        assert f"{nowhere}: no bundle here" in finding.text


def test_an_error_in_a_check_is_a_finding() -> None:
    def some_check(settings: Settings) -> Finding:
        raise BrokerError("it is broken")

    def fault(settings: Settings) -> Finding:
        raise ZeroDivisionError("by zero")

    assert doctor.guarded(some_check, Settings()) == Finding("some check", Health.PROBLEM, "it is broken")
    assert "ZeroDivisionError: by zero" in doctor.guarded(fault, Settings()).text


def test_the_command_prints_all_and_fails_with_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mynah.toml"
    config.write_text(f'mqtt.host = "127.0.0.1"\nmqtt.port = {free_port()}\n')
    assert main(["doctor", "--json", "--config", str(config)]) == 1
    findings = {line["check"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {"cpu", "clock", "microphone", "broker", "wake words", "hearing", "pronunciation"} <= set(findings)
    assert findings["broker"]["health"] == "problem"


def test_names_that_cannot_be_heard_are_told(tmp_path: Path) -> None:
    file = tmp_path / "home.toml"
    lamp = '[[device]]\nname = "{}"\nkind = "light"\nprotocol = "zigbee2mqtt"\ntopic = "zigbee2mqtt/{}"\n'
    file.write_text(lamp.format("flower lamp", "a") + lamp.format("flour lamp", "b"))
    finding = doctor.home(dataclasses.replace(Settings(), home=HomeSettings(file=file)))
    assert finding.health is Health.WARNING
    assert "2 devices" in finding.text
    assert "sound the same" in finding.text
