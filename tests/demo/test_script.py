"""What the demonstration expects, and how it judges and shows what happened."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from demo.appliances import State
from demo.house import Changed, Event, Published, Said
from demo.screen import Screen
from demo.script import Scene
from demo.zigbee2mqtt import Zigbee

TURN = {
    "transcript": {"text": "turn on the lamp", "confidence": 0.934},
    "intents": [{"name": "HassTurnOn", "slots": {"name": "lamp"}, "confidence": 0.934}],
    "done": [],
    "question": None,
    "reply": "Turned on the lamp",
    "timings": {"speech_end_to_command_ms": 38.2},
}


def changed(name: str, before: State, after: State) -> Changed:
    return Changed(Zigbee(name, "kitchen", "light", f"zigbee2mqtt/{name}"), before, after)


QUESTION = {"text": "Which lamp?", "options": ["floor lamp", "bedside lamp"]}
STARTED = {"do": "timer.start", "name": "pasta", "seconds": 300}
DUE: dict[str, Any] = {
    "due": {"kind": "timer", "name": "pasta"},
    "reply": "Your pasta timer is done",
    "done": [],
    "question": None,
}
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
        (Said("turn", TURN | {"intents": []}), "  meant      nothing to act on"),
        (Said("turn", TURN | {"transcript": None, "intents": []}), "  heard      nothing"),
        (Said("turn", TURN | {"done": [STARTED]}), "  did        timer.start  name = pasta  seconds = 300"),
        (
            Said("turn", TURN | {"question": QUESTION}),
            "  asks       “Which lamp?”  floor lamp · bedside lamp",
        ),
        (Said("due", DUE), "  due        kind = timer  name = pasta"),
        (Said("due", DUE), "  said       “Your pasta timer is done”"),
        (Published("cmnd/plug/POWER", "ON"), "  published  cmnd/plug/POWER  ON"),
        (ON, "  changed    lamp (kitchen): state OFF → ON"),
    ],
)
def test_screen_without_a_terminal_is_plain_text(event: Event, line: str) -> None:
    output = io.StringIO()
    Screen(output).event(event)
    assert line in output.getvalue().splitlines()


@pytest.mark.parametrize(
    ("turn", "mistakes"),
    [
        (TURN | {"question": QUESTION, "done": [STARTED]}, []),
        (TURN | {"question": QUESTION}, ["do timer.start, seconds 300 should be done"]),
        (TURN | {"done": [STARTED]}, ["it should ask floor lamp, bedside lamp"]),
    ],
)
def test_what_is_asked_and_done_belongs_to_a_scene(turn: dict[str, Any], mistakes: list[str]) -> None:
    done = ({"do": "timer.start", "seconds": 300},)
    scene = Scene(Path("set a timer.flac"), {}, asks=("floor lamp", "bedside lamp"), done=done)
    assert scene.mistakes(turn) == mistakes
    assert Scene(Path("x"), {}).mistakes(TURN | {"question": QUESTION}) == ["it should ask nothing"]


def test_an_answer_is_shown_as_one() -> None:
    output = io.StringIO()
    screen = Screen(output)
    screen.event(Said("turn", TURN | {"question": QUESTION, "reply": QUESTION["text"]}))
    screen.event(Said("state", "listening"))
    screen.event(Said("turn", TURN | {"intents": []}))
    facts = [line.split()[0] for line in output.getvalue().splitlines()]
    assert facts == ["heard", "meant", "asks", "asked", "heard", "answers", "replied"]
