"""The channels that the settings want, and what they are subscribed to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from device.assembly.daemon import make_publisher, open_channels
from device.audio.volume import Volume
from device.channels.hermes import Hermes
from device.channels.home import States
from device.channels.homeassistant import HomeAssistant
from device.channels.intercom import Intercom
from device.channels.own import Own
from device.channels.steps import Started
from device.settings import DeviceSettings, MqttSettings, Settings
from device.system.problems import Problems
from device.update.offer import NoUpdates
from tests.device import fakes
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, retained, wait_for

PLAIN = replace(Settings(), device=DeviceSettings(id="kitchen"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))


@pytest.mark.parametrize(
    ("mqtt", "kinds"),
    [
        (MqttSettings(homeassistant=False), [Own, Intercom, States]),
        (MqttSettings(), [HomeAssistant, Own, Intercom, States]),
        (MqttSettings(hermes=True), [HomeAssistant, Own, Intercom, Hermes, States]),
    ],
    ids=["none", "Home Assistant", "Hermes"],
)
def test_the_channels_are_those_that_are_wanted(mqtt: MqttSettings, kinds: list[type]) -> None:
    settings, problems = replace(PLAIN, mqtt=mqtt), Problems()
    publisher = make_publisher(settings, problems)
    channels = open_channels(
        settings,
        fakes.assistant(),
        fakes.AnyHome(),
        publisher,
        problems,
        NoUpdates(),
        Volume(80),
        lambda _: None,
    )
    assert [type(channel) for channel in channels] == kinds


@needs_mosquitto
def test_they_hear_what_they_listen_to_and_say_how_things_stand(broker: Mosquitto) -> None:
    mqtt = replace(broker.settings, hermes=True)
    settings, problems, house = replace(PLAIN, mqtt=mqtt), Problems(), fakes.AnyHome()
    publisher = make_publisher(settings, problems)
    channels = open_channels(
        settings, fakes.assistant(), house, publisher, problems, NoUpdates(), Volume(80), lambda _: None
    )
    topics = ["mynah/kitchen/listen", "homeassistant/status", "hermes/tts/say", "zigbee2mqtt/lamp"]
    heard: list[str] = []

    def all_came() -> bool:
        heard.extend(message.topic for message in publisher.messages())
        return len(heard) == len(topics)

    with Subscriber(broker.port) as subscriber, publisher:
        for channel in channels:
            channel.take(Started())
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/get"))
        for topic in (*topics[:1], "mynah/hall/listen", *topics[1:]):
            subscriber.say(topic, "")
        wait_for(all_came)
        assert heard == topics
        assert retained(broker.port, "mynah/kitchen/availability") == "online"
        assert retained(broker.port, "mynah/kitchen/state") == "idle"
        config = retained(broker.port, "homeassistant/device/mynah_kitchen/config")
        assert config is not None
        assert "update" not in json.loads(config)["components"]
