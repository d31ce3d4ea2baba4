"""What the parts of announced devices are called."""

from __future__ import annotations

import json

import pytest

from device.appliances.devices import Room
from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.home.calling import called
from device.home.model import Home
from device.home.reading import Layout


@pytest.mark.parametrize(
    ("own", "device", "name"),
    [
        ("Chimney", "Chimney", "Chimney"),
        ("Chimney Chimney", "", "Chimney"),
        ("Chimney Chimney lamp", "", "Chimney lamp"),
        ("", "Chimney", "Chimney"),
        ("Chimney", "", "Chimney"),
        ("Switch", "Chimney", "Chimney"),
        ("MQTT Light", "Chimney", "Chimney"),
        ("Lamp", "Desk lamp", "Desk lamp"),
        ("Relay 2", "Chimney", "Chimney Relay 2"),
        ("Flue", "Chimney", "Chimney Flue"),
        ("chimney flue", "Chimney", "chimney flue"),
        ("Ceiling light", "Study", "Ceiling light"),
    ],
)
def test_names_of_parts(own: str, device: str, name: str) -> None:
    assert called(own, device).name == name


def home(announced: dict[str, object], rooms: tuple[str, ...] = ()) -> Home:
    announcements = Announcements()
    for topic, content in announced.items():
        announcements.receive(topic, json.dumps(content).encode())
    layout, problems = joined(Layout(rooms=tuple(map(Room, rooms))), announcements.found())
    assert problems == ()
    return Home(layout)


def part(name: str | None, device: str) -> dict[str, object]:
    return {"name": name, "cmd_t": f"{device}/{name}", "dev": {"name": device, "ids": device}}


def test_two_parts_of_one_name_have_their_devices_in_front() -> None:
    both = home(
        {
            "homeassistant/light/a/config": part("Wall light", "Study"),
            "homeassistant/light/b/config": part("Wall light", "Attic"),
            "tasmota/discovery/A1/config": {
                "dn": "Porch",
                "fn": ["Wall light"],
                "t": "p",
                "rl": [1],
                "ver": 1,
            },
        }
    )
    assert list(both.devices) == ["Study Wall light", "Attic Wall light", "Porch Wall light"]
    assert len(both.named("wall light")) == 3


def test_the_main_part_of_a_device_keeps_its_name() -> None:
    stove = home(
        {
            "homeassistant/switch/a/config": part("Switch", "Stove"),
            "homeassistant/climate/b/config": {**part(None, "Stove"), "temp_cmd_t": "s/t"},
        }
    )
    assert {name: device.kind for name, device in stove.devices.items()} == {
        "Stove": "climate",
        "Stove Switch": "switch",
    }


def test_pictures_are_not_said() -> None:
    both = home({"homeassistant/switch/a/config": part("🐟 Fish tank 💧", "x")})
    assert [device.called for device in both.layout.devices] == ["the Fish tank"]


def test_a_name_with_its_room_is_also_known_without() -> None:
    spots = {"type": "light", "features": [{"name": "state", "property": "state", "access": 7}]}
    announced = [
        {"friendly_name": f"{room}/wall spots", "ieee_address": room, "definition": {"exposes": [spots]}}
        for room in ("attic", "cellar")
    ]
    house = home({"zigbee2mqtt/bridge/devices": announced}, ("attic",))
    assert [device.room for device in house.layout.devices] == ["attic", "cellar"]
    assert [device.name for device in house.named("wall spots")] == ["attic wall spots", "cellar wall spots"]


def test_rooms_that_are_announced_are_rooms() -> None:
    exposes = [{"type": "switch", "features": [{"name": "state", "property": "state", "access": 7}]}]
    names = ("Workshop/drill", "shack/saw", "Salt/pepper mill", "A/C")
    announced = [
        {"friendly_name": name, "ieee_address": f"0x{name}", "definition": {"exposes": exposes}}
        for name in names
    ]
    pump = {"name": "Pump", "cmd_t": "pump", "dev": {"sa": "Boiler closet"}}
    house = home({"zigbee2mqtt/bridge/devices": announced, "homeassistant/switch/p/config": pump})
    assert {room.name for room in house.layout.rooms} == {"Boiler closet", "Workshop", "shack"}
    assert {device.name: device.room for device in house.layout.devices} == {
        "Pump": "Boiler closet",
        "Workshop drill": "Workshop",
        "shack saw": "shack",
        "Salt pepper mill": None,
        "A C": None,
    }
