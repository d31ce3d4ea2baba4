"""What is announced as a lock, a garage door or a gate is guarded under whatever name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from device.appliances.actions import Do
from device.appliances.announced import Announced
from device.appliances.devices import Device
from device.appliances.templates import Template
from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.events import Intent
from device.home.model import Home
from device.home.reading import Layout
from tests.device.talking import outcome_of

COVER = {"type": "cover", "features": [{"name": "state", "property": "state", "access": 7}]}
SWITCH = {"type": "switch", "features": [{"name": "state", "property": "state", "access": 7}]}
LOCK = {"type": "lock", "features": [{"name": "state", "property": "state", "access": 7}]}


def zigbee(name: str, description: str, expose: Any, address: str = "0x1") -> dict[str, Any]:
    definition = {"description": description, "exposes": [expose]}
    return {"friendly_name": name, "ieee_address": address, "type": "Router", "definition": definition}


def announced(*entries: dict[str, Any], groups: Any = ()) -> Announcements:
    found = Announcements()
    found.receive("zigbee2mqtt/bridge/devices", json.dumps(entries).encode())
    found.receive("zigbee2mqtt/bridge/groups", json.dumps(groups).encode())
    return found


@pytest.mark.parametrize(
    ("description", "expose", "told", "guarded"),
    [
        ("Garage door opener", COVER, "garage", True),
        ("Gate opener", COVER, "gate", True),
        ("Sliding gate/shutter controller", COVER, "gate", True),
        ("Roller shutter with gateway", COVER, "shutter", False),
        ("Zigbee curtains", COVER, "curtain", False),
        ("Garage door opener", SWITCH, None, True),
        ("Smart plug with child lock", SWITCH, None, False),
    ],
)
def test_descriptions(description: str, expose: Any, told: str | None, guarded: bool) -> None:
    (one,) = announced(zigbee("thing", description, expose)).found()
    assert (one.device.device_class, one.device.guarded) == (told, guarded)


@pytest.mark.parametrize(
    ("description", "own_class", "becomes", "guarded"),
    [
        ("Garage door opener", None, "garage", True),
        ("Roller blinds", None, "blind", False),
        ("Garage door opener", "shutter", "shutter", False),  # the user knows better
        ("Roller blinds", "gate", "gate", True),
    ],
)
def test_home_toml_takes_over_the_class(
    description: str, own_class: str | None, becomes: str, guarded: bool
) -> None:
    own = Device("big one", "cover", "zigbee2mqtt", "zigbee2mqtt/opener", device_class=own_class)
    layout, _ = joined(Layout(devices=(own,)), announced(zigbee("opener", description, COVER)).found())
    (device,) = layout.devices
    assert (device.device_class, device.guarded) == (becomes, guarded)


def test_what_is_called_a_switch_but_announced_as_a_garage_door_is_guarded() -> None:
    own = Device("big one", "switch", "zigbee2mqtt", "zigbee2mqtt/opener")
    found = announced(zigbee("opener", "Garage door opener", COVER)).found()
    layout, _ = joined(Layout(devices=(own,)), found)
    assert layout.devices[0].guarded


def test_a_group_with_one_guarded_member_is_guarded() -> None:
    found = announced(
        zigbee("blinds", "Roller blinds", COVER, "0x1"),
        zigbee("opener", "Gate opener", COVER, "0x2"),
        groups=[{"friendly_name": "shade", "members": [{"ieee_address": "0x1"}, {"ieee_address": "0x2"}]}],
    ).found()
    assert {one.device.name: one.device.guarded for one in found} == {
        "blinds": False,
        "opener": True,
        "shade": True,
    }


@pytest.mark.parametrize("topic", ["zigbee2mqtt/front door lock/set", "zigbee2mqtt/0x7/set"])
def test_a_lamp_that_opens_the_door_is_guarded(topic: str) -> None:
    found = announced(zigbee("front door lock", "Lock", LOCK, "0x7"))
    lamp = {"name": "kitchen lamp", "command_topic": topic, "payload_on": '{"state": "UNLOCK"}'}
    found.receive("homeassistant/light/lamp/config", json.dumps(lamp).encode())
    home = Home(joined(Layout(), found.found())[0])
    outcome = outcome_of(home, Intent("HassTurnOn", {"name": "kitchen lamp"}, 0.5))
    assert (outcome.commands, outcome.reply.text) == ((), "Shall I turn on the kitchen lamp?")


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_with_one_name_neither_is_told_anything_unasked(order: int) -> None:
    commands = {Do.ON: Template("x", "ON"), Do.OFF: Template("x", "OFF")}
    lamp = Announced("a", Device("entrance", "light", "mqtt", "a", commands=commands))
    lock = Announced("b", Device("entrance", "lock", "mqtt", "b", commands=commands))
    home = Home(joined(Layout(), [lamp, lock][::order])[0])
    outcome = outcome_of(home, Intent("HassTurnOff", {"name": "entrance"}, 1.0))
    assert outcome.commands == ()
    assert outcome.question is not None
    assert {option.label for option in outcome.question.options} == {"entrance one", "entrance two"}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_with_one_name_it_is_always_the_same(order: int) -> None:
    found = [Announced(text, Device("lamp", "light", "mqtt", text)) for text in "ab"]
    assert joined(Layout(), found[::order])[0].devices[0].topic == "a"
