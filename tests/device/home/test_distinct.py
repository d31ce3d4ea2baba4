"""Devices that share a name can be told apart, and are asked for by the name that they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.appliances.devices import Device
from device.home.distinct import distinct
from device.home.model import Home


def lamp(name: str, room: str | None = None, aliases: tuple[str, ...] = ()) -> Device:
    return Device(name, "light", "zigbee2mqtt", f"zigbee2mqtt/{room}/{name}", room, aliases)


@pytest.mark.parametrize(
    ("devices", "names"),
    [
        ([lamp("lamp"), lamp("fan")], ["lamp", "fan"]),
        ([lamp("lamp", "kitchen"), lamp("Lamp", "bedroom")], ["kitchen lamp", "bedroom lamp"]),
        ([lamp("lamp"), lamp("lamp", "bedroom")], ["lamp one", "bedroom lamp"]),
        ([lamp("lamp"), lamp("lamp")], ["lamp one", "lamp two"]),
        ([lamp("lamp", "hall"), lamp("lamp", "hall")], ["hall lamp", "lamp one"]),
        ([lamp("lamp", "hall"), lamp("lamp"), lamp("hall lamp")], ["lamp one", "lamp two", "hall lamp"]),
        ([lamp("hall lamp", "hall"), lamp("hall lamp")], ["hall lamp one", "hall lamp two"]),
        ([lamp("lamp"), lamp("light", aliases=("Lamp",))], ["lamp one", "light"]),
    ],
)
def test_each_has_a_name_of_its_own(devices: list[Device], names: list[str]) -> None:
    assert [device.name for device in distinct(devices)] == names


def test_all_keep_the_name_that_they_share(tmp_path: Path) -> None:
    entry = '[[device]]\nname = "lamp"\nkind = "light"\nprotocol = "zigbee2mqtt"\n'
    rooms = '[[room]]\nname = "hall"\n[[room]]\nname = "attic"\n'
    file = tmp_path / "home.toml"
    file.write_text(f'{rooms}{entry}room = "hall"\ntopic = "a"\n{entry}room = "attic"\ntopic = "b"\n')
    home = Home.load(file)
    assert [device.name for device in home.named("lamp")] == ["hall lamp", "attic lamp"]
    assert [device.topic for device in home.named("attic lamp")] == ["zigbee2mqtt/b"]
