"""What the demonstration expects, and how it judges and shows what happened."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from demo.appliances import State
from demo.house import Changed, Event, Published, Said
from demo.screen import Screen
from demo.script import Scene
from demo.zigbee2mqtt import Zigbee

TURN = {
    "transcript": {"text": "turn on the lamp", "confidence": 0.934},
    "intent": {"name": "HassTurnOn", "slots": {"name": "lamp"}, "confidence": 0.934},
    "reply": "Turned on the lamp",
    "timings": {"speech_end_to_command_ms": 38.2},
}


def changed(name: str, before: State, after: State) -> Changed:
    return Changed(Zigbee(name, "kitchen", "light", f"zigbee2mqtt/{name}"), before, after)


ON = changed("lamp", {"state": "OFF", "brightness": 254}, {"state": "ON", "brightness": 254})
DIMMED = changed("lamp", {"state": "ON", "brightness": 254}, {"state": "ON", "brightness": 64})
OTHER = changed("radio", {"state": "OFF"}, {"state": "ON"})


@pytest.mark.parametrize(
    ("wanted", "seen", "faults"),
    [
        ({"lamp": {"state": "ON"}}, [ON], []),
        ({"lamp": {"state": "ON", "brightness": 64}}, [ON, DIMMED], []),
        ({}, [], []),
        ({"lamp": {"state": "ON"}}, [], ["lamp should have state ON, but did not change"]),
        (
            {"lamp": {"brightness": 10}},
            [ON],
            ["lamp should have brightness 10, but has state ON, brightness 254"],
        ),
        ({"lamp": {"state": "ON"}}, [ON, OTHER], ["radio should not have changed"]),
        ({}, [OTHER], ["radio should not have changed"]),
    ],
)
def test_faults(wanted: dict[str, State], seen: list[Changed], faults: list[str]) -> None:
    scene = Scene(Path("turn on the lamp.flac"), wanted)
    assert scene.faults(seen) == faults
    assert scene.complete(seen) == (not [fault for fault in faults if "should have" in fault])


def test_screen_tells_what_was_heard_before_what_was_done() -> None:
    output = io.StringIO()
    screen = Screen(output)
    command = Published("zigbee2mqtt/lamp/set", "ON")
    for event in (Said("state", "listening"), command, ON, Said("turn", TURN), OTHER):
        screen.event(event)
    facts = [line.split()[0] for line in output.getvalue().splitlines()]
    assert facts == ["woke", "heard", "meant", "published", "changed", "replied", "changed"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Said("turn", TURN), "  heard      “turn on the lamp”  0.93"),
        (Said("turn", TURN), "  meant      HassTurnOn  name = lamp"),
        (Said("turn", TURN), "  replied    “Turned on the lamp”  38 ms after the endpoint"),
        (Said("turn", TURN | {"intent": None}), "  meant      nothing to act on"),
        (Said("turn", TURN | {"transcript": None, "intent": None}), "  heard      nothing"),
        (Published("cmnd/plug/POWER", "ON"), "  published  cmnd/plug/POWER  ON"),
        (ON, "  changed    lamp (kitchen): state OFF → ON"),
    ],
)
def test_screen_without_a_terminal_is_plain_text(event: Event, line: str) -> None:
    output = io.StringIO()
    Screen(output).event(event)
    assert line in output.getvalue().splitlines()
