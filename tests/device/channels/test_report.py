from __future__ import annotations

import dataclasses
import json

from device.assistant import Held
from device.channels.report import no_turn_json, turn_json, turn_text
from device.events import Turn
from tests.device import fakes


def turn(text: str | None = "turn on the lamp") -> Turn:
    return next(fakes.assistant((1.0,), [text]).turns(fakes.audio(4)))


def test_a_turn_as_json_is_as_documented() -> None:
    report = json.loads(json.dumps(turn_json(dataclasses.replace(turn(), file="kitchen.wav"))))
    timings = report.pop("timings")
    assert list(timings) == ["audio_s", "wake_ms", "hearing_ms", "speech_end_to_command_ms"]
    assert timings["audio_s"] == 1.0
    assert report == {
        "file": "kitchen.wav",
        "detection": {"name": "hey mynah", "probability": 0.9, "at": 1.0},
        "endpoint": {"at": 2.0, "reason": "silence", "speech_end": 1.5},
        "transcript": {"text": "turn on the lamp", "confidence": 0.9},
        "intent": {"name": "HassTurnOn", "slots": {"name": "lamp"}, "confidence": 0.9},
        "commands": [{"topic": "zigbee2mqtt/lamp/set", "payload": {"state": "ON"}}],
        "reply": "Done",
        "confirmation": None,
    }


def test_what_was_not_heard_or_meant_is_null() -> None:
    unheard, unmeant = turn_json(turn(None)), turn_json(turn("nice weather"))
    assert unheard["transcript"] is unheard["intent"] is None
    assert unmeant["transcript"]["text"] == "nice weather"
    assert unmeant["intent"] is None
    assert unmeant["commands"] == []
    assert unmeant["reply"] == "Sorry, I did not understand that"


def test_push_to_talk_has_no_detection() -> None:
    assistant = dataclasses.replace(fakes.assistant((), ["turn on the lamp"]), endpointer=Held())
    assert turn_json(assistant.push_to_talk(fakes.audio(1)))["detection"] is None


def test_dropped_commands_are_named_where_a_turn_was_published() -> None:
    sent = turn()
    assert "dropped" not in turn_json(sent)
    assert turn_json(sent, ())["dropped"] == []
    assert turn_json(sent, sent.commands)["dropped"] == turn_json(sent)["commands"]


def test_a_file_without_a_turn_has_the_same_keys() -> None:
    report = no_turn_json("silence.wav")
    assert report.keys() == turn_json(turn()).keys()
    assert report["file"] == "silence.wav"
    assert report["detection"] is report["timings"] is None


def test_a_turn_as_text() -> None:
    sent = turn()
    lines = [line.split(maxsplit=1) for line in turn_text(sent).splitlines()]
    assert lines[:4] == [
        ["woke", "hey mynah at 1.00 s"],
        ["heard", "turn on the lamp (0.90)"],
        ["meant", "HassTurnOn name='lamp'"],
        ["sent", 'zigbee2mqtt/lamp/set {"state": "ON"}'],
    ]
    assert lines[4][1].startswith("Done (")
    assert "dropped zigbee2mqtt/lamp/set" in turn_text(sent, sent.commands)
    assert "heard   nothing\n" in turn_text(turn(None))
