"""home.toml adds to what is announced, and takes over what it does not say itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device.appliances.actions import Do
from device.appliances.announced import Announced
from device.appliances.devices import Device
from device.appliances.templates import Template
from device.discovery.joining import joined, missing
from device.events import Intent
from device.home.model import Home
from device.home.reading import Layout, read
from tests.device.talking import outcome_of

ROOM = '[[room]]\nname = "bedroom"\n'
COLORS = frozenset({"brightness", "color"})


def layout(folder: Path, text: str) -> Layout:
    path = folder / "home.toml"
    path.write_text(ROOM + text, encoding="utf-8")
    return read(path)


def light(name: str, topic: str, **more: Any) -> Announced:
    return Announced(topic, Device(name, "light", "zigbee2mqtt", topic, **{"can": COLORS, **more}))


@pytest.mark.parametrize(
    ("entry", "called"),
    [
        ('name = "Desk Lamp"', "Desk Lamp"),
        ('topic = "desk_lamp"', "desk lamp"),
        ('topic = "zigbee2mqtt/desk_lamp"', "desk lamp"),
        ('name = "reading lamp"\ntopic = "desk_lamp"', "reading lamp"),
    ],
)
def test_an_entry_adds_by_name_or_topic(tmp_path: Path, entry: str, called: str) -> None:
    own = layout(tmp_path, f'[[device]]\n{entry}\nroom = "bedroom"\naliases = ["work light"]\n')
    assert own.devices == ()
    assert missing(own, []) != ()
    found = [light("desk_lamp", "zigbee2mqtt/desk_lamp"), light("work light", "zigbee2mqtt/other")]
    whole, problems = joined(own, found)
    (device,) = whole.devices
    assert (device.name, device.room, device.aliases) == (called, "bedroom", ("work light",))
    assert (device.kind, device.can) == ("light", COLORS)
    assert problems == ("zigbee2mqtt/other: 'work light' is another thing's name in home.toml",)
    assert missing(own, found) == ()


def test_what_it_can_do_may_be_said(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "desk"\ncan = ["brightness"]\n')
    whole, _ = joined(own, [light("desk", "zigbee2mqtt/desk")])
    assert whole.devices[0].can == {"brightness"}


def test_until_it_is_announced_it_is_not_there(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "desk"\nroom = "bedroom"\n')
    found = [light("lamp", "zigbee2mqtt/lamp")]
    whole, problems = joined(own, found)
    assert [device.name for device in whole.devices] == ["lamp"]
    assert problems == ()
    (line,) = missing(own, found)
    assert "'desk' of home.toml is not announced" in line


def test_of_several_on_a_topic_the_name_tells_which(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "wall left"\ntopic = "wall"\nroom = "bedroom"\n')
    sides = [light(f"wall {side}", "zigbee2mqtt/wall", native={"state": side}) for side in ("left", "right")]
    whole, _ = joined(own, sides)
    assert {device.name: device.room for device in whole.devices} == {
        "wall left": "bedroom",
        "wall right": None,
    }


def test_what_is_added_to_goes_before_others_of_its_name(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "lamp"\ntopic = "z"\n')
    whole, problems = joined(own, [light("lamp", "zigbee2mqtt/a"), light("other", "zigbee2mqtt/z")])
    assert [device.topic for device in whole.devices] == ["zigbee2mqtt/z"]
    assert len(problems) == 1


def test_another_name_does_not_take_the_guard_away(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "big one"\ntopic = "garage"\n')
    found = Announced("x", Device("garage", "switch", "zigbee2mqtt", "zigbee2mqtt/garage"))
    assert joined(own, [found])[0].devices[0].guarded


def test_scenes_may_use_what_will_be_announced(tmp_path: Path) -> None:
    scene = '[[scene]]\nname = "work"\nsteps = [{ device = "desk", state = "on" }]\n'
    own = layout(tmp_path, '[[device]]\nname = "desk"\n' + scene)
    home = Home(joined(own, [light("Desk", "zigbee2mqtt/desk")])[0])
    assert outcome_of(home, Intent("HassTurnOn", {"name": "work"}, 1.0)).fine


@pytest.mark.parametrize(
    ("entry", "announced", "can"),
    [
        ("", {}, COLORS),
        ('can = ["brightness"]', {}, {"brightness"}),
        ("", {"kind": "switch", "can": frozenset()}, set()),
        ("", {"kind": "cover", "can": frozenset({"position"})}, {"brightness"}),  # something else altogether
        ('commands = { brightness = { topic = "x" } }', {"can": frozenset()}, {"brightness"}),
    ],
)
def test_an_entry_with_a_kind_takes_over_what_it_can_do(
    tmp_path: Path, entry: str, announced: dict[str, Any], can: set[str]
) -> None:
    text = f'[[device]]\nname = "lamp"\nkind = "light"\nprotocol = "zigbee2mqtt"\n{entry}\n'
    made = {"name": "lamp", "kind": "light", "can": COLORS, **announced}
    found = Announced("x", Device(protocol="zigbee2mqtt", topic="zigbee2mqtt/lamp", **made))
    assert joined(layout(tmp_path, text), [found])[0].devices[0].can == can


def test_own_messages_are_added(tmp_path: Path) -> None:
    own = layout(tmp_path, '[[device]]\nname = "desk"\ncommands = { toggle = { topic = "x" } }\n')
    (device,) = joined(own, [light("desk", "zigbee2mqtt/desk")])[0].devices
    assert device.commands == {Do.TOGGLE: Template("x", "")}
