"""The radio is turned down while Mynah listens; afterwards it is as loud as before, or as it was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from device.appliances.devices import CAN, Device, Room
from device.assistant import Listening
from device.channels.steps import Idle
from device.daemon.ducking import PAUSE, Ducking
from device.events import (
    Command,
    Endpoint,
    EndpointReason,
    Expectation,
    Intent,
    Outcome,
    Request,
    Timings,
    Turn,
)
from device.home.model import Home
from device.home.reading import Layout

RADIO = Device("radio", "media_player", "tasmota", "radio", "kitchen", can=frozenset(CAN["media_player"]))
LAYOUT = Layout(
    rooms=(Room("kitchen"), Room("bedroom")),
    devices=(RADIO, replace(RADIO, name="stereo", topic="stereo", room="bedroom")),
    here="kitchen",
)


class Trial:
    """A kitchen in which time passes by steps."""

    def __init__(self, **known: Any) -> None:
        self.home = Home(LAYOUT)
        self.home.state.update("radio", {"on": True, "volume": 50, **known})
        self.home.state.update("stereo", {"on": True, "volume": 50})
        self.sent: list[float] = []
        self.speaking, self.now = False, 10.0
        self.duty = Ducking(self.home, self._send, lambda: self.speaking)

    def _send(self, commands: Iterable[Command]) -> None:
        for command in commands:
            assert command.topic.startswith("cmnd/radio/")
            self.sent.append(float(str(command.payload)))
            self.home.state.update("radio", {"volume": self.sent[-1]})

    def wait(self, seconds: float = 0.0) -> None:
        self.now += seconds
        self.duty.tick(self.now)

    def listened(self, then: Turn | None = None) -> None:
        self.duty.take(Listening(None))
        self.wait()
        if then is not None:
            self.duty.take(then)
            self.home.state.update("radio", {"volume": then.outcome.expected[0].value})
        self.duty.take(Idle())
        self.wait()
        self.wait(PAUSE + 0.1)


def turn(volume: float, **slots: Any) -> Turn:
    request = Request(Intent("HassSetVolume", slots, 1.0))
    outcome = Outcome(expected=(Expectation("radio", "the radio", "volume", volume),))
    endpoint = Endpoint(0, EndpointReason.SILENCE)
    return Turn(None, endpoint, None, (request,), outcome, Timings(0.0, 0.0, 0.0, 0.0))


def test_it_goes_down_and_back() -> None:
    trial = Trial()
    trial.listened()
    assert trial.sent == [15, 50]


def test_it_stays_down_while_mynah_speaks() -> None:
    trial = Trial()
    trial.speaking = True
    trial.wait()
    trial.wait(60)
    assert trial.sent == [15]
    trial.speaking = False
    trial.wait()
    trial.wait(PAUSE + 0.1)
    assert trial.sent == [15, 50]


def test_what_was_asked_for_is_not_undone() -> None:
    trial = Trial()
    trial.listened(turn(80, volume_level=80))
    assert trial.sent == [15]


def test_louder_is_louder_than_before() -> None:
    trial = Trial()
    trial.listened(turn(25, volume_step=10))
    assert trial.sent == [15, 60]


def test_what_somebody_else_sets_is_not_undone() -> None:
    trial = Trial()
    trial.duty.take(Listening(None))
    trial.home.state.update("radio", {"volume": 33})
    trial.duty.take(Idle())
    trial.wait()
    trial.wait(PAUSE + 0.1)
    assert trial.sent == [15]


def test_what_was_turned_off_waits_until_it_is_on() -> None:
    trial = Trial()
    trial.duty.take(Listening(None))
    trial.home.state.update("radio", {"on": False})
    trial.duty.take(Idle())
    trial.wait(5)
    trial.wait(PAUSE + 0.1)
    assert trial.sent == [15]
    trial.home.state.update("radio", {"on": True})
    trial.wait(1)
    assert trial.sent == [15, 50]


@pytest.mark.parametrize("known", [{"volume": 10}, {"on": False}, {"activity": "paused"}])
def test_what_disturbs_nobody_is_left_alone(known: dict[str, Any]) -> None:
    trial = Trial(**known)
    trial.listened()
    assert trial.sent == []
