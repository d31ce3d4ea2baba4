from __future__ import annotations

from pathlib import Path

import pytest

from device.appliances.devices import Addition
from device.errors import HomeError
from device.events import Intent, refused
from device.home.model import EXAMPLE, Home
from device.home.reading import read
from device.understanding.numbers import spoken
from tests.device.talking import outcome_of

ROOMS = '[[room]]\nname = "Kitchen"\n'


def lamp(name: str = "lamp", rest: str = "") -> str:
    return f'[[device]]\nname = "{name}"\nkind = "light"\nprotocol = "zigbee2mqtt"\n{rest}\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "home.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_example_is_a_realistic_home() -> None:
    layout = read(EXAMPLE)
    assert {device.protocol for device in layout.devices} == {"zigbee2mqtt", "tasmota"}
    assert len(layout.devices) >= 8
    assert len({device.room for device in layout.devices}) >= 3
    kinds = {device.kind for device in layout.devices}
    assert kinds >= {"light", "switch", "cover", "climate", "fan", "media_player", "lock"}
    assert layout.scenes


def test_topics_of_the_protocols(tmp_path: Path) -> None:
    tasmota = '[[device]]\nname = "tv"\nkind = "switch"\nprotocol = "tasmota"\ntopic = "plug"\nrelay = 2\n'
    lamps = lamp("Lamp") + lamp("other", 'topic = "a/b"')
    path = write(tmp_path, 'zigbee2mqtt_topic = "zb"\n' + lamps + tasmota)
    assert [device.topic for device in read(path).devices] == ["zb/Lamp", "zb/a/b", "plug"]
    assert read(path).devices[2].relay == 2


def test_names_are_said_in_lower_case_words(tmp_path: Path) -> None:
    vocabulary = Home.load(write(tmp_path, lamp("Lamp 2", 'aliases = ["TV-Light"]'))).vocabulary
    assert [(name.text, name.value) for name in vocabulary.names] == [
        ("lamp two", "Lamp 2"),
        ("tv light", "Lamp 2"),
        ("tv lights", "Lamp 2"),
        ("lamp", "lamp"),
    ]


def test_a_light_without_the_word_has_it_added(tmp_path: Path) -> None:
    path = write(tmp_path, ROOMS + lamp("play corner") + lamp("kitchen") + lamp("desk lamp"))
    texts = {name.text for name in Home.load(path).vocabulary.names}
    lights = ["play corner light", "play corner lights"]
    assert texts == {
        "play corner",
        "kitchen",
        "desk lamp",
        *lights,
        "corner",
        "corner light",
        "corner lights",
        "lamp",
    }


def test_every_name_of_the_example_can_be_said() -> None:
    vocabulary = Home.load().vocabulary
    for name in (*vocabulary.names, *vocabulary.areas, *vocabulary.floors):
        assert name.text == spoken(name.text) != ""


def test_what_has_no_kind_and_no_protocol_adds_to_what_is_announced(tmp_path: Path) -> None:
    named = '[[device]]\nname = "desk"\naliases = ["work light"]\nroom = "Kitchen"\ncan = ["brightness"]\n'
    by_topic = '[[device]]\ntopic = "0x1"\nclass = "gate"\n'
    scene = '[[scene]]\nname = "work"\nsteps = [{ device = "desk", state = "on" }]\n'
    layout = read(write(tmp_path, ROOMS + lamp() + named + by_topic + scene))
    assert [device.name for device in layout.devices] == ["lamp"]
    assert layout.additions == (
        Addition("desk", None, "Kitchen", ("work light",), frozenset({"brightness"})),
        Addition(None, "0x1", device_class="gate"),
    )
    home = Home(layout)
    assert "desk" not in home.devices
    assert outcome_of(home, Intent("HassTurnOn", {"name": "work"}, 1.0)) == refused("There is no desk yet")


