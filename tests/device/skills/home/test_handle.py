from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device.appliances.devices import Device, Floor, Room
from device.conversation.conversation import Conversation
from device.events import Affirm, Command, Intent, Outcome, Reply, Request, Transcript, impossible, refused
from device.home.model import Home
from device.home.reading import Layout
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from tests.device.talking import outcome_of

HOME = """
[[room]]
name = "garage"
[[device]]
name = "front door"
kind = "lock"
protocol = "zigbee2mqtt"
[[device]]
name = "garage door"
kind = "cover"
class = "garage"
room = "garage"
protocol = "tasmota"
topic = "gate"
[[device]]
name = "awning"
kind = "cover"
class = "awning"
protocol = "zigbee2mqtt"
[[device]]
name = "player"
kind = "media_player"
protocol = "tasmota"
topic = "player"
[[device]]
name = "own"
kind = "light"
protocol = "mqtt"
[device.commands]
on = { topic = "own/set", payload = "1" }
brightness = { topic = "own/dim", payload = "b={value}" }
[[device]]
name = "patio door"
kind = "sensor"
protocol = "zigbee2mqtt"
[[scene]]
name = "leave"
steps = [{ device = "front door", state = "unlocked" }]
send = [{ topic = "zigbee2mqtt/all/set", payload = '{"scene_recall": 3}' }]
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    path = tmp_path / "home.toml"
    path.write_text(HOME, encoding="utf-8")
    return Home.load(path)


def handle(home: Home, intent: str, confidence: float = 1.0, /, **slots: Any) -> Outcome:
    return outcome_of(home, Intent(intent, slots, confidence))


def sent(outcome: Outcome) -> list[tuple[str, Any]]:
    assert outcome.fine, outcome
    return [(command.topic, command.payload) for command in outcome.commands]


@pytest.mark.parametrize("name", ["front door", "garage door"])
def test_what_opens_the_house_on_a_doubtful_hearing_is_asked_back(home: Home, name: str) -> None:
    opens = "HassTurnOff" if name == "front door" else "HassTurnOn"
    closes = "HassTurnOn" if name == "front door" else "HassTurnOff"
    doubtful = handle(home, opens, 0.89, name=name)
    assert doubtful.commands == ()
    assert doubtful.reply.text == f"Shall I {'unlock' if name == 'front door' else 'open'} the {name}?"
    assert len(sent(handle(home, opens, 0.9, name=name))) == 1
    assert len(sent(handle(home, closes, 0.5, name=name))) == 1  # it harms nobody


def test_a_yes_counts_as_a_confident_hearing(home: Home) -> None:
    talk = Conversation(home)
    talk.respond([Request(Intent("HassTurnOff", {"name": "front door"}, 0.6))])
    assert sent(talk.respond([Affirm()])) == [("zigbee2mqtt/front door/set", {"state": "UNLOCK"})]


@pytest.mark.parametrize("slots", [{}, {"floor": "ground"}])
def test_much_on_a_doubtful_hearing_is_asked_back(slots: dict[str, str]) -> None:
    rooms = (Room("kitchen", "ground"), Room("hall", "ground"))
    lamps = tuple(Device(f"lamp {room.name}", "light", "tasmota", room.name, room.name) for room in rooms)
    home = Home(Layout(floors=(Floor("ground"),), rooms=rooms, devices=lamps))
    assert handle(home, "HassTurnOff", 0.5, **slots).question is not None
    assert len(sent(handle(home, "HassTurnOff", 0.7, **slots))) == 2
    assert len(sent(handle(home, "HassTurnOff", 0.5, domain="light"))) == 2


def test_scenes_with_locks_want_to_be_sure(home: Home) -> None:
    assert handle(home, "HassTurnOn", 0.5, name="leave").question is not None
    assert sent(handle(home, "HassTurnOn", 0.95, name="leave")) == [
        ("zigbee2mqtt/all/set", '{"scene_recall": 3}'),
        ("zigbee2mqtt/front door/set", {"state": "UNLOCK"}),
    ]


def test_confidence_for_locks_is_a_setting(tmp_path: Path) -> None:
    path = tmp_path / "home.toml"
    path.write_text("lock_confidence = 0.5\n" + HOME, encoding="utf-8")
    assert handle(Home.load(path), "HassTurnOff", 0.6, name="front door").fine


def test_all_covers_of_a_class_are_not_the_garage_door(home: Home) -> None:
    outcome = handle(home, "HassTurnOn", 0.5, domain="cover", device_class="blind")
    assert sent(outcome) == [("zigbee2mqtt/awning/set", {"state": "OPEN"})]


def test_scenes_cannot_be_turned_off(home: Home) -> None:
    assert handle(home, "HassTurnOff", name="leave") == impossible("I cannot do that with leave")


def test_spelled_out_commands(home: Home) -> None:
    assert sent(handle(home, "HassTurnOn", name="own")) == [("own/set", "1")]
    assert sent(handle(home, "HassLightSet", name="own", brightness=40)) == [("own/dim", "b=40")]
    assert not handle(home, "HassTurnOff", name="own").fine


def test_volume_steps_need_the_present_volume(home: Home) -> None:
    assert not handle(home, "HassSetVolumeRelative", name="player", volume_step="up").fine
    home.observe("stat/player/RESULT", b'{"MP3Volume": 35}')
    assert sent(handle(home, "HassSetVolumeRelative", name="player", volume_step="up")) == [
        ("cmnd/player/MP3Volume", "45")
    ]
    assert sent(handle(home, "HassSetVolumeRelative", name="player", volume_step=-50)) == [
        ("cmnd/player/MP3Volume", "0")
    ]


def test_color_and_brightness_are_one_message() -> None:
    outcome = handle(Home.load(), "HassLightSet", name="floor lamp", brightness=50, color="red")
    assert sent(outcome) == [
        ("zigbee2mqtt/floor lamp/set", {"state": "ON", "brightness": 127, "color": {"hex": "#FF0000"}})
    ]
    assert outcome.fine
    assert outcome.reply.text == "Set the floor lamp to 50 percent and red"


@pytest.mark.parametrize(
    ("name", "slots", "reason"),
    [
        ("orderDrink", {"drink": "latte"}, "Nothing in this home knows what to do for orderDrink"),
        ("HassTurnOn", {"name": "toaster"}, "There is no toaster"),
        ("HassLightSet", {"name": "own", "color": "mauve"}, "Sorry, I cannot set it to that"),
        ("HassLightSet", {"name": "own", "brightness": "bright"}, "Sorry, I cannot set it to that"),
        ("HassGetState", {"name": "toaster", "state": "on"}, "There is no toaster"),
        ("HassGetState", {"name": "own", "state": "happy"}, "I cannot tell whether something is happy"),
        ("HassClimateGetTemperature", {"name": "toaster"}, "I do not know the temperature yet"),
    ],
)
def test_reasons(home: Home, name: str, slots: dict[str, Any], reason: str) -> None:
    outcome = handle(home, name, **slots)
    assert not outcome.fine
    assert outcome.reply.text == reason


def test_contact_sensors_know_what_is_open(home: Home) -> None:
    home.observe("zigbee2mqtt/patio door", b'{"contact": false, "battery": 90}')
    outcome = handle(home, "HassGetState", name="patio door", state="open")
    assert outcome.fine
    assert outcome.reply.text == "Yes, the patio door is open"


def test_topics_and_queries_are_those_of_the_devices(home: Home) -> None:
    assert set(home.topics()) >= {"zigbee2mqtt/front door", "stat/gate/RESULT", "tele/player/STATE"}
    queries = home.queries()
    assert Command("zigbee2mqtt/front door/get", {"state": ""}) in queries
    assert Command("cmnd/gate/STATUS", "10") in queries


def test_messages_of_others_change_nothing(home: Home) -> None:
    home.observe("zigbee2mqtt/bridge/info", b'{"state": "online"}')
    home.observe("zigbee2mqtt/front door", b"\xff{not json")
    assert home.state.of("front door") == {}


@pytest.mark.parametrize("position", ["1e999", "NaN", "[" * 100_000])
def test_what_no_appliance_says_is_ignored(home: Home, position: str) -> None:
    home.observe("zigbee2mqtt/awning", f'{{"position": {position}}}'.encode())
    assert home.state.of("awning") == {}


@pytest.mark.parametrize("degrees", ["NaN", "1e999", "1" + "0" * 400, '"warm"', "[21]"])
def test_a_temperature_that_is_no_number_is_none(home: Home, degrees: str) -> None:
    home.observe("zigbee2mqtt/patio door", f'{{"temperature": {degrees}, "contact": true}}'.encode())
    assert home.state.of("patio door") == {"contact": True}


def test_what_left_is_forgotten() -> None:
    home = Home.load()
    home.observe("zigbee2mqtt/kitchen lamp", b'{"state": "ON"}')
    home.rearrange(home.layout)
    assert home.state.of("kitchen lamp") == {"on": True}
    home.rearrange(Layout())
    assert home.state.of("kitchen lamp") == {}


def test_what_is_gone_is_not_told_but_said() -> None:
    home = Home.load()
    home.observe("zigbee2mqtt/kitchen lamp/availability", b'{"state": "offline"}')
    outcome = handle(home, "HassTurnOn", name="kitchen lamp")
    assert (outcome.fine, outcome.commands) == (False, ())
    assert outcome.reply.text == "The kitchen lamp is not reachable"
    everything = sent(handle(home, "HassTurnOn", domain="light"))
    assert everything
    assert "zigbee2mqtt/kitchen lamp/set" not in [topic for topic, _ in everything]
    home.observe("zigbee2mqtt/kitchen lamp/availability", b"online")
    assert len(sent(handle(home, "HassTurnOn", name="kitchen lamp"))) == 1


def test_without_its_bridge_nothing_of_zigbees_is_reachable() -> None:
    home = Home.load()
    home.observe("zigbee2mqtt/bridge/state", b'{"state": "offline"}')
    outcome = handle(home, "HassTurnOn", name="kitchen lamp")
    assert (outcome.fine, outcome.commands) == (False, ())
    assert outcome.reply.text == "The kitchen lamp is not reachable"
    home.observe("zigbee2mqtt/bridge/state", b'{"state": "online"}')
    assert len(sent(handle(home, "HassTurnOn", name="kitchen lamp"))) == 1


def test_tasmota_says_by_its_last_will_that_it_is_gone(home: Home) -> None:
    home.observe("tele/player/LWT", b"Offline")
    outcome = handle(home, "HassSetVolume", name="player", volume_level=20)
    assert (outcome.fine, outcome.reply.text) == (False, "The player is not reachable")
    home.observe("tele/player/LWT", b"?")
    assert not home.reachable(home.devices["player"])
    home.observe("tele/player/LWT", b"Online")
    assert len(sent(handle(home, "HassSetVolume", name="player", volume_level=20))) == 1


def test_what_is_gone_is_left_out_and_named() -> None:
    home = Home.load()
    for name in ("kitchen lamp", "floor lamp"):
        home.observe(f"zigbee2mqtt/{name}/availability", b"offline")
    outcome = handle(home, "HassTurnOff", domain="light")
    assert [topic for topic, _ in sent(outcome)] == ["cmnd/hall/POWER", "cmnd/bedside/POWER"]
    assert outcome.fine
    assert outcome.reply.text == (
        "Turned off all the lights, the kitchen lamp and the floor lamp are not reachable"
    )
    assert {one.device for one in outcome.expected} == {"hall light", "bedside lamp"}


def test_scenes_leave_out_what_is_gone_and_name_it() -> None:
    home = Home.load()
    home.observe("tele/hall/LWT", b"Offline")
    outcome = handle(home, "HassTurnOn", name="good night")
    assert "cmnd/hall/POWER" not in [topic for topic, _ in sent(outcome)]
    assert len(sent(outcome)) == 5
    assert outcome.fine
    assert outcome.reply.text == "Activated good night, the hall light is not reachable"
    assert "hall light" not in {one.device for one in outcome.expected}


def test_a_scene_of_nothing_but_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "home.toml"
    path.write_text(HOME[: HOME.index("send = ")], encoding="utf-8")
    home = Home.load(path)
    home.observe("zigbee2mqtt/front door/availability", b"offline")
    assert handle(home, "HassTurnOn", name="leave") == refused("The front door is not reachable")


def test_a_home_without_rooms_understands_what_needs_none() -> None:
    garage = Device("garage door", "cover", "zigbee2mqtt", "zigbee2mqtt/garage door", device_class="garage")
    home = Home(Layout(devices=(garage,)))
    understanding = Understanding(Sentences.load(), home)
    home.observe("zigbee2mqtt/garage door", b'{"state": "OPEN"}')
    meaning = understanding.understand(Transcript("is the garage door open", 1.0))
    assert outcome_of(home, meaning).reply == Reply("Yes, the garage door is open")
