from __future__ import annotations

import json
from typing import Any

import pytest

from device.appliances import zigbee2mqtt
from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.events import Command


def device(kind: str) -> Device:
    return Device("thing", kind, "zigbee2mqtt", "zigbee2mqtt/thing")


@pytest.mark.parametrize(
    ("kind", "action", "payload"),
    [
        ("light", Action(Do.ON), {"state": "ON"}),
        ("light", Action(Do.TOGGLE), {"state": "TOGGLE"}),
        ("light", Action(Do.BRIGHTNESS, 100), {"state": "ON", "brightness": 254}),
        ("light", Action(Do.BRIGHTNESS, 85), {"state": "ON", "brightness": 216}),
        ("light", Action(Do.BRIGHTNESS, 0.1), {"state": "ON", "brightness": 1}),
        ("light", Action(Do.BRIGHTNESS, 0), {"state": "OFF"}),
        ("light", Action(Do.COLOR, "red"), {"state": "ON", "color": {"hex": "#FF0000"}}),
        ("light", Action(Do.COLOR_TEMPERATURE, 4000), {"state": "ON", "color_temp": 250}),
        ("switch", Action(Do.OFF), {"state": "OFF"}),
        ("cover", Action(Do.ON), {"state": "OPEN"}),
        ("cover", Action(Do.OFF), {"state": "CLOSE"}),
        ("cover", Action(Do.STOP), {"state": "STOP"}),
        ("cover", Action(Do.POSITION, 25), {"position": 25}),
        ("lock", Action(Do.ON), {"state": "LOCK"}),
        ("lock", Action(Do.OFF), {"state": "UNLOCK"}),
        ("fan", Action(Do.ON), {"fan_mode": "on"}),
        ("fan", Action(Do.SPEED, 0), {"fan_mode": "off"}),
        ("fan", Action(Do.SPEED, 33), {"fan_mode": "low"}),
        ("fan", Action(Do.SPEED, 50), {"fan_mode": "medium"}),
        ("fan", Action(Do.SPEED, 100), {"fan_mode": "high"}),
        ("climate", Action(Do.TEMPERATURE, 19.5), {"occupied_heating_setpoint": 19.5}),
        ("climate", Action(Do.OFF), {"system_mode": "off"}),
        ("climate", Action(Do.ON), {"system_mode": "heat"}),
    ],
)
def test_commands(kind: str, action: Action, payload: dict[str, Any]) -> None:
    assert zigbee2mqtt.commands(device(kind), [action]) == (Command("zigbee2mqtt/thing/set", payload),)


@pytest.mark.parametrize(
    ("kind", "do"),
    [
        ("switch", Do.COLOR),
        ("lock", Do.TOGGLE),
        ("sensor", Do.ON),
        ("media_player", Do.PAUSE),
        ("fan", Do.TOGGLE),
    ],
)
def test_what_it_cannot_do(kind: str, do: Do) -> None:
    assert zigbee2mqtt.commands(device(kind), [Action(do, 1)]) == ()


def test_one_impossible_action_is_none_at_all() -> None:
    actions = [Action(Do.BRIGHTNESS, 50), Action(Do.COLOR, "no such colour")]
    assert zigbee2mqtt.commands(device("light"), actions) == ()


@pytest.mark.parametrize(
    ("kind", "message", "state"),
    [
        ("light", {"state": "ON", "brightness": 127}, {"on": True, "brightness": 50}),
        ("switch", {"state": "OFF", "power": 3.5}, {"on": False, "power": 3.5}),
        ("cover", {"state": "OPEN", "position": 0}, {"open": False, "position": 0, "aim": 100}),
        ("cover", {"state": "CLOSE", "position": 90}, {"open": True, "position": 90, "aim": 0}),
        ("cover", {"state": "OPEN", "position": 90}, {"open": True, "position": 90, "aim": 90}),
        ("cover", {"state": "CLOSE"}, {"open": False}),
        ("lock", {"state": "UNLOCK", "battery": 80}, {"locked": False, "battery": 80}),
        ("fan", {"fan_mode": "medium"}, {"on": True, "speed": 67}),
        ("fan", {"fan_state": "OFF"}, {"on": False}),
        (
            "climate",
            {"local_temperature": 20.1, "occupied_heating_setpoint": 21, "system_mode": "heat"},
            {"temperature": 20.1, "target": 21, "on": True},
        ),
        ("sensor", {"temperature": 4.5, "humidity": 80}, {"temperature": 4.5, "humidity": 80}),
        ("light", {"state": None, "brightness": None}, {}),
        ("light", ["ON"], {}),
    ],
)
def test_state(kind: str, message: Any, state: dict[str, Any]) -> None:
    payload = json.dumps(message).encode()
    assert zigbee2mqtt.state(device(kind), "zigbee2mqtt/thing", payload) == state


def test_state_that_is_no_json() -> None:
    assert zigbee2mqtt.state(device("light"), "zigbee2mqtt/thing", b"online") == {}
