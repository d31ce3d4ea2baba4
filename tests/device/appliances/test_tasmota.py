from __future__ import annotations

from typing import Any

import pytest

from device.appliances import tasmota
from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.events import Command


def device(kind: str, relay: int | None = None) -> Device:
    return Device("thing", kind, "tasmota", "thing", relay=relay)


@pytest.mark.parametrize(
    ("kind", "relay", "action", "command", "payload"),
    [
        ("light", None, Action(Do.ON), "POWER", "ON"),
        ("switch", 2, Action(Do.TOGGLE), "POWER2", "TOGGLE"),
        ("light", None, Action(Do.BRIGHTNESS, 25), "Dimmer", "25"),
        ("light", None, Action(Do.COLOR, "blue"), "Color", "#0000FF"),
        ("light", None, Action(Do.COLOR_TEMPERATURE, 2700), "CT", "370"),
        ("light", None, Action(Do.COLOR_TEMPERATURE, 1500), "CT", "500"),
        ("fan", None, Action(Do.ON), "FanSpeed", "3"),
        ("fan", None, Action(Do.OFF), "FanSpeed", "0"),
        ("fan", None, Action(Do.SPEED, 40), "FanSpeed", "2"),
        ("cover", None, Action(Do.ON), "ShutterOpen", ""),
        ("cover", 2, Action(Do.OFF), "ShutterClose2", ""),
        ("cover", None, Action(Do.STOP), "ShutterStop", ""),
        ("cover", 1, Action(Do.POSITION, 30), "ShutterPosition1", "30"),
        ("climate", None, Action(Do.TEMPERATURE, 20.5), "TempTargetSet", "20.5"),
        ("media_player", None, Action(Do.PAUSE), "MP3Pause", ""),
        ("media_player", None, Action(Do.VOLUME, 40), "MP3Volume", "40"),
    ],
)
def test_commands(kind: str, relay: int | None, action: Action, command: str, payload: str) -> None:
    expected = (Command(f"cmnd/thing/{command}", payload),)
    assert tasmota.commands(device(kind, relay), [action]) == expected


def test_one_message_an_action() -> None:
    actions = [Action(Do.BRIGHTNESS, 20), Action(Do.COLOR, "orange")]
    assert [each.topic for each in tasmota.commands(device("light"), actions)] == [
        "cmnd/thing/Dimmer",
        "cmnd/thing/Color",
    ]


@pytest.mark.parametrize(("kind", "do"), [("switch", Do.BRIGHTNESS), ("lock", Do.ON), ("sensor", Do.ON)])
def test_what_it_cannot_do(kind: str, do: Do) -> None:
    assert tasmota.commands(device(kind), [Action(do, 1), Action(Do.ON)]) == ()


@pytest.mark.parametrize(
    ("kind", "relay", "topic", "payload", "state"),
    [
        ("light", None, "stat/thing/POWER", b"ON", {"on": True}),
        ("switch", 2, "stat/thing/POWER2", b"OFF", {"on": False}),
        (
            "light",
            None,
            "stat/thing/RESULT",
            b'{"POWER": "ON", "Dimmer": 40}',
            {"on": True, "brightness": 40},
        ),
        ("switch", 2, "tele/thing/STATE", b'{"POWER1": "ON", "POWER2": "OFF"}', {"on": False}),
        ("fan", None, "stat/thing/RESULT", b'{"FanSpeed": 2}', {"on": True, "speed": 67}),
        (
            "cover",
            None,
            "stat/thing/RESULT",
            b'{"ShutterPosition1": 30}',
            {"open": True, "position": 30, "aim": 30},
        ),
        ("cover", None, "tele/thing/SENSOR", b'{"Time": "now"}', {}),
        (
            "cover",
            1,
            "stat/thing/RESULT",
            b'{"Shutter1": {"Position": 0}}',
            {"open": False, "position": 0, "aim": 0},
        ),
        (
            "cover",
            1,
            "stat/thing/RESULT",
            b'{"Shutter1": {"Position": 90, "Target": 0}}',
            {"open": True, "position": 90, "aim": 0},
        ),
        ("sensor", None, "tele/thing/SENSOR", b'{"AM2301": {"Temperature": 21.3}}', {"temperature": 21.3}),
        ("light", None, "stat/thing/RESULT", b'{"Command": "Unknown"}', {}),
        ("light", None, "stat/thing/RESULT", b"\xff", {}),
        ("light", None, "stat/thing/RESULT", b"[]", {}),
    ],
)
def test_state(kind: str, relay: int | None, topic: str, payload: bytes, state: dict[str, Any]) -> None:
    thing = device(kind, relay)
    assert tasmota.state(thing, topic, payload) == state


def test_topics() -> None:
    assert tasmota.topics(device("switch", 2)) == (
        "stat/thing/RESULT",
        "stat/thing/POWER2",
        "tele/thing/STATE",
        "tele/thing/SENSOR",
        "tele/thing/LWT",
    )
