"""The script is true of the example home: each command, understood, changes just what it should."""

from __future__ import annotations

import json
from collections.abc import Sequence

from demo.appliances import Appliance
from demo.furnish import furnish
from demo.house import Changed
from demo.script import SCRIPT, load
from demo.tasmota import Tasmota
from demo.zigbee2mqtt import Zigbee
from device.assembly.chatting import Chat
from device.audio import wav
from device.channels.report import exchange_json
from device.events import SAMPLE_RATE, Command
from device.home.model import Home
from device.settings import Settings


def obey(appliances: Sequence[Appliance], command: Command) -> list[Changed]:
    """What a command changes; every command must have an appliance that obeys it."""
    payload = command.payload if isinstance(command.payload, str) else json.dumps(command.payload)
    topics = (command.topic, f"{command.topic.rpartition('/')[0]}/+")
    (appliance,) = [each for each in appliances if set(topics) & set(each.subscriptions)]
    before = dict(appliance.state)
    answers = appliance.receive(command.topic, payload)
    assert "Unknown" not in answers[0].payload
    assert answers[0].topic != "zigbee2mqtt/bridge/logging"
    return [Changed(appliance, before, dict(appliance.state))] if appliance.state != before else []


def test_the_home_is_worth_seeing() -> None:
    appliances = furnish(Home.load())
    assert len(appliances) >= 6
    assert len({each.room for each in appliances}) >= 3
    assert {type(each) for each in appliances} == {Zigbee, Tasmota}


def test_every_scene_changes_what_it_should() -> None:
    home = Home.load()
    chat, appliances = Chat.of(Settings(), "2026-03-02T18:00"), furnish(home)
    for scene in load(SCRIPT):
        if not scene.answers:
            chat.begin()
        exchange = chat.say(scene.text)
        seen = [change for command in exchange.commands for change in obey(appliances, command)]
        assert scene.faults(seen) == [], scene.text
        assert scene.mistakes(exchange_json(exchange)) == [], scene.text
        assert bool(seen) == bool(scene.changes), scene.text
        due = [each.due.name for each in chat.take("+5") if each.due] if scene.due else []
        assert due == ([scene.due] if scene.due else []), scene.text


def test_every_recording_is_there() -> None:
    for scene in load(SCRIPT):
        seconds = len(wav.read(scene.recording)) / SAMPLE_RATE
        assert (1 if scene.answers else 2) < seconds < 10, scene.recording
