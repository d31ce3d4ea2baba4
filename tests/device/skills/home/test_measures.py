"""What sensors measure and find is told, whatever announces them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from device.assembly.chatting import Chat
from device.settings import Settings


def sensor(device: str, kind: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "stat_t": f"{device}/{kind}", "dev_cla": kind, "dev": {"name": device}, **more}


EXPOSED = [
    {"type": "binary", "name": "water_leak", "property": "water_leak", "access": 1},
    {"type": "numeric", "name": "battery", "property": "battery", "access": 1},
]
METER = [
    {"type": "switch", "features": [{"name": "state", "property": "state", "access": 7}]},
    {"type": "numeric", "name": "power", "property": "power", "access": 1},
]
ANNOUNCED = {
    "homeassistant/sensor/a/config": sensor("Sauna", "humidity", "Humidity"),
    "homeassistant/sensor/b/config": sensor("Sauna", "temperature", "Temperature", unit_of_meas="°F"),
    "homeassistant/sensor/c/config": sensor("Toaster", "power", "Power", unit_of_meas="kW"),
    "homeassistant/sensor/d/config": sensor("Lab", "carbon_dioxide", "CO2"),
    "homeassistant/switch/e/config": {"name": None, "cmd_t": "t/set", "dev": {"name": "Toaster"}},
    "homeassistant/binary_sensor/f/config": sensor("Landing", "smoke", "Smoke"),
    "homeassistant/binary_sensor/g/config": sensor("Pantry", "door", "Door"),
    "zigbee2mqtt/bridge/devices": [
        {"friendly_name": "sink mat", "ieee_address": "0x1", "definition": {"exposes": EXPOSED}},
        {"friendly_name": "drill plug", "ieee_address": "0x2", "definition": {"exposes": METER}},
    ],
}
SAID = {
    "Sauna/humidity": 12,
    "Sauna/temperature": 176,
    "Toaster/power": 0.9,
    "Lab/carbon_dioxide": 700,
    "Landing/smoke": "OFF",
    "Pantry/door": "ON",
    '"zigbee2mqtt/sink mat"': {"water_leak": True, "battery": 9},
    '"zigbee2mqtt/drill plug"': {"state": "OFF", "power": 0},
}


@pytest.fixture(scope="module")
def chat() -> Chat:
    found = Chat.of(Settings())
    for topic, content in (*ANNOUNCED.items(), *SAID.items()):
        payload = content if isinstance(content, str) else json.dumps(content)
        list(found.take(f"< {topic} {payload}"))
    return found


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("what is the humidity of the sauna", "The humidity of the Sauna is 12 percent"),
        ("what is the temperature of the sauna", "It is 80 degrees"),
        ("how much power does the toaster use", "The power of the Toaster is 900 watts"),
        ("what is the power of the drill plug", "The power of the drill plug is 0 watts"),
        ("what is the CO2 level", "The carbon dioxide is 700 parts per million"),
        ("how humid is it", "The humidity is 12 percent"),
        ("what is the battery level of the sink mat", "The battery of the sink mat is 9 percent"),
        ("which batteries are low", "The sink mat has a low battery"),
        ("is there a leak", "Yes, the sink mat finds water"),
        ("is the sink mat wet", "Yes, the sink mat finds water"),
        ("is there smoke", "No, there is no smoke"),
        ("is there gas", "There is nothing that could tell"),
        ("is the pantry open", "Yes, the Pantry is open"),
        ("what is the humidity in the kitchen", "I do not know the humidity in the kitchen yet"),
    ],
)
def test_sensors_answer(chat: Chat, text: str, reply: str) -> None:
    chat.begin()
    outcome = chat.say(text).outcome
    assert outcome.commands == ()
    assert outcome.reply is not None
    assert outcome.reply.text == reply
