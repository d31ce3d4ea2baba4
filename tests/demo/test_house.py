"""The simulated home on the embedded broker, driven by a client as the daemon drives it."""

from __future__ import annotations

import json

from demo.house import Changed, Event, House, Published, Said
from tests.demo.conftest import Listener


def events(house: House, count: int) -> list[Event]:
    return [house.events.get(timeout=5) for _ in range(count)]


def test_states_are_retained_for_whoever_comes_later(listener: Listener) -> None:
    assert json.loads(listener.wait_for("zigbee2mqtt/kitchen lamp")) == {"state": "OFF", "brightness": 254}
    assert listener.wait_for("tele/coffee/LWT") == "Online"


def test_a_zigbee_lamp_obeys_answers_and_is_seen_to_change(house: House, listener: Listener) -> None:
    listener.wait_for("zigbee2mqtt/kitchen lamp")
    listener.publish("zigbee2mqtt/kitchen lamp/set", '{"state": "ON"}')
    published, changed = events(house, 2)
    assert published == Published("zigbee2mqtt/kitchen lamp/set", '{"state": "ON"}')
    assert isinstance(changed, Changed)
    assert (changed.appliance.name, changed.values) == ("kitchen lamp", {"state": "ON"})
    assert json.loads(listener.wait_for("zigbee2mqtt/kitchen lamp"))["state"] == "ON"


def test_a_tasmota_plug_obeys_and_answers(house: House, listener: Listener) -> None:
    listener.publish("cmnd/coffee/POWER", "ON")
    assert listener.wait_for("stat/coffee/POWER") == "ON"
    assert house.states()["coffee machine"] == {"POWER": "ON"}


def test_a_command_that_changes_nothing_is_published_and_no_change(house: House, listener: Listener) -> None:
    listener.publish("cmnd/coffee/POWER", "OFF")
    listener.publish("mynah/test/state", "idle")
    assert events(house, 2) == [Published("cmnd/coffee/POWER", "OFF"), Said("state", "idle")]


def test_turns_are_read_as_json(house: House, listener: Listener) -> None:
    listener.publish("mynah/test/turn", '{"reply": "Done"}')
    listener.publish("mynah/other/turn", '{"reply": "Not ours"}')
    listener.publish("mynah/test/availability", "offline")
    assert events(house, 2) == [Said("turn", {"reply": "Done"}), Said("availability", "offline")]


def test_questions_are_answered_and_are_no_commands(house: House, listener: Listener) -> None:
    listener.publish("zigbee2mqtt/kitchen lamp/get", '{"state": ""}')
    listener.publish("cmnd/coffee/STATE", "")
    assert listener.wait_for("stat/coffee/RESULT") == '{"POWER": "OFF"}'
    listener.publish("mynah/test/state", "idle")
    assert events(house, 1) == [Said("state", "idle")]
