"""What depends on how things are: toggling, brighter and darker, and what "it" is."""

from __future__ import annotations

from typing import Any

import pytest

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.generic import Reading
from device.appliances.templates import Template
from device.events import Intent, Outcome
from device.home import reading
from device.home.model import EXAMPLE, Home
from device.home.reading import Layout
from tests.device.talking import outcome_of

ON_OFF = {Do.ON: Template("x/set", "on!"), Do.OFF: Template("x/set", "off!")}


def handle(home: Home, intent: str, /, **slots: Any) -> Outcome:
    return outcome_of(home, Intent(intent, slots, 1.0))


def text(outcome: Outcome) -> str:
    return outcome.reply.text


@pytest.mark.parametrize("kind", ["light", "switch", "fan", "climate", "cover", "lock"])
@pytest.mark.parametrize(("before", "payload"), [(True, "off!"), (False, "on!")])
def test_what_has_no_message_for_it_is_toggled_by_its_state(kind: str, before: bool, payload: str) -> None:
    device = Device("thing", kind, "mqtt", "x/set", commands=ON_OFF)
    home = Home(Layout(devices=(device,)))
    assert home.commands(device, [Action(Do.TOGGLE)]) == ()
    assert text(handle(home, "HassToggle", name="thing")) == "I do not know the state of the thing yet"
    key = {"cover": "open", "lock": "locked"}.get(kind, "on")
    home.state.update("thing", {key: before})
    outcome = handle(home, "HassToggle", name="thing")
    assert outcome.fine
    assert [command.payload for command in outcome.commands] == [payload]


def test_what_has_a_message_for_it_is_toggled_by_it() -> None:
    commands = {**ON_OFF, Do.TOGGLE: Template("x/set", "toggle!")}
    home = Home(Layout(devices=(Device("thing", "fan", "mqtt", "x/set", commands=commands),)))
    outcome = handle(home, "HassToggle", name="thing")
    assert outcome.fine
    assert [command.payload for command in outcome.commands] == ["toggle!"]
    assert outcome.reply.text == "Switched the thing"


def test_what_cannot_be_switched_cannot_be_toggled() -> None:
    home = Home(
        Layout(devices=(Device("thing", "vacuum", "mqtt", "x"), Device("door", "sensor", "mqtt", "y")))
    )
    for name in ("thing", "door"):
        assert text(handle(home, "HassToggle", name=name)) == f"I cannot do that with the {name}"


def test_a_toggled_device_is_expected_to_be_what_it_was_told() -> None:
    readings = (Reading("x/state", "on", true=("1",), false=("0",)),)
    fan = Device("fan", "fan", "mqtt", "x/set", commands=ON_OFF, native={"readings": readings})
    home = Home(Layout(devices=(fan,)))
    home.observe("x/state", b"1")
    outcome = handle(home, "HassToggle", name="fan")
    assert outcome.fine
    assert [(one.key, one.value) for one in outcome.expected] == [("on", False)]


@pytest.fixture
def home() -> Home:
    home = Home(reading.read(EXAMPLE))
    home.observe("zigbee2mqtt/floor lamp", b'{"state": "ON", "brightness": 127}')
    home.observe("zigbee2mqtt/kitchen lamp", b'{"state": "ON", "brightness": 127}')
    return home


def test_lights_of_one_brightness_are_told_together(home: Home) -> None:
    reply = text(handle(home, "HassLightSet", floor="downstairs", domain="light", brightness_step=20))
    assert reply == "Set the lights downstairs to 70 percent"
