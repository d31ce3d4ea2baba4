"""The doctor counts what is announced, and lists what of it cannot be spoken to."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from device.cli import main
from device.doctor.announcements import MOST, announced, judge
from device.doctor.finding import Health
from device.settings import Settings
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto

SAID = {
    "homeassistant/switch/pump/config": {"name": "Pump", "cmd_t": "pump/set"},
    "homeassistant/switch/night/config": {"name": "Night mode", "cmd_t": "night/set", "ent_cat": "config"},
    "homeassistant/lock/safe/config": {"name": "Safe", "cmd_t": "safe/set", "code_format": "^1$"},
}


@needs_mosquitto
def test_what_is_announced_is_counted_and_what_is_left_out_is_listed(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        with Subscriber(broker.port) as appliances:
            for topic, content in SAID.items():
                appliances.say(topic, json.dumps(content), retain=True)
        finding = announced(dataclasses.replace(Settings(), mqtt=broker.settings))
    first, *lines = finding.text.splitlines()
    assert finding.health is Health.WARNING
    assert first.startswith("2 devices announced")
    assert lines == [
        "  homeassistant/switch/night/config: Night mode: it is a setting of its device",
        "  homeassistant/lock/safe/config: Safe: on is left out: it wants a code",
        "  homeassistant/lock/safe/config: Safe: off is left out: it wants a code",
    ]


@needs_mosquitto
def test_discover_says_why_something_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mynah.toml"
    with Mosquitto(tmp_path) as broker:
        config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
        with Subscriber(broker.port) as appliances:
            for topic, content in SAID.items():
                appliances.say(topic, json.dumps(content), retain=True)
        assert main(["discover", "--config", str(config)]) == 0
    told = capsys.readouterr()
    assert "Pump (switch, mqtt)" in told.out
    assert "Night mode: it is a setting of its device" in told.err


def test_a_long_list_ends() -> None:
    assert judge(3, ()).health is Health.OK
    lines = judge(1, [f"x{number}: it is nothing" for number in range(100)]).text.splitlines()
    assert lines[0].startswith("1 device announced")
    assert len(lines) == MOST + 2
    assert lines[-1].strip() == "and 60 more: see mynah discover"


def test_discover_shows_names_also_without_a_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, home = tmp_path / "mynah.toml", tmp_path / "home.toml"
    config.write_text('[mqtt]\nhost = "127.0.0.1"\nport = 9\n')
    home.write_text('[[room]]\nname = "2nd floor"\n')
    assert main(["discover", "--names", "--config", str(config), "--home", str(home)]) == 0
    told = capsys.readouterr()
    assert told.out == '2nd floor (room): "second floor"\n'
    assert "home.toml" in told.err
