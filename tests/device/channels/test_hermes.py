"""Mynah among the services of Rhasspy and Snips."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from device.channels.hermes import Hermes
from device.channels.hermes_messages import CONTINUE, END, QUERY, SAY, START, slot
from device.channels.hermes_site import Site
from device.channels.steps import Due, Said
from device.dialogue.exchange import Exchange
from device.events import Intent, NotRecognized, Outcome, Question, Reply, Request, Transcript
from device.mqtt.connection import Asker, Message
from tests.device import fakes
from tests.device.trial import Broker, Mouth, Trial, message


def understand(heard: Transcript) -> Intent | NotRecognized:
    return fakes.Understands().understand(heard, 0.0)


def site() -> Site:
    numbers = itertools.count(1)
    return Site("kitchen", understand, lambda: f"s{next(numbers)}")


def encoded(**content: Any) -> bytes:
    return json.dumps(content).encode()


def run(
    texts: list[str],
    *incoming: tuple[int, Message],
    woken: bool | None = None,
    home: fakes.AnyHome | None = None,
) -> Trial:
    """A daemon that speaks Hermes, woken at 1 s unless something comes in; what else it posts is left out."""
    broker = Broker(dict(incoming))
    times = (1.0,) if (not incoming if woken is None else woken) else ()
    assistant = replace(fakes.assistant(times, texts), conversation=home or fakes.AnyHome())
    trial = Trial(assistant, broker, home, channels=[Hermes(site(), broker)]).run(fakes.audio(8))
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
    assert asked.ended == (("hermes/tts/sayFinished", {"id": "t1", "siteId": "kitchen", "sessionId": None}),)


SPEAKING = [("hermes/tts/say", encoded(text="Dinner is ready", id="t1", siteId="kitchen"), "tts/sayFinished")]
SPEAKING += [("hermes/audioServer/kitchen/playBytes/p7", b"RIFF", "audioServer/kitchen/playFinished")]


@pytest.mark.parametrize(("topic", "payload", "finished"), SPEAKING, ids=["say", "playBytes"])
def test_the_end_of_a_text_or_a_sound_is_told_when_it_is_over(
    topic: str, payload: bytes, finished: str
) -> None:
    broker = Broker({3: Message(topic, payload)})
    mouth = Mouth(speaks=True, chunks=20)
    trial = Trial(fakes.assistant(), broker, channels=[Hermes(site(), broker)], mouth=mouth)
    posted: list[int] = []
    for _ in trial.daemon.attend(fakes.audio(4)):
        posted.append(sum(f"hermes/{finished}" == topic for topic, _ in broker.posted))
    assert mouth.played
    assert posted.index(1) >= 3 + 20
    assert posted[-1] == 1
    assert broker.posted[-1][1]["id"] in ("t1", "p7")


def test_with_a_voice_of_its_own_it_asks_nobody_to_speak() -> None:
    one = Site("kitchen", understand, speaks=True)
    assert one.said("Done") == ()


def test_a_session_listens_once_its_text_was_said() -> None:
    wish = Message(START, encoded(siteId="kitchen", init={"type": "action", "text": "Yes?"}))
    broker, mouth = Broker({3: wish}), Mouth(speaks=True, chunks=10)
    assistant = fakes.assistant((), ["turn on the lamp"])
    trial = Trial(assistant, broker, channels=[Hermes(site(), broker)], mouth=mouth).run(fakes.audio(4))
    assert mouth.played[:2] == ["“Yes?”", "listening"]
    assert isinstance(assistant.hearing, fakes.Hears)
    assert assistant.hearing.given[0][0] >= 13 * fakes.CHUNK
    assert len(trial.turns) == 1


def test_its_own_reply_is_not_said_to_itself() -> None:
    one = site()
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    one.heard(turn)
    reply = dict(one.told(turn))[SAY]
    assert one.receive(SAY, json.dumps(reply).encode()).say == ""


@pytest.mark.parametrize("topic", [QUERY, SAY, START, CONTINUE, END])
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


def conversing(texts: list[str], *incoming: tuple[int, Message]) -> Trial:
    """The lamp is asked back about."""
    return run(texts, *incoming, woken=True, home=fakes.AnyHome(asks=frozenset({"lamp"})))


def said(trial: Trial) -> list[str]:
    """What was said in Hermes: the ends of the topics, and texts that are to be spoken."""
    return [
        content["text"] if topic == SAY else topic.rpartition("/")[2]
        for topic, content in trial.broker.posted
        if "hotword" not in topic
    ]


ONE_TURN = ["startListening", "stopListening", "textCaptured"]


def test_a_session_goes_on_while_a_question_is_open() -> None:
    trial = conversing(["turn on the lamp", "yes"])
    expected = ["sessionStarted", *ONE_TURN, "HassTurnOn", "Shall I?"]
    assert said(trial) == [*expected, *ONE_TURN, "MynahYes", "Done", "sessionEnded"]
    assert {content["sessionId"] for topic, content in trial.broker.posted if "hotword" not in topic} == {
        "s1"
    }
    assert trial.broker.posted[-1][1]["termination"] == {"reason": "nominal"}


def test_a_question_that_nobody_answers_ends_its_session() -> None:
    trial = conversing(["turn on the lamp"])
    assert said(trial).count("sessionEnded") == 1
    assert [turn.commands for turn in trial.turns] == [(), ()]


def test_muted_while_a_question_is_open_a_session_ends_once() -> None:
    trial = conversing(["turn on the lamp", "yes"], (30, MUTE))
    assert said(trial).count("sessionEnded") == 1
    assert trial.broker.posted[-1][1]["termination"] == {"reason": "abortedByUser"}


def continued(**content: Any) -> Message:
    return Message(CONTINUE, encoded(siteId="kitchen", sessionId="s1", text="And how bright?", **content))


@pytest.mark.parametrize(
    ("texts", "wanted", "meant"),
    [
        (["turn off the fan", "turn on the lamp"], ["HassTurnOn"], "HassTurnOn"),
        (["turn off the fan", "turn on the lamp"], ["HassTurnOff"], "intentNotRecognized"),
        (["turn off the fan", "yes"], ["MynahYes", "MynahNo"], "MynahYes"),
        (["turn off the fan", "turn on the lamp"], None, "HassTurnOn"),
    ],
    ids=["wanted", "not wanted", "yes", "all"],
)
def test_a_skill_may_continue_the_session_and_what_is_said_then_is_its_own(
    texts: list[str], wanted: list[str] | None, meant: str
) -> None:
    trial = run(texts, (28, continued(intentFilter=wanted, customData="x2")), woken=True)
    first = ["sessionStarted", *ONE_TURN, "HassTurnOff", "Done"]
    assert said(trial) == [*first, "And how bright?", *ONE_TURN, meant, "sessionEnded"]
    assert [turn.commands != () for turn in trial.turns] == [True, False]
    (_, ended) = trial.broker.posted[-1]
    reason = "intentNotRecognized" if meant == "intentNotRecognized" else "nominal"
    assert (ended["sessionId"], ended["customData"]) == ("s1", "x2")
    assert ended["termination"] == {"reason": reason}


@pytest.mark.parametrize(
    "incoming",
    [(28, Message(CONTINUE, encoded(sessionId="other", text="And?"))), (60, continued()), (14, continued())],
    ids=["another session", "too late", "too early"],
)
def test_no_other_session_is_continued(incoming: tuple[int, Message]) -> None:
    trial = run(["turn off the fan", "turn on the lamp"], incoming, woken=True)
    assert said(trial)[-1] == "sessionEnded"
    assert len(trial.turns) == 1


def test_a_session_that_waits_to_end_ends_before_the_next_begins() -> None:
    one = site()
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    one.heard(turn)
    one.told(turn)
    topics = [topic.rpartition("/")[2] for topic, _ in one.begun(None)]
    assert topics == ["sessionEnded", "sessionStarted", "startListening"]


def test_a_skill_may_end_the_session_at_once() -> None:
    one = site()
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    session = one.heard(turn)[0][1]["sessionId"]
    one.told(turn)
    asked = one.receive(END, encoded(sessionId=session))
    assert [topic.rpartition("/")[2] for topic, _ in asked.answers] == ["sessionEnded"]
    assert one.passed(60.0) == ()


@pytest.mark.parametrize(
    ("text", "meant"), [("turn on the lamp", "HassTurnOn"), ("turn off the fan", "intentNotRecognized")]
)
def test_who_begins_a_session_for_some_intents_gets_them_and_nothing_is_done(text: str, meant: str) -> None:
    init = {"type": "action", "text": "Shall I?", "intentFilter": ["HassTurnOn"]}
    trial = run([text], (3, Message(START, encoded(siteId="kitchen", init=init))))
    assert said(trial)[:-1] == ["sessionStarted", "Shall I?", *ONE_TURN, meant]
    assert trial.turns[0].commands == ()


def test_what_others_ask_over_our_own_topics_is_a_session_too() -> None:
    trial = run(["yes"], (3, message("ask", b"Shall I?", asker=Asker("panel/answers"))))
    assert said(trial) == ["sessionStarted", "Shall I?", *ONE_TURN, "MynahYes", "sessionEnded"]


def test_all_parts_of_a_sentence_are_meant_or_none() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    for more, topics in (
        (turn.acts[0], ["HassTurnOn"] * 2),
        (NotRecognized("x", ""), ["intentNotRecognized"]),
    ):
        heard = site().heard(replace(turn, acts=(turn.acts[0], more)))
        assert [topic.rpartition("/")[2] for topic, _ in heard[3:]] == topics


def test_what_is_asked_first_is_no_intent_yet() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    (act,) = turn.acts
    assert isinstance(act, Request)
    doubted = replace(act, asked="turn on the lamp")
    question = Question("Did you say “turn on the lamp”?", act.intent, "confirmation")
    for outcome, topics in ((Outcome(question=question), []), (Outcome(), ["HassTurnOn"])):
        heard = site().heard(replace(turn, acts=(doubted,), outcome=outcome))
        assert [topic.rpartition("/")[2] for topic, _ in heard if "intent" in topic] == topics


def test_what_falls_due_or_is_announced_is_spoken_and_what_others_say_is_not_said_twice() -> None:
    broker = Broker()
    hermes = Hermes(site(), broker)
    hermes.take(Due(Exchange(None, (), Outcome(reply=Reply("Your timer is done")))))
    hermes.take(Due(Exchange(None, (), Outcome())))
    hermes.take(Said("Dinner", announced=True))
    hermes.take(Said("The post is here"))
    said = [(topic, content["text"], content["sessionId"]) for topic, content in broker.posted]
    assert said == [(SAY, "Your timer is done", None), (SAY, "Dinner", None)]