def test_an_empty_home_is_one(tmp_path: Path) -> None:
    assert read(write(tmp_path, "")).devices == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            lamp() + '[[scene]]\nname = "lamp"\nsend = [{ topic = "a" }]\n',
            6,
            "scene 'lamp' and device 'lamp' (line 1) are both called 'lamp'",
        ),
        (ROOMS + ROOMS, 3, "room 'Kitchen' and room 'Kitchen' (line 1)"),
        (
            ROOMS + lamp("lamp", 'room = "Kitchn"'),
            3,
            "unknown room 'Kitchn' of 'lamp'; did you mean 'Kitchen'?",
        ),
        (lamp("lamp", 'rom = "x"'), 1, "unknown key in [[device]] 'rom'; did you mean 'room'?"),
        ("devices = []\n", 1, "unknown key 'devices'; did you mean 'device'?"),
        ("[[devcie]]\n", 1, "unknown key 'devcie'; did you mean 'device'?"),
        ('[[device]]\nkind = "light"\n', 1, "a device has no name that can be said"),
        (lamp("?!"), 1, "a device has no name that can be said"),
        ('[[device]]\nname = "a"\nprotocol = "mqtt"\n', 1, "'a' has no kind; known are light, switch"),
        ('[[device]]\nname = "a"\nkind = "light"\n', 1, "'a' has no protocol; known are zigbee2mqtt"),
        ('[[device]]\nroom = "attic"\n', 1, "a device has no name that can be said"),
        ('[[device]]\nname = "a"\nroom = "attic"\n', 1, "unknown room 'attic' of 'a'"),
        ('[[device]]\ntopic = "a/#"\n', 1, "the topic of 'a/#' is 'a/#'"),
        ('[[device]]\nname = "a"\ncan = ["colour"]\n', 1, "unknown capability 'colour' of 'a'"),
        ('[[device]]\nname = "a"\nkind = "lihgt"\n', 1, "unknown kind 'lihgt' of 'a'; did you mean 'light'?"),
        ('[[device]]\nname = "a"\nkind = "light"\nprotocol = "zigbee"\n', 1, "did you mean 'zigbee2mqtt'?"),
        ('[[device]]\nname = "a"\nkind = "fan"\nprotocol = "tasmota"\n', 1, "device 'a' has no topic"),
        ('zigbee2mqtt_topic = "zigbee/#"\n' + lamp(), 1, "zigbee2mqtt_topic is 'zigbee/#'"),
        ("zigbee2mqtt_topic = 3\n" + lamp(), 1, "zigbee2mqtt_topic is 3"),
        (lamp("lamp", 'topic = "a/#"'), 1, "the topic of 'lamp' is 'a/#'"),
        (lamp("lamp", "range = [5, 1]"), 1, "the range of 'lamp' must be two numbers"),
        (lamp("lamp", "range = 5"), 1, "the range of 'lamp' must be a list"),
        (lamp("lamp", "options = [1]"), 1, "options must be a list of names"),
        ('[[device]]\nname = "a"\noptions = ["b"]\n', 1, "without kind and protocol 'options'"),
        ('exclude = "fridge"\n', 1, "exclude must be a list"),
        (lamp("lamp", "relay = 0"), 1, "the relay of 'lamp' is 0"),
        (lamp("lamp", 'can = ["colour"]'), 1, "unknown capability 'colour' of 'lamp'; did you mean 'color'?"),
        (lamp("lamp", 'aliases = "x"'), 1, "aliases must be a list"),
        (lamp("lamp", 'commands = { blink = { topic = "a" } }'), 1, "unknown command 'blink' of 'lamp'"),
        (lamp("lamp", 'commands = { on = "x" }'), 1, "must be a table"),
        ('[[room]]\nname = "a"\nfloor = "up"\n', 1, "unknown floor 'up' of 'a'; known are none"),
        ('[[scene]]\nname = "a"\n', 1, "scene 'a' does nothing"),
        (
            lamp() + '[[scene]]\nname = "a"\nsteps = [{ device = "lmap", state = "on" }]\n',
            6,
            "unknown device 'lmap' of 'a'; did you mean 'lamp'?",
        ),
        (
            lamp() + '[[scene]]\nname = "a"\nsteps = [{ device = "lamp", brightnes = 3 }]\n',
            6,
            "unknown key in a step of 'a' 'brightnes'; did you mean 'brightness'?",
        ),
        ('here = "attic"\n', None, "unknown room 'attic' of 'here'"),
        ("lock_confidence = 2\n", None, "lock_confidence is 2"),
        ("[[device\n", None, "not TOML"),
    ],
)
def test_what_is_wrong_with_a_home(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(HomeError) as raised:
        read(path)
    told = str(raised.value)
    assert told.startswith(f"{path}:{line}: " if line else f"{path}: "), told
    assert message in told
    assert "\n" not in told


def test_missing_home(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"none.toml: cannot be read \(No such file"):
        read(tmp_path / "none.toml")


def test_a_sensor_has_a_class_of_its_kind(tmp_path: Path) -> None:
    mat = '[[device]]\nname = "mat"\nkind = "binary_sensor"\nclass = "moisture"\nprotocol = "zigbee2mqtt"\n'
    [device] = read(write(tmp_path, mat)).devices
    assert device.device_class == "moisture"
    with pytest.raises(HomeError, match="unknown class 'blind' of 'mat'"):
        read(write(tmp_path, mat.replace("moisture", "blind")))


def test_rooms_outdoors_are_a_floor(tmp_path: Path) -> None:
    rooms = [("garden", None), ("roof terrace", "top"), ("patio door", None)]
    entries = (
        f'[[room]]\nname = "{name}"\n' + (f'floor = "{floor}"\n' if floor else "") for name, floor in rooms
    )
    text = '[[floor]]\nname = "top"\n' + "".join(entries)
    vocabulary = Home(read(write(tmp_path, text))).vocabulary
    assert [name.text for name in vocabulary.floors] == ["top", "outside"]


def test_upstairs_and_downstairs_are_above_the_cellar(tmp_path: Path) -> None:
    text = "".join(f'[[floor]]\nname = "{name}"\n' for name in ("basement", "ground floor", "first floor"))
    floors = {name.text: name.value for name in Home(read(write(tmp_path, text))).vocabulary.floors}
    assert (floors["downstairs"], floors["upstairs"]) == ("ground floor", "first floor")
