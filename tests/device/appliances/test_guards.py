"""Locks, garage doors, gates and alarms are guarded, whatever way they are described."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from device.appliances.actions import Action, Do
from device.appliances.devices import Device, Scene
from device.appliances.templates import Template
from device.events import Command, Intent
from device.home.model import Home
from device.home.reading import Layout
from tests.device.talking import outcome_of

LOCK = Device("front entrance", "lock", "zigbee2mqtt", "zigbee2mqtt/front door lock")


def sent_to(topic: str) -> dict[Do, Template]:
    return {Do.ON: Template(topic, "ON"), Do.OFF: Template(topic, "OFF")}


@pytest.mark.parametrize(
    ("kind", "name", "aliases", "guarded"),
    [
        ("switch", "garage", (), True),
        ("switch", "Alarm", (), True),
        ("switch", "relay two", ("the front-door opener",), True),
        ("switch", "relay two", ("side gates",), True),
        ("cover", "garage door", (), True),
        ("lock", "cellar", (), True),
        ("light", "front door light", (), False),
        ("light", "garage", (), False),
        ("switch", "gateway", (), False),
        ("switch", "block heater", (), False),
        ("cover", "bedroom blinds", (), False),
        ("binary_sensor", "patio door", (), False),
    ],
)
def test_names_tell_what_is_guarded(kind: str, name: str, aliases: tuple[str, ...], guarded: bool) -> None:
    device = Device(name, kind, "tasmota", "x", aliases=aliases)
    assert (name in Home(Layout(devices=(device,))).guarded) == guarded


@pytest.mark.parametrize(
    ("other", "guarded"),
    [
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("zigbee2mqtt/front door lock/set")), True),
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("zigbee2mqtt/0x1/set")), True),
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("zigbee2mqtt/front door/set")), False),
        (Device("lamp", "light", "zigbee2mqtt", LOCK.topic), True),
        (Device("lamp", "light", "zigbee2mqtt", LOCK.topic, native={"state": "state_right"}), False),
        (Device("lamp", "light", "zigbee2mqtt", f"{LOCK.topic}/lamp"), False),
        (Device("lamp", "light", "tasmota", "opener", relay=1), True),
        (Device("lamp", "light", "tasmota", "opener"), True),
        (Device("lamp", "light", "tasmota", "opener", relay=2), False),
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("cmnd/opener/POWER")), True),
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("alarm/set")), True),
        (Device("lamp", "light", "mqtt", "x", commands=sent_to("alarm/set/lamp")), False),
    ],
)
def test_who_sends_where_something_guarded_listens_is_guarded_too(other: Device, guarded: bool) -> None:
    lock = replace(LOCK, native={"state": "state", "address": "zigbee2mqtt/0x1"})
    garage = Device("garage", "switch", "tasmota", "opener")
    alarm = Device("alarm", "switch", "mqtt", "alarm/set", commands=sent_to("alarm/set"))
    for devices in ((lock, garage, alarm, other), (other, alarm, garage, lock)):
        home = Home(Layout(devices=devices))
        assert ("lamp" in home.guarded) == guarded
        outcome = outcome_of(home, Intent("HassTurnOn", {"name": "lamp"}, 0.5))
        assert (outcome.question is not None) == guarded


@pytest.mark.parametrize(
    ("more", "guarded"),
    [
        ({"steps": {"front entrance": (Action(Do.OFF),)}}, True),
        ({"steps": {"lamp": (Action(Do.ON),)}}, True),
        ({"sends": (Command("zigbee2mqtt/front door lock/set", "UNLOCK"),)}, True),
        ({"sends": (Command("zigbee2mqtt/desk/set", "ON"),)}, False),
    ],
)
def test_scenes_that_do_something_guarded(more: dict[str, Any], guarded: bool) -> None:
    lamp = Device("lamp", "light", "mqtt", "x", commands=sent_to("zigbee2mqtt/front door lock/set"))
    home = Home(Layout(devices=(LOCK, lamp), scenes=(Scene("leave", **more),)))
    intent = Intent("HassTurnOn", {"name": "leave"}, 0.5)
    assert (outcome_of(home, intent).question is not None) == guarded
    assert outcome_of(home, replace(intent, confidence=0.9)).fine
    if "sends" in more and guarded:
        assert outcome_of(home, intent).reply.text == "Shall I activate leave?"
