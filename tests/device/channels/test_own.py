"""Mynah's own topics: what is said there, and what may be asked."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest

from device import events
from device.audio.volume import Volume
from device.channels.asks import Ask, Listen, Mute, Pose, Say, Stop
from device.channels.own import Own, Topics
from device.channels.report import answer_json, exchange_json, turn_json
from device.channels.steps import Asked, Due, Muted, Refused, Said, Started, Told
from device.dialogue.exchange import Exchange
from device.events import Intent, Outcome, Question, Reply
from device.hearing.thresholds import Thresholds
from device.mqtt.connection import Asker, Message
from device.system.problems import Problems
from tests.device import fakes
from tests.device.hearing.test_thresholds import Word
from tests.device.trial import TOPICS, Broker, Trial, message

PANEL = Asker("panel/answers", b"7")


class Owner:
    """Own topics over a broker that keeps what it is told; `installs` counts the wishes to."""

    def __init__(self) -> None:
        self.broker, self.problems, self.installs = Broker(), Problems(), 0
        self.word = Word("hey mynah", 0.5)
        self.timers = "[]"
        self.volume = Volume(80)
        self.own = Own(
            TOPICS,
            self.broker,
            Thresholds([self.word]),
            self.volume,
            self.problems,
            self.install,
            lambda: self.timers,
        )

    def install(self) -> None:
        self.installs += 1

    def asked(self, message: Message) -> Iterable[Ask]:
        return list(self.own.receive(message))


@pytest.fixture
def owner() -> Owner:
    return Owner()


def test_topics_and_their_names() -> None:
    assert Topics("hall")["mute/set"] == "mynah/hall/mute/set"
    assert Topics("hall").name("mynah/hall/mute/set") == "mute/set"
    assert Topics("hall").name("mynah/kitchen/mute/set") == ""


def test_it_begins_with_how_things_stand(owner: Owner) -> None:
    owner.problems.say("microphone", "there is none")
    owner.own.take(Started())
    assert owner.broker.retained == [
        ("mynah/kitchen/mute", "OFF"),
        ("mynah/kitchen/threshold/hey_mynah", "0.5"),
        ("mynah/kitchen/timers", "[]"),
        ("mynah/kitchen/volume", "80"),
        ("mynah/kitchen/state", "idle"),
        ("mynah/kitchen/problem", '{"problems": ["there is none"]}'),
    ]
    owner.problems.say("microphone", "")
    assert owner.broker.values("problem")[-1] == '{"problems": []}'


def test_the_states_of_a_turn() -> None:
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"])).run(fakes.audio(4))
    assert trial.broker.states == ["idle", "listening", "thinking", "idle"]


def test_the_states_while_muted_and_afterwards() -> None:
    broker = Broker({2: message("mute/set", b"ON"), 20: message("mute/set", b"off")})
    Trial(fakes.assistant((2.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert broker.values("mute") == ["OFF", "ON", "OFF"]
    assert broker.states == ["idle", "muted", "idle", "listening", "thinking", "idle"]


def test_muted_within_a_turn_it_stays_so() -> None:
    broker = Broker({16: message("mute/set", b"ON")})
    Trial(fakes.assistant((1.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert broker.states[-1] == "muted"
    assert broker.posted == []


def test_a_turn_is_told_to_all_and_to_who_asked(owner: Owner) -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    owner.own.take(Told(turn, turn.commands))
    content = turn_json(turn, turn.commands)
    assert owner.broker.posted == [("mynah/kitchen/turn", content), ("mynah/kitchen/spoken", "Done")]
    assert owner.broker.answered == []
    owner.own.take(Told(turn, turn.commands, PANEL))
    assert owner.broker.answered == [(PANEL, content)]


NOON = datetime.datetime(2026, 3, 2, 12, 0)
RELAYED = Question("Shall I?", Intent("MynahAsk", {}, 1.0), "confirmation", relayed=True)


def test_who_asked_a_question_is_told_what_was_said_to_it(owner: Owner) -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    answer = replace(turn, question=RELAYED, outcome=Outcome())
    owner.own.take(Told(answer, (), PANEL))
    assert owner.broker.answered == [(PANEL, answer_json(answer))]


def test_what_falls_due_is_told(owner: Owner) -> None:
    due = events.Due("timer", 1, NOON, "pasta")
    exchange = Exchange(None, (), Outcome(reply=Reply("Your pasta timer is done")), due)
    owner.own.take(Due(exchange))
    assert owner.broker.posted == [
        ("mynah/kitchen/due", exchange_json(exchange, ())),
        ("mynah/kitchen/spoken", "Your pasta timer is done"),
    ]


def test_all_that_is_spoken_is_told(owner: Owner) -> None:
    for step in (Said("Dinner"), Said(""), Said("Supper", announced=True), Asked(RELAYED)):
        owner.own.take(step)
    texts = ["Dinner", "Supper", "Shall I?"]
    assert owner.broker.posted == [("mynah/kitchen/spoken", text) for text in texts]


def test_timers_are_looked_at_once_a_second(owner: Owner) -> None:
    owner.own.tick(10.0)
    owner.timers = '[{"name": "pasta"}]'
    owner.own.tick(10.9)
    assert owner.broker.values("timers") == ["[]"]
    owner.own.tick(11.0)
    assert owner.broker.values("timers") == ["[]", '[{"name": "pasta"}]']


def test_who_is_refused_is_told_why(owner: Owner) -> None:
    owner.own.take(Refused(PANEL, "muted"))
    assert owner.broker.answered == [(PANEL, {"error": "muted"})]


@pytest.mark.parametrize(
    ("asked", "asks"),
    [
        (message("mute/set", b"ON"), [Mute(True)]),
        (message("mute/set", b" off\n", retained=True), [Mute(False)]),
        (message("mute/set", b""), []),
        (message("mute/set", b"maybe"), []),
        (message("mute/set", b"\xff"), []),
        (message("listen", b"", asker=PANEL), [Listen(PANEL)]),
        (message("listen", b"", retained=True), []),
        (message("say", "dinner ☕".encode()), [Say("dinner ☕")]),
        (message("say", b"\xff"), [Say("\ufffd")]),
        (message("say", b"old", retained=True), []),
        (message("ask", "Café? ".encode(), asker=PANEL), [Pose("Café?", PANEL)]),
        (message("ask", b"x" * 900, asker=PANEL), [Pose("x" * 500, PANEL)]),
        (message("ask", b"Now?", retained=True, asker=PANEL), []),
        (message("stop", b""), [Stop()]),
        (message("stop", b"", retained=True), []),
        (message("state", b"idle"), []),
        (message("", b""), []),
        (Message("mynah/hall/listen", b""), []),
        (Message("listen", b""), []),
    ],
)
def test_what_may_be_asked(owner: Owner, asked: Message, asks: list[Ask]) -> None:
    assert owner.asked(asked) == asks


def test_a_wish_to_be_listened_to_that_waited_for_a_microphone_is_too_late(owner: Owner) -> None:
    late = Message(TOPICS["listen"], b"", asker=PANEL, at=time.monotonic() - 6)
    assert owner.asked(late) == []
    assert owner.broker.answered == [(PANEL, {"error": "too long ago"})]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Message(TOPICS["ask"], b"Now?", asker=PANEL, at=time.monotonic() - 6), "too long ago"),
        (message("ask", b" ", asker=PANEL), "no question: send its text"),
    ],
)
def test_a_question_that_is_not_asked(owner: Owner, asked: Message, error: str) -> None:
    assert owner.asked(asked) == []
    assert owner.broker.answered == [(PANEL, {"error": error})]


def test_a_question_without_a_response_topic_is_a_line(
    owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    assert owner.asked(message("ask", b"Now?")) == []
    (line,) = caplog.messages
    assert "mynah/kitchen/ask" in line
    assert "response topic" in line


def test_a_threshold_is_moved_and_told(owner: Owner) -> None:
    assert owner.asked(message("threshold/hey_mynah/set", b"0.8")) == []
    owner.asked(message("threshold/hey_mynah/set", b"0.9", retained=True))
    owner.asked(message("threshold/hey_mynah/set", b"loud"))
    owner.asked(message("threshold/hey_you/set", b"0.3"))
    assert owner.word.threshold == 0.8
    assert owner.broker.retained == [("mynah/kitchen/threshold/hey_mynah", "0.8")]


def test_an_update_is_installed_by_its_word_only(owner: Owner, caplog: pytest.LogCaptureFixture) -> None:
    owner.asked(message("update/install", b"no such wish"))
    owner.asked(message("update/install", b"INSTALL", retained=True))
    assert owner.installs == 0
    assert "update/install takes INSTALL, not b'no such wish'" in caplog.text
    owner.asked(message("update/install", b"INSTALL"))
    assert owner.installs == 1


def test_it_stays_muted_whatever_the_turn_comes_to(owner: Owner) -> None:
    owner.own.take(Muted(True))
    assert owner.broker.states == ["muted"]


@pytest.mark.parametrize(("payload", "level"), [(b"30", 30), (b"55.0", 55), (b"101", 80), (b"loud", 80)])
def test_the_volume_can_be_moved(owner: Owner, payload: bytes, level: int) -> None:
    assert list(owner.own.receive(message("volume/set", payload))) == []
    assert owner.volume.level == level
    owner.own.tick(0.0)
    assert owner.broker.values("volume")[-1] == str(level)
