"""Mynah among the services of Rhasspy and Snips."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from device.channels.hermes import END, QUERY, SAY, START, Hermes, Site, slot
from device.events import Intent, NotRecognized, Transcript
from device.mqtt.connection import Asker, Message
from tests.device import fakes
from tests.device.trial import Broker, Trial, message


def understand(heard: Transcript) -> Intent | NotRecognized:
    return fakes.Understands().understand(heard, 0.0)


def site() -> Site:
    numbers = itertools.count(1)
    return Site("kitchen", understand, lambda: f"s{next(numbers)}")


def encoded(**content: Any) -> bytes:
    return json.dumps(content).encode()


def run(texts: list[str], *incoming: tuple[int, Message]) -> Trial:
    """A daemon that speaks Hermes, woken at 1 s unless something comes in; what else it posts is left out."""
    broker = Broker(dict(incoming))
    assistant = fakes.assistant((1.0,) if not incoming else (), texts)
    trial = Trial(assistant, broker, channels=[Hermes(site(), broker)]).run(fakes.audio(4))
    broker.posted = [(topic, content) for topic, content in broker.posted if topic.startswith("hermes/")]
    return trial


def test_a_turn_is_a_session() -> None:
    broker = run(["turn on the lamp"]).broker
    assert [topic for topic, _ in broker.posted] == [
        "hermes/hotword/hey_mynah/detected",
        "hermes/dialogueManager/sessionStarted",
        "hermes/asr/startListening",
        "hermes/asr/stopListening",
        "hermes/asr/textCaptured",
        "hermes/intent/HassTurnOn",
        "hermes/tts/say",
        "hermes/dialogueManager/sessionEnded",
    ]
    said = dict(broker.posted)
    assert said["hermes/hotword/hey_mynah/detected"]["modelId"] == "hey mynah"
    assert said["hermes/asr/textCaptured"]["text"] == "turn on the lamp"
    intent = said["hermes/intent/HassTurnOn"]
    assert intent["intent"] == {"intentName": "HassTurnOn", "confidenceScore": 0.9}
    (name,) = intent["slots"]
    assert (name["slotName"], name["rawValue"], name["range"]) == ("name", "lamp", {"start": 12, "end": 16})
    assert said["hermes/dialogueManager/sessionEnded"]["termination"] == {"reason": "nominal"}
    sessions = {content["sessionId"] for topic, content in broker.posted if "hotword" not in topic}
    assert len(sessions) == 1
    assert all(content["siteId"] == "kitchen" for _, content in broker.posted)


def test_what_is_not_understood_is_said_so() -> None:
    said = dict(run(["nice weather"]).broker.posted)
    assert said["hermes/nlu/intentNotRecognized"]["input"] == "nice weather"
    assert said["hermes/dialogueManager/sessionEnded"]["termination"] == {"reason": "intentNotRecognized"}


def test_a_session_asked_for_is_a_turn_with_its_data() -> None:
    wish = Message(START, encoded(siteId="kitchen", init={"type": "action", "text": "Yes?"}, customData="x1"))
    trial = run(["turn on the lamp"], (3, wish))
    broker = trial.broker
    assert trial.witness.texts == ["Yes?"]
    assert len(trial.turns) == 1
    assert [topic for topic, _ in broker.posted].count("hermes/dialogueManager/sessionStarted") == 1
    assert dict(broker.posted)["hermes/dialogueManager/sessionEnded"]["customData"] == "x1"


MUTE = message("mute/set", b"ON")


@pytest.mark.parametrize(
    ("texts", "others"),
    [(["fail"], {}), ([], {2: MUTE}), (["turn on the lamp"], {12: MUTE})],
    ids=["a fault", "muted", "muted meanwhile"],
)
def test_a_session_of_which_nothing_comes_is_over(texts: list[str], others: dict[int, Message]) -> None:
    wish = Message(START, encoded(siteId="kitchen", init={"type": "action"}))
    trial = run(texts, (3, wish), *others.items())
    topic, content = trial.broker.posted[-1]
    assert topic == "hermes/dialogueManager/sessionEnded"
    assert content["termination"] == {"reason": "abortedByUser"}
    assert trial.turns == []


def test_an_old_wish_is_none() -> None:
    wish = Message(START, encoded(siteId="kitchen", init={"type": "action"}), retained=True)
    assert run(["turn on the lamp"], (3, wish)).broker.posted == []


def test_a_notification_is_shown_and_nothing_else() -> None:
    asked = site().receive(START, encoded(init={"type": "notification", "text": "Dinner"}, siteId="kitchen"))
    assert (asked.say, asked.listen) == ("Dinner", False)
    assert [topic.rpartition("/")[2] for topic, _ in asked.answers] == ["sessionStarted", "sessionEnded"]


def test_a_wake_word_that_is_a_command_has_a_session_as_well() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    topics = [topic.rpartition("/")[2] for topic, _ in site().heard(turn)]
    assert topics == ["sessionStarted", "stopListening", "textCaptured", "HassTurnOn"]


def test_one_session_at_a_time() -> None:
    one = site()
    one.begun(None)
    ((topic, content),) = one.receive(START, encoded(init={"type": "action"}, customData="x")).answers
    assert topic.endswith("sessionEnded")
    assert (content["termination"], content["customData"]) == ({"reason": "error"}, "x")


def test_what_comes_to_nothing_ends_its_session() -> None:
    one = site()
    assert one.aborted() == ()
    one.begun(None)
    ((_, content),) = one.aborted()
    assert content["termination"] == {"reason": "abortedByUser"}
    assert "sessionStarted" in "".join(topic for topic, _ in one.begun(None))


def test_a_session_may_be_ended_before_its_turn_and_its_text_is_shown() -> None:
    one = site()
    ((_, started),) = one.receive(START, encoded(init={"type": "action"})).answers
    asked = one.receive(END, encoded(sessionId=started["sessionId"], text="Never mind"))
    assert asked.say == "Never mind"
    assert asked.answers[0][0].endswith("sessionEnded")
    assert one.receive(END, encoded(sessionId="other", text="x")).say == ""


def test_a_skill_may_say_something_to_a_turn_that_is_over() -> None:
    one = site()
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    session = one.heard(turn)[0][1]["sessionId"]
    one.told(turn)
    assert one.receive(END, encoded(sessionId=session, text="It is on now")).say == "It is on now"


def test_a_query_gets_an_intent_and_nothing_is_done() -> None:
    query = encoded(input="Turn on the lamp", id="q1", siteId="kitchen", sessionId="theirs")
    ((topic, content),) = site().receive(QUERY, query).answers
    assert topic == "hermes/intent/HassTurnOn"
    assert (content["id"], content["sessionId"], content["input"]) == ("q1", "theirs", "turn on the lamp")
    filtered = encoded(input="turn on the lamp", intentFilter=["HassTurnOff"])
    ((topic, _),) = site().receive(QUERY, filtered).answers
    assert topic == "hermes/nlu/intentNotRecognized"


def test_a_text_to_say_is_shown_and_finished() -> None:
    asked = site().receive(SAY, encoded(text="Dinner is ready", id="t1", siteId="kitchen"))
    assert asked.say == "Dinner is ready"
    assert asked.answers == (
        ("hermes/tts/sayFinished", {"id": "t1", "siteId": "kitchen", "sessionId": None}),
    )


def test_its_own_reply_is_not_said_to_itself() -> None:
    one = site()
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    one.heard(turn)
    reply = dict(one.told(turn))[SAY]
    assert one.receive(SAY, json.dumps(reply).encode()).say == ""


@pytest.mark.parametrize("topic", [QUERY, SAY, START, END])
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        encoded(siteId="bedroom", text="x", input="x"),
        encoded(init=[3]),
    ],
)
def test_nonsense_and_other_sites_are_left_alone(topic: str, payload: bytes) -> None:
    asked = site().receive(topic, payload)
    assert asked.say == ""
    assert topic == START or asked.answers == ()


def test_a_value_that_is_not_in_the_text_ranges_over_all_of_it() -> None:
    found = slot("brightness", 40, "set the lamp to forty percent", 0.8)
    assert found["value"] == {"kind": "Number", "value": 40}
    assert found["range"] == {"start": 0, "end": 29}


def test_who_asks_with_a_response_topic_gets_the_answer_there_as_well() -> None:
    asker = Asker("panel/answers", b"7")
    payload = encoded(siteId="kitchen", input="turn on the lamp")
    broker = run([], (3, Message(QUERY, payload, asker=asker))).broker
    ((topic, content),) = broker.posted
    assert topic == "hermes/intent/HassTurnOn"
    assert broker.answered == [(asker, content)]
