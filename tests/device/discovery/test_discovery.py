"""What brokers announce becomes devices that can be told what they can do, and nothing breaks on nonsense."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from device.appliances.actions import Action, Do
from device.appliances.announced import Announced
from device.appliances.devices import Device, Room
from device.cli import main
from device.discovery.announcements import Announcements
from device.discovery.joining import joined, placed, rooms_by_text
from device.events import Command
from device.home.model import Home
from device.home.reading import Layout
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto

FIXTURES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "fixtures.yaml").read_text("utf-8"))
ROOMS = tuple(map(Room, ("kitchen", "bedroom", "bathroom", "living room", "garden")))


@pytest.fixture
def announcements() -> Announcements:
    found = Announcements()
    for topic, content in FIXTURES.items():
        assert found.receive(topic, json.dumps(content).encode())
    return found


@pytest.fixture
def home(announcements: Announcements) -> Home:
    layout, problems = joined(Layout(rooms=ROOMS), announcements.found())
    assert problems == ()
    return Home(layout)


def test_everything_that_can_be_said_is_found(home: Home) -> None:
    found = {(device.name, device.kind, device.room) for device in home.layout.devices}
    assert found == {
        ("kitchen ceiling lamp", "light", "kitchen"),
        ("wall switch left", "switch", None),
        ("wall switch right", "switch", None),
        ("bedroom curtains", "cover", "bedroom"),
        ("bathroom radiator", "climate", "bathroom"),
        ("front door", "binary_sensor", None),
        ("floor lamp", "light", None),
        ("evening lights", "light", None),
        ("coffee machine", "switch", None),
        ("grinder", "switch", None),
        ("own ways", "switch", None),
        ("own words", "switch", None),
        ("Living room strip", "light", "living room"),
        ("Left shutter", "cover", None),
        ("Right shutter", "cover", None),
        ("Bathroom sensor", "sensor", "bathroom"),
        ("Garden light", "light", "garden"),
        ("Garage door", "cover", None),
        ("Heater", "switch", None),
        ("Heater Blower", "fan", None),
        ("Heater Temperature", "sensor", None),
        ("Hall motion", "binary_sensor", None),
        ("Cellar window", "binary_sensor", None),
        ("Pump", "switch", None),
        ("Pond pump", "switch", None),
        ("Pond lamp", "light", None),
        ("Pond jet", "fan", None),
    }


@pytest.mark.parametrize(
    ("name", "action", "command"),
    [
        ("kitchen ceiling lamp", Action(Do.BRIGHTNESS, 100), {"state": "ON", "brightness": 254}),
        ("kitchen ceiling lamp", Action(Do.COLOR_TEMPERATURE, 9000), {"state": "ON", "color_temp": 153}),
        ("wall switch left", Action(Do.ON), {"state_left": "ON"}),
        ("wall switch right", Action(Do.TOGGLE), {"state_right": "TOGGLE"}),
        ("bedroom curtains", Action(Do.POSITION, 40), {"position": 40}),
        ("bathroom radiator", Action(Do.TEMPERATURE, 21.5), {"current_heating_setpoint": 21.5}),
        ("own ways", Action(Do.ON), ("own/cmnd/POWER", "ON")),
        ("own words", Action(Do.OFF), ("cmd/words/POWER", "OFF")),
        ("floor lamp", Action(Do.BRIGHTNESS, 50), {"state": "ON", "brightness": 50}),
        ("evening lights", Action(Do.OFF), {"state": "OFF"}),
        ("grinder", Action(Do.ON), ("cmnd/tasmota_A1B2C3/POWER2", "ON")),
        ("Living room strip", Action(Do.COLOR_TEMPERATURE, 4000), ("cmnd/strip/CT", "250")),
        ("Right shutter", Action(Do.POSITION, 30), ("cmnd/shutters/ShutterPosition2", "30")),
        ("Garden light", Action(Do.ON), ("garden/light/set", '{"state": "ON"}')),
        (
            "Garden light",
            Action(Do.BRIGHTNESS, 40),
            ("garden/light/set", '{"state": "ON", "brightness": 102}'),
        ),
        ("Garage door", Action(Do.ON), ("garage/door/set", "up")),
        ("Garage door", Action(Do.POSITION, 20), ("garage/door/position/set", "20")),
        ("Heater Blower", Action(Do.SPEED, 60), ("heater/fan/speed/command", "60")),
        ("Pond pump", Action(Do.ON), ("pond/set", "PUMP")),
        ("Pond lamp", Action(Do.ON), ("pond/lamp/set", "ON")),
        ("Pond jet", Action(Do.OFF), ("jet/set", "OFF")),
    ],
)
def test_each_is_told_in_its_own_words(home: Home, name: str, action: Action, command: Any) -> None:
    device = home.devices[name]
    topic, payload = command if isinstance(command, tuple) else (f"{device.topic}/set", command)
    assert home.commands(device, [action]) == (Command(topic, payload),)


def test_what_it_cannot_do_it_is_not_told(home: Home) -> None:
    assert home.commands(home.devices["evening lights"], [Action(Do.COLOR, "red")]) == ()
    assert home.commands(home.devices["front door"], [Action(Do.ON)]) == ()
    assert home.commands(home.devices["bathroom radiator"], [Action(Do.TEMPERATURE, 45)]) == ()
    assert home.devices["Garage door"].guarded
    assert home.devices["bedroom curtains"].device_class == "curtain"


def test_states_are_read_by_the_announced_names(home: Home) -> None:
    home.observe("zigbee2mqtt/wall_switch", b'{"state_left": "ON", "state_right": "OFF"}')
    home.observe("zigbee2mqtt/floor lamp", b'{"state": "ON", "brightness": 40}')
    home.observe("zigbee2mqtt/bathroom radiator", b'{"current_heating_setpoint": 20}')
    assert home.state.of("wall switch left")["on"] is True
    assert home.state.of("wall switch right")["on"] is False
    assert home.state.of("floor lamp")["brightness"] == 40
    assert home.state.of("bathroom radiator")["target"] == 20


@pytest.mark.parametrize(
    ("name", "topic", "payload", "state"),
    [
        (
            "Garden light",
            "garden/light/state",
            '{"state": "ON", "brightness": 51}',
            {"on": True, "brightness": 20},
        ),
        ("Garage door", "garage/door/position", "35", {"position": 35, "open": True}),
        ("Garage door", "garage/status", "offline", {"reachable": False}),
        ("Heater", "heater/switch/relay/state", "OFF", {"on": False}),
        ("Heater Temperature", "heater/sensor/t/state", "21.5", {"temperature": 21.5}),
        ("Hall motion", "hall/motion", "ON", {"occupancy": True}),
        ("Cellar window", "cellar", '{"window": {"is open": true}}', {"contact": False}),
        ("Cellar window", "cellar", '{"window": 3}', {}),
        ("Pond pump", "pond/state", "PUMP", {"on": True}),
        ("Pond lamp", "pond/lamp", "OFF", {"on": False}),
        ("Pond jet", "pond/status", "~", {"reachable": True}),
        ("Pond jet", "pond/status", "offline", {"reachable": False}),
        ("Pump", "pump", "1", {"on": True}),
        ("Heater Temperature", "heater/sensor/t/state", "unavailable", {}),
        ("Heater Temperature", "heater/sensor/t/state", "[1]", {}),
    ],
)
def test_home_assistants_devices_tell_their_state(
    home: Home, name: str, topic: str, payload: str, state: dict[str, Any]
) -> None:
    home.observe(topic, payload.encode())
    assert home.state.of(name) == state


@pytest.mark.parametrize(
    ("mode", "reachable"),
    [
        ("all", [True, False, False, False, True]),
        ("any", [True, True, False, True, True]),
        ("latest", [True, False, False, True, True]),
        (None, [True, False, False, True, True]),
    ],
)
def test_several_may_say_whether_a_device_is_there(mode: str | None, reachable: list[bool]) -> None:
    said = [("hub", "online"), ("lamp", "offline"), ("hub", "offline"), ("lamp", "online"), ("hub", "online")]
    found = Announcements()
    content = {
        **{"name": "lamp", "cmd_t": f"{mode}/set", "stat_t": f"{mode}/state", "avty_mode": mode},
        "avty": [{"t": f"{mode}/lamp"}, {"topic": f"{mode}/hub"}],
    }

    def announced(area: str) -> Layout:
        text = json.dumps({**content, "dev": {"sa": area}}).encode()
        assert found.receive("homeassistant/light/lamp/config", text)
        return joined(Layout(rooms=ROOMS), found.found())[0]

    home = Home(announced("kitchen"))
    told = []
    for number, (who, word) in enumerate(said):
        if number == 3:
            home.rearrange(announced("garden"))
        home.observe(f"{mode}/{who}", word.encode())
        told.append(home.reachable(home.devices["lamp"]))
    assert told == reachable


@pytest.mark.parametrize(
    ("topic", "content"),
    [
        ("tele/thermo/SENSOR", {"Time": "now", "AM2301": {"Temperature": 19.5, "Humidity": 60}}),
        ("stat/thermo/STATUS10", {"StatusSNS": {"AM2301": {"Temperature": 19.5, "Humidity": 60}}}),
    ],
)
def test_what_only_measures_is_asked_and_tells(home: Home, topic: str, content: Any) -> None:
    asked = home.query(home.devices["Bathroom sensor"])
    assert asked == Command("cmnd/thermo/STATUS", "10")
    home.observe(topic, json.dumps(content).encode())
    assert home.state.of("Bathroom sensor") == {"temperature": 19.5, "humidity": 60}


def test_only_who_tells_is_waited_for(home: Home) -> None:
    waited = {name for name, one in home.devices.items() if home.expectation(one, [Action(Do.ON)])}
    assert {"Heater", "Garden light", "grinder"} <= waited
    assert "Heater Blower" not in waited


def test_what_only_measures_gives_way_to_what_can_do_something() -> None:
    found = Announcements()
    for kind, more in (("binary_sensor", {"state_topic": "g/s"}), ("cover", {"command_topic": "g/set"})):
        content = {"name": "Garage door", "unique_id": kind, "device_class": "garage", **more}
        found.receive(f"homeassistant/{kind}/garage/config", json.dumps(content).encode())
    layout, problems = joined(Layout(rooms=ROOMS), found.found())
    assert [(one.name, one.kind, one.aliases) for one in layout.devices] == [
        ("Garage door", "cover", ()),
        ("garage door sensor", "binary_sensor", ()),
    ]
    assert problems == ()


def test_an_announcement_may_change_and_be_taken_back(announcements: Announcements) -> None:
    topic = "homeassistant/light/garden/config"
    content = json.dumps(FIXTURES[topic]).encode()
    assert not announcements.receive(topic, content)
    assert announcements.receive(topic, content.replace(b"Garden", b"Terrace"))
    assert "Terrace light" in {one.device.name for one in announcements.found()}
    assert announcements.receive(topic, b"")
    assert not announcements.receive(topic, b"")
    assert "Terrace light" not in {one.device.name for one in announcements.found()}
    assert not announcements.receive("zigbee2mqtt/floor lamp", b"{}")
    assert not announcements.receive(topic, b"{")


def test_of_more_devices_than_a_home_can_have_some_are_left_out() -> None:
    own = Layout(devices=(Device("my lamp", "light", "mqtt", "my/lamp"),))
    found = [
        Announced("x", Device(f"lamp {number}", "light", "mqtt", f"x/{number}")) for number in range(2500)
    ]
    layout, problems = joined(own, found)
    assert len(layout.devices) == 2000
    assert layout.devices[0].name == "my lamp"
    assert problems == ("2501 devices are announced: Mynah uses only 2000 of them",)


def test_what_left_while_nobody_listened_is_forgotten() -> None:
    found = Announcements()
    lamps = {f"homeassistant/light/{name}/config": {"name": name, "cmd_t": f"{name}/set"} for name in "abc"}
    for topic, content in lamps.items():
        found.receive(topic, json.dumps(content).encode())
    found.doubt()
    assert not found.sweep(), "nothing at all was said again: the broker has forgotten, not the home"
    found.doubt()
    topic, content = next(iter(lamps.items()))
    assert not found.receive(topic, json.dumps(content).encode())
    assert found.sweep()
    assert [one.device.name for one in found.found()] == ["a"]


def test_a_flood_does_not_fill_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    found = Announcements()
    long = json.dumps({"name": "x" * 4_000_000, "cmd_t": "x"}).encode()
    taken = [found.receive(f"homeassistant/light/{number}/config", long) for number in range(6)]
    assert taken == [True] * 4 + [False] * 2
    assert "is ignored" in caplog.text
    assert found.receive("homeassistant/light/0/config", b"")
    assert found.receive("homeassistant/light/5/config", long)


def test_home_toml_wins_and_learns_what_it_does_not_say(announcements: Announcements) -> None:
    own = Device(
        "reading light",
        "light",
        "zigbee2mqtt",
        "zigbee2mqtt/floor lamp",
        aliases=("grinder",),
        can=frozenset({"brightness"}),
    )
    left = Device("wall switch left", "switch", "zigbee2mqtt", "zigbee2mqtt/wall_switch", room="kitchen")
    layout, _ = joined(Layout(rooms=ROOMS, devices=(own, left)), announcements.found())
    home = Home(layout)
    assert list(home.devices)[:2] == ["reading light", "wall switch left"]
    assert not {"floor lamp", "grinder"} & home.devices.keys()
    assert home.commands(home.devices["reading light"], [Action(Do.BRIGHTNESS, 40)]) == (
        Command("zigbee2mqtt/floor lamp/set", {"state": "ON", "brightness": 40}),
    )
    for side in ("left", "right"):
        (sent,) = home.commands(home.devices[f"wall switch {side}"], [Action(Do.ON)])
        assert sent.payload == {f"state_{side}": "ON"}
    assert home.devices["wall switch left"].room == "kitchen"


def test_two_of_one_name_are_told_apart_and_a_name_without_words_is_told() -> None:
    found = Announcements()
    for number, name in enumerate(("lamp", "Lamp!", "???")):
        content = {"name": name, "cmd_t": f"light/{number}/set"}
        found.receive(f"homeassistant/light/{number}/config", json.dumps(content).encode())
    layout, problems = joined(Layout(), found.found())
    assert [(device.name, device.aliases) for device in layout.devices] == [
        ("lamp one", ("lamp",)),
        ("lamp two", ("Lamp!",)),
    ]
    assert "'???' cannot be said" in problems[0]


@pytest.mark.parametrize(
    ("name", "suggested", "called", "room"),
    [
        ("kitchen/lamp", None, "kitchen lamp", "kitchen"),
        ("living_room/lamp", None, "living room lamp", "living room"),
        ("Living room lamp", None, "Living room lamp", "living room"),
        ("upstairs/lamp", "Kitchen", "upstairs lamp", "kitchen"),
        ("lamp", "cellar", "lamp", None),
    ],
)
def test_a_room_is_told_by_the_name(name: str, suggested: str | None, called: str, room: str | None) -> None:
    device = placed(Device(name, "light", "mqtt", "x", room=suggested), rooms_by_text(ROOMS))
    assert (device.name, device.room) == (called, room)


@pytest.mark.parametrize("topic", ["a/+/b", "", "x\0y", "a\x1f", "~/set", "$CONTROL/x", 5, None])
def test_a_topic_that_is_none_is_no_device(topic: Any) -> None:
    found = Announcements()
    content = {"name": "lamp", "command_topic": topic}
    found.receive("homeassistant/light/lamp/config", json.dumps(content).encode())
    assert found.found() == []


def broken(content: Any, rng: random.Random) -> Any:
    """`content` with some parts replaced by others that are not expected there."""
    if rng.random() < 0.08:
        return rng.choice([None, True, -1, 1e300, "", "a/+/#", "\0", [], {}, [[[]]], {"": None}, "ON"])
    if isinstance(content, dict):
        return {rng.choice([key, key, key, key, "x"]): broken(value, rng) for key, value in content.items()}
    if isinstance(content, list):
        return [broken(value, rng) for value in content]
    return content


def payloads(count: int) -> Iterator[tuple[str, bytes]]:
    rng = random.Random(1)
    topics = list(FIXTURES)
    for _ in range(count):
        topic = rng.choice(topics)
        text = json.dumps(broken(FIXTURES[topic], rng)).encode()
        yield topic, text if rng.random() < 0.9 else text[: rng.randrange(len(text) + 1)]


def test_nonsense_breaks_nothing() -> None:
    found = Announcements()
    for topic, payload in payloads(1500):
        found.receive(topic, payload)
        layout, _ = joined(Layout(rooms=ROOMS), found.found())
        home = Home(layout)
        home.queries()
        for device in home.layout.devices:
            for action in (Action(Do.ON), Action(Do.BRIGHTNESS, 50), Action(Do.TEMPERATURE, 20)):
                for command in home.commands(device, [action]):
                    assert not set(command.topic) & set("+#\0")
    assert not found.receive("homeassistant/light/deep/config", b"[" * 100_000)


@needs_mosquitto
def test_discover_lists_what_the_broker_announces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, home = tmp_path / "mynah.toml", tmp_path / "home.toml"
    home.write_text('[[room]]\nname = "kitchen"\n')
    with Mosquitto(tmp_path) as broker:
        config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
        discover = ["discover", "--config", str(config), "--home", str(home)]
        assert main(discover) == 0
        assert "nothing new" in capsys.readouterr().err
        with Subscriber(broker.port) as appliances:
            for topic, content in FIXTURES.items():
                appliances.say(topic, json.dumps(content), retain=True)
        assert main(discover) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 27
        light = (
            "kitchen ceiling lamp in the kitchen (light, zigbee2mqtt: brightness, color, color_temperature)"
        )
        assert light in lines
        bad = {"name": "lamp\ud800", "cmd_t": "a/set"}
        with Subscriber(broker.port) as appliances:
            appliances.say("homeassistant/light/bad/config", json.dumps(bad), retain=True)
        assert main([*discover, "--json"]) == 0
        names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
        assert "lamp" in names
