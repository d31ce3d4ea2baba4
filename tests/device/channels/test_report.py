from __future__ import annotations

import dataclasses
import json

import pytest

from device.assistant import Held
from device.channels.report import (
    answer_json,
    exchange_json,
    exchange_text,
    no_turn_json,
    turn_json,
    turn_text,
)
from device.dialogue.exchange import Exchange
from device.events import (
    Act,
    Affirm,
    Cancel,
    Change,
    Command,
    Confirmation,
    Deny,
    Intent,
    NotRecognized,
    Option,
    Outcome,
    Question,
    Reply,
    Request,
    Turn,
)
from tests.device import fakes


def turn(text: str | None = "turn on the lamp") -> Turn:
    return next(fakes.assistant((1.0,), [text]).turns(fakes.audio(4)))


def test_a_turn_as_json_is_as_documented() -> None:
    report = json.loads(json.dumps(turn_json(dataclasses.replace(turn(), file="kitchen.wav"))))
    timings = report.pop("timings")
    assert list(timings) == ["audio_s", "wake_ms", "hearing_ms", "speech_end_to_command_ms"]
    assert timings["audio_s"] == 1.0
    intent = {"name": "HassTurnOn", "slots": {"name": "lamp"}, "confidence": 0.9}
    assert report == {
        "file": "kitchen.wav",
        "detection": {"name": "hey mynah", "probability": 0.9, "at": 1.0},
        "endpoint": {"at": 2.0, "reason": "silence", "speech_end": 1.5},
        "transcript": {"text": "turn on the lamp", "confidence": 0.9},
        "text": "turn on the lamp",
        "intents": [intent],
        "intent": intent,
        "commands": [{"topic": "zigbee2mqtt/lamp/set", "payload": {"state": "ON"}}],
        "done": [],
        "reply": "Done",
        "question": None,
        "source": None,
        "due": None,
        "confirmation": None,
    }


QUESTION = Question(
    "Which lamp?",
    Intent("HassTurnOn", {}, 1.0),
    "choice",
    (Option("floor lamp", (), {}), Option("bedside lamp", (), {})),
)
STARTED = Change("timer.start", {"name": "pasta", "seconds": 300})
OUTCOME = Outcome(reply=Reply("Which lamp?"), done=(STARTED,), question=QUESTION)


def test_what_was_done_and_what_is_asked() -> None:
    report = turn_json(dataclasses.replace(turn(), outcome=OUTCOME))
    assert report["done"] == [{"do": "timer.start", "name": "pasta", "seconds": 300}]
    assert report["question"] == {"text": "Which lamp?", "options": ["floor lamp", "bedside lamp"]}


def test_turn_chat_and_understand_share_their_keys() -> None:
    exchange = Exchange("turn on the lamp", (), OUTCOME)
    assert exchange_json(exchange).keys() <= turn_json(turn()).keys()


def test_an_exchange_whose_commands_were_sent_tells_how_that_went() -> None:
    sent = Command("zigbee2mqtt/lamp/set", "ON")
    exchange = Exchange("", (), Outcome((sent,)), confirmation=Confirmation.FAILED)
    report = exchange_json(exchange, [sent])
    assert (report["confirmation"], report["dropped"]) == ("failed", report["commands"])


@pytest.mark.parametrize(
    ("acts", "intent", "slots", "confirmed"),
    [
        ((Affirm(),), None, {}, True),
        ((Deny(),), None, {}, False),
        ((Cancel(),), None, {}, None),
        ((NotRecognized("words", "no sentence that is known"),), None, {}, None),
        ((Request(Intent("HassTurnOn", {"name": "lamp"}, 0.9)),), "HassTurnOn", {"name": "lamp"}, None),
    ],
)
def test_what_was_said_to_the_question_of_somebody_else(
    acts: tuple[Act, ...], intent: str | None, slots: dict[str, str], confirmed: bool | None
) -> None:
    said = dataclasses.replace(turn("words"), acts=acts)
    assert answer_json(said) == {"text": "words", "intent": intent, "slots": slots, "confirmed": confirmed}


def test_nobody_answered_somebody_else() -> None:
    assert answer_json(turn(None)) == {"error": "nobody answered"}


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


def test_what_was_done_and_what_is_asked_as_text() -> None:
    lines = [
        '  does    {"do": "timer.start", "name": "pasta", "seconds": 300}',
        "  asks    Which lamp? (floor lamp, bedside lamp)",
    ]
    asked = dataclasses.replace(turn(), outcome=OUTCOME)
    for text in (turn_text(asked), exchange_text(Exchange("set a timer", (), OUTCOME))):
        assert [line for line in text.splitlines() if line in lines] == lines
