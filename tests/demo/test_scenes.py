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
from device.audio import wav
from device.events import SAMPLE_RATE, Command, Transcript
from device.home.model import Home
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from tests.device.talking import outcome_of


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
    understanding, appliances = Understanding(Sentences.load(), home), furnish(home)
    for scene in load(SCRIPT):
        outcome = outcome_of(home, understanding.understand(Transcript(scene.text, 1.0)))
        commands = outcome.commands if outcome.fine else ()
        seen = [change for command in commands for change in obey(appliances, command)]
        assert scene.faults(seen) == [], scene.text
        assert bool(seen) == bool(scene.changes), scene.text


def test_every_recording_is_there() -> None:
    for scene in load(SCRIPT):
        samples = wav.read(scene.recording)
        assert 2 < len(samples) / SAMPLE_RATE < 10, scene.recording
