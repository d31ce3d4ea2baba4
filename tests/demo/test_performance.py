"""One scene of the demonstration against a daemon that obeys, errs or sleeps."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.__main__ import perform
from demo.appliances import State
from demo.house import House
from demo.screen import Screen
from demo.script import Scene
from device.audio import wav
from device.events import Samples
from tests.demo.conftest import Listener

TURN = json.dumps(
    {
        "transcript": {"text": "turn on the kitchen lamp", "confidence": 0.9},
        "intents": [{"name": "HassTurnOn", "slots": {"name": "kitchen lamp"}, "confidence": 0.9}],
        "done": [],
        "question": None,
        "reply": "Turned on the kitchen lamp",
        "timings": {"speech_end_to_command_ms": 30.0},
    }
)
LAMP_ON = ("zigbee2mqtt/kitchen lamp/set", '{"state": "ON"}')
COFFEE_ON = ("cmnd/coffee/POWER", "ON")
ANSWER = ("mynah/test/turn", TURN)
EXPECTED: dict[str, State] = {"kitchen lamp": {"state": "ON"}}


class Assistant:
    """Publishes `messages` when it is spoken to."""

    def __init__(self, listener: Listener, messages: list[tuple[str, str]]) -> None:
        self._listener, self._messages = listener, messages

    def say(self, samples: Samples) -> float:
        assert samples.size == 1600
        for topic, payload in self._messages:
            self._listener.publish(topic, payload)
        return 0.1


@pytest.mark.parametrize(
    ("messages", "expected", "verdict"),
    [
        ([LAMP_ON, ANSWER], EXPECTED, "as commanded"),
        ([ANSWER], {}, "as commanded"),
        ([ANSWER], EXPECTED, "kitchen lamp should have state ON, but did not change"),
        ([LAMP_ON, COFFEE_ON, ANSWER], EXPECTED, "coffee machine should not have changed"),
        ([], {}, "the wake word was not heard"),
    ],
)
def test_verdict(
    house: House,
    listener: Listener,
    tmp_path: Path,
    messages: list[tuple[str, str]],
    expected: dict[str, State],
    verdict: str,
) -> None:
    shown, passed = performed(house, listener, tmp_path, messages, changes=expected)
    assert verdict in shown
    assert passed == (verdict == "as commanded")


TIMER = json.dumps({"due": {"kind": "timer", "name": "pasta"}, "reply": "", "done": [], "question": None})


@pytest.mark.parametrize(
    ("more", "expected", "verdict"),
    [
        ([("mynah/test/due", TIMER)], {"due": "pasta"}, "as commanded"),
        ([], {"due": "pasta"}, "pasta did not fall due"),
        ([], {"asks": ("kitchen lamp",)}, "it should ask kitchen lamp"),
    ],
)
def test_verdict_on_what_mynah_itself_does(
    house: House,
    listener: Listener,
    tmp_path: Path,
    more: list[tuple[str, str]],
    expected: dict[str, Any],
    verdict: str,
) -> None:
    shown, passed = performed(house, listener, tmp_path, [ANSWER, *more], changes={}, **expected)
    assert verdict in shown
    assert passed == (verdict == "as commanded")


def performed(
    house: House, listener: Listener, folder: Path, messages: list[tuple[str, str]], **expected: Any
) -> tuple[str, bool]:
    """What is shown of a scene in which `messages` are published, and whether it went as `expected`."""
    recording = folder / "turn on the kitchen lamp.wav"
    wav.write(recording, np.zeros(1600, np.int16))
    output, assistant = io.StringIO(), Assistant(listener, messages)
    passed = perform(Scene(recording, **expected), assistant, house, Screen(output), patience=1.0)
    return output.getvalue(), passed
