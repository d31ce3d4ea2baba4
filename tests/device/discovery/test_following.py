"""The home changes while the daemon runs: learnt elsewhere, put in place between two turns."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.appliances.devices import Device, Room
from device.assembly.learning import Learner
from device.assembly.stages import make_assistant, make_follower, make_home
from device.audio import wav
from device.audio.pcm import chunked
from device.channels.homeassistant import announcement
from device.channels.own import Topics
from device.discovery.announcements import Announcements
from device.discovery.following import SETTLED, Follower
from device.events import Command, Transcript
from device.home.model import Home
from device.home.reading import Layout
from device.settings import HomeSettings, Settings
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, wait_for
from tests.device.test_process import Process
from tests.recordings import FOLDER, command

LAMP = {
    "ieee_address": "0x1",
    "type": "Router",
    "friendly_name": "kitchen lamp",
    "definition": {"exposes": [{"type": "light", "features": [{"name": "state", "property": "state"}]}]},
}
DEVICES = "zigbee2mqtt/bridge/devices"


class Taught:
    """A teacher whose homes are learnt when the test says so."""

    def __init__(self) -> None:
        self.begun: list[Layout] = []
        self.done: Any = None
        self.prepared = False

    @property
    def busy(self) -> bool:
        return bool(self.begun)

    def prepare(self) -> None:
        self.prepared = True

    def begin(self, layout: Layout) -> None:
        assert self.prepared
        self.begun.append(layout)

    def close(self) -> None:
        self.prepared = False

    def poll(self) -> Any:
        return self.done


class Learnt:
    problems = ("a name that cannot be heard",)


@pytest.fixture
def home() -> Home:
    return Home(Layout(rooms=(Room("kitchen"),)))


def announced(*names: str) -> bytes:
    return json.dumps([{**LAMP, "friendly_name": name} for name in names]).encode()


def test_a_flood_is_learnt_once_and_put_in_place_when_it_is(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    teacher = Taught()
    adopted: list[Any] = []
    followed: list[Any] = []

    def follow(topics: Iterable[str], queries: Iterable[Command]) -> None:
        followed.append((list(topics), [query.topic for query in queries]))

    follower = Follower(home, home.layout, Announcements(), teacher, adopted.append, follow)
    for number in range(5):
        follower.observe(DEVICES, announced(*["kitchen lamp", "fan"][: 1 + number % 2]), now=number * 0.1)
        follower.tick(number * 0.1)
    follower.observe("zigbee2mqtt/other", b"[]", now=0.5)
    assert teacher.begun == []
    follower.tick(0.4 + SETTLED + 0.01)
    assert [device.name for device in teacher.begun[0].devices] == ["kitchen lamp"]
    follower.tick(1.0)
    assert home.devices == {}
    assert adopted == []
    learnt = Learnt()
    teacher.done = (teacher.begun[0], learnt)
    follower.tick(1.1)
    assert list(home.devices) == ["kitchen lamp"]
    assert adopted == [learnt]
    assert followed == [
        (
            [
                "zigbee2mqtt/kitchen lamp",
                "zigbee2mqtt/kitchen lamp/availability",
                "zigbee2mqtt/bridge/state",
            ],
            ["zigbee2mqtt/kitchen lamp/get"],
        )
    ]
    assert "cannot be heard" in caplog.text


def test_what_changes_nothing_is_not_learnt(home: Home) -> None:
    teacher = Taught()
    follower = Follower(home, home.layout, Announcements(), teacher, lambda _: None, lambda _, __: None)
    follower.observe(DEVICES, announced("???"), now=0.0)
    assert teacher.prepared
    follower.tick(1.0)
    assert teacher.begun == []
    assert not teacher.prepared


def test_a_list_that_was_made_is_learnt(home: Home) -> None:
    teacher, lists = Taught(), home.layout.lists

    def told(layout: Layout) -> Layout:
        return layout if layout.lists == lists else replace(layout, lists=lists)

    follower = Follower(
        home,
        home.layout,
        Announcements(),
        teacher,
        lambda _: None,
        lambda _, __: None,
        told,
    )
    follower.tick(0.0)
    assert teacher.begun == []
    lists = (*lists, "packing list")
    follower.tick(1.0)
    follower.tick(2.0)
    assert teacher.begun[0].lists == (*home.layout.lists, "packing list")


def test_the_example_home_makes_way_only_for_what_is_announced() -> None:
    home, teacher = Home.load(), Taught()
    bare = Layout(rooms=home.layout.rooms)
    follower = Follower(home, bare, Announcements(), teacher, lambda _: None, lambda _, __: None)
    own = json.dumps(announcement(Topics("kitchen"), None, {"hey_mynah": "hey mynah"})).encode()
    follower.observe("homeassistant/device/mynah_kitchen/config", own, now=0.0)
    follower.tick(1.0)
    assert teacher.begun == []
    follower.observe(DEVICES, announced("kitchen lamp"), now=2.0)
    follower.tick(3.0)
    assert [device.name for device in teacher.begun[0].devices] == ["kitchen lamp"]


def test_another_process_learns_what_this_one_hears(tmp_path: Path) -> None:
    file = tmp_path / "home.toml"
    file.write_text('[[room]]\nname = "kitchen"\n')
    settings = Settings(home=HomeSettings(file=file))
    home = make_home(settings)
    assistant = make_assistant(settings, home, push_to_talk=True)
    follower = make_follower(settings, home, assistant, lambda _, __: None)
    assert follower is not None
    said = Transcript("turn on the kitchen lamp", 1.0)
    assert not assistant.conversation.respond(assistant.acts(said)).fine
    follower.observe(DEVICES, announced("kitchen lamp"), now=0.0)
    follower.tick(1.0)

    def there() -> bool:
        follower.tick(2.0)
        return bool(home.devices)

    wait_for(there)
    (sent,) = assistant.conversation.respond(assistant.acts(said)).commands
    assert sent.topic == "zigbee2mqtt/kitchen lamp/set"
    heard = assistant.hearing.transcribe(chunked([command()]))
    assert heard is not None
    assert heard.text == "turn on the kitchen lamp"


def test_a_home_that_cannot_be_learnt_is_told_and_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    learner = Learner(Settings(home=HomeSettings(sentences=(Path("/nowhere.yaml"),))))
    learner.begin(Layout())
    assert learner.busy
    wait_for(lambda: learner.poll() is None and not learner.busy)
    assert "cannot be compiled" in caplog.text
    learner.begin(Layout(devices=(Device("lamp", "light", "mqtt", "x"),)))
    learner.close()
    assert not learner.busy


def test_a_process_that_was_killed_is_replaced() -> None:
    learner = Learner(Settings())
    learner.prepare()
    assert not learner.busy
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    layout = Layout(devices=(Device("lamp", "light", "mqtt", "x"),))
    learner.begin(layout)
    found: list[Any] = []

    def learnt() -> Any:
        found.append(learner.poll())
        return found[-1]

    wait_for(learnt)
    assert found[-1][0] == layout
    assert not multiprocessing.active_children()


@needs_mosquitto
def test_what_is_announced_while_the_daemon_runs_can_be_said(tmp_path: Path, broker: Mosquitto) -> None:
    home = tmp_path / "home.toml"
    home.write_text('[[room]]\nname = "kitchen"\n')
    arguments = ("--input", "-", "--json", "--home", str(home))
    with (
        Subscriber(broker.port) as subscriber,
        Process(tmp_path, broker.port, *arguments, program="device.cli") as daemon,
    ):
        wait_for(lambda: subscriber.payloads("mynah/kitchen/availability") == ["online"])
        subscriber.say(DEVICES, announced("kitchen lamp").decode(), retain=True)

        def ready() -> bool:
            assert daemon.child.stdin
            daemon.child.stdin.write(np.zeros(8000, "<i2").tobytes())
            return "the home has 1 devices now" in daemon.log

        wait_for(ready)
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/kitchen lamp/get") == ['{"state": ""}'])
        samples = wav.read(FOLDER / "turn on the kitchen lamp.flac")
        assert daemon.child.stdin
        daemon.child.stdin.write(np.concatenate((samples, np.zeros(32_000, np.int16))).tobytes())
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/kitchen lamp/set"))
        assert subscriber.payloads("zigbee2mqtt/kitchen lamp/set") == ['{"state": "ON"}']
        subscriber.say(DEVICES, "", retain=True)
        wait_for(lambda: ready() or "the home has 0 devices now" in daemon.log)
        assert daemon.end()[0] == 0
