from __future__ import annotations

import pytest

from device.appliances.devices import Device, Room
from device.events import Intent
from device.home.model import Home
from device.home.reading import Layout
from device.skills.home.players import meant
from device.skills.home.select import Target

NAMES = ("tv", "radio", "speaker")


def home(here: str | None = None) -> Home:
    players = tuple(Device(name, "media_player", "mqtt", name, room=f"{name} room") for name in NAMES)
    return Home(Layout(rooms=tuple(Room(f"{name} room") for name in NAMES), devices=players, here=here))


def players(home: Home, intent: str) -> tuple[tuple[str, ...], bool]:
    """The players that are meant, and whether it is asked which."""
    target = meant(home, Intent(intent, {}, 1.0), Target(home.layout.devices, "all the players"))
    return tuple(device.name for device in target.devices), target.which is not None


def playing(home: Home, *names: str) -> Home:
    for name in NAMES:
        home.state.update(name, {"on": name in names})
    return home


@pytest.mark.parametrize(
    "intent", ["HassSetVolumeRelative", "HassSetVolume", "HassMediaNext", "HassMediaPause"]
)
def test_what_plays_is_meant(intent: str) -> None:
    assert players(playing(home(), "radio"), intent) == (("radio",), False)


def test_what_plays_here_comes_first() -> None:
    assert players(playing(home("tv room"), "radio", "tv"), "HassMediaNext") == (("tv",), False)
    assert players(playing(home("tv room"), "radio"), "HassMediaNext") == (("radio",), False)


def test_of_several_that_play_it_is_asked_which() -> None:
    assert players(playing(home(), "radio", "tv"), "HassMediaNext") == (("tv", "radio"), True)


def test_silence_is_for_all_that_play() -> None:
    assert players(playing(home(), "radio", "tv"), "HassMediaPause") == (("tv", "radio"), False)


def test_what_is_paused_goes_on() -> None:
    paused = playing(home(), "tv", "speaker")
    paused.state.update("speaker", {"activity": "paused"})
    assert players(paused, "HassMediaUnpause") == (("speaker",), False)
    assert players(paused, "HassMediaNext") == (("tv",), False)


def test_where_nothing_is_known_it_is_asked_which() -> None:
    assert players(home(), "HassMediaNext") == (NAMES, True)
    assert players(home("radio room"), "HassMediaNext") == (("radio",), False)
