"""The simulated appliances obey what the real ones obey, and answer as they do."""

from __future__ import annotations

import json

import pytest

from demo.appliances import Message, State
from demo.tasmota import Tasmota
from demo.zigbee2mqtt import Zigbee

LAMP = "zigbee2mqtt/kitchen lamp"


def zigbee(kind: str) -> Zigbee:
    return Zigbee("thing", "kitchen", kind, LAMP)


def tasmota(kind: str) -> Tasmota:
    return Tasmota("thing", "kitchen", kind, "plug")


@pytest.mark.parametrize(
    ("kind", "payloads", "state"),
    [
        ("light", ['{"state": "ON"}'], {"state": "ON", "brightness": 254}),
        ("light", ["ON"], {"state": "ON", "brightness": 254}),
        ("light", ['{"state": "TOGGLE"}', '{"state": "TOGGLE"}'], {"state": "OFF", "brightness": 254}),
        ("light", ['{"brightness": 64}'], {"state": "ON", "brightness": 64}),
        ("light", ['{"brightness": 64}', '{"brightness": 0}'], {"state": "OFF", "brightness": 0}),
        ("light", ['{"state": "ON", "transition": 2}'], {"state": "ON", "brightness": 254}),
        (
            "light",
            ['{"color": {"hex": "#FF0000"}}'],
            {"state": "OFF", "brightness": 254, "color": {"hex": "#FF0000"}},
        ),
        ("switch", ['{"state": "ON"}'], {"state": "ON"}),
        ("cover", ['{"position": 40}'], {"state": "OPEN", "position": 40}),
        ("cover", ['{"state": "OPEN"}'], {"state": "OPEN", "position": 100}),
        ("cover", ['{"position": 40}', '{"state": "STOP"}'], {"state": "OPEN", "position": 40}),
        ("cover", ['{"state": "OPEN"}', '{"state": "CLOSE"}'], {"state": "CLOSE", "position": 0}),
        ("fan", ['{"fan_mode": "high"}'], {"state": "ON", "fan_mode": "high"}),
        ("lock", ['{"state": "UNLOCK"}'], {"state": "UNLOCK"}),
    ],
)
def test_zigbee_obeys_and_reports(kind: str, payloads: list[str], state: State) -> None:
    appliance = zigbee(kind)
    for payload in payloads:
        answers = appliance.receive(f"{LAMP}/set", payload)
    assert appliance.state == state
    assert answers == [Message(LAMP, json.dumps(state), retain=True)]


@pytest.mark.parametrize(
    ("kind", "payload", "problem"),
    [
        ("light", '{"brightness": 300}', "from 0 to 254"),
        ("light", '{"brightness": true}', "from 0 to 254"),
        ("light", '{"color": "red"}', "no colour"),
        ("light", '{"position": 5}', "no converter available for 'position'"),
        ("switch", '{"state": "OPEN"}', "none of ON, OFF"),
        ("climate", '{"occupied_heating_setpoint": 50}', "from 5 to 30"),
        ("light", '{"state": ', "failed"),
    ],
)
def test_zigbee_refuses_what_it_does_not_understand(kind: str, payload: str, problem: str) -> None:
    appliance = zigbee(kind)
    before = dict(appliance.state)
    (answer,) = appliance.receive(f"{LAMP}/set", payload)
    assert appliance.state == before
    assert answer.topic == "zigbee2mqtt/bridge/logging"
    assert problem in json.loads(answer.payload)["message"]


def test_zigbee_answers_get_with_its_state() -> None:
    assert json.loads(zigbee("climate").receive(f"{LAMP}/get", "")[0].payload)["local_temperature"] == 19.5


@pytest.mark.parametrize(
    ("kind", "command", "payload", "answers"),
    [
        ("switch", "POWER", "ON", {"RESULT": '{"POWER": "ON"}', "POWER": "ON"}),
        ("switch", "Power1", "1", {"RESULT": '{"POWER": "ON"}', "POWER": "ON"}),
        ("switch", "POWER", "TOGGLE", {"RESULT": '{"POWER": "ON"}', "POWER": "ON"}),
        ("switch", "POWER", "", {"RESULT": '{"POWER": "OFF"}', "POWER": "OFF"}),
        ("light", "Dimmer", "25", {"RESULT": '{"POWER": "ON", "Dimmer": 25}', "POWER": "ON"}),
        ("light", "Color", "#ff0000", {"RESULT": '{"POWER": "ON", "Color": "#ff0000"}', "POWER": "ON"}),
        ("fan", "FanSpeed", "3", {"RESULT": '{"FanSpeed": 3}'}),
        ("cover", "ShutterPosition1", "70", {"RESULT": '{"ShutterPosition1": 70}'}),
        ("cover", "ShutterOpen1", "", {"RESULT": '{"ShutterPosition1": 100}'}),
    ],
)
def test_tasmota_obeys_and_answers(kind: str, command: str, payload: str, answers: dict[str, str]) -> None:
    appliance = tasmota(kind)
    messages = appliance.receive(f"cmnd/plug/{command}", payload)
    assert {message.topic: message.payload for message in messages} == {
        f"stat/plug/{part}": content for part, content in answers.items()
    }
    assert appliance.state | json.loads(answers["RESULT"]) == appliance.state


@pytest.mark.parametrize(
    ("kind", "command", "payload"),
    [
        ("switch", "POWER", "BRIGHT"),
        ("switch", "Dimmer", "20"),
        ("light", "Dimmer", "101"),
        ("light", "Dimmer", "half"),
        ("fan", "FanSpeed", "4"),
        ("cover", "Fly", ""),
    ],
)
def test_tasmota_refuses_what_it_does_not_understand(kind: str, command: str, payload: str) -> None:
    appliance = tasmota(kind)
    before = dict(appliance.state)
    messages = appliance.receive(f"cmnd/plug/{command}", payload)
    assert messages == [Message("stat/plug/RESULT", '{"Command": "Unknown"}')]
    assert appliance.state == before
