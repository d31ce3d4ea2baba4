"""The channel to the person who is asked."""

from __future__ import annotations

import pytest

from device.channels.asks import Announce
from device.channels.desk import Desk
from device.channels.steps import Told
from device.desk.handed import ANSWERED, CLOSED, Handed
from device.events import Change, Endpoint, EndpointReason, Outcome, Reply, Timings, Transcript, Turn
from tests.device.trial import TOPICS, Broker, message

OPEN = Handed("0a1b", 100.0, "Mum", "how loud is it", sent=True)


class Trial:
    def __init__(self, *waiting: Handed) -> None:
        self.taken: list[Handed] = []
        self.now, self.broker = 130.0, Broker()
        self.desk = Desk(TOPICS, self.broker, waiting, self.taken.append, lambda: self.now)

    def say(self, text: str, reply: str = "OK", done: tuple[Change, ...] = ()) -> None:
        outcome = Outcome(reply=Reply(reply), done=done)
        end, timings = Endpoint(0, EndpointReason.SILENCE), Timings(1.0, 0.0, 0.0, 0.0)
        self.desk.take(Told(Turn(None, end, Transcript(text, 1.0), (), outcome, timings)))

    def answer(self, payload: str) -> list[object]:
        return list(self.desk.receive(message("desk/answer", payload.encode())))


def test_what_was_said_before_goes_with_the_question_once_it_is_agreed() -> None:
    trial = Trial()
    trial.say("turn on the fan", "I turned on the fan")
    trial.now += 1
    trial.say("how loud is it", "Shall I ask Mum?")
    assert trial.taken == []
    trial.say("yes", "I am asking Mum", (Change("handover", {"to": "Mum", "text": "how loud is it"}),))
    [handed] = trial.taken
    assert (handed.to, handed.text) == ("Mum", "how loud is it")
    assert handed.context == (("turn on the fan", "I turned on the fan"),)
    trial.now += 600
    trial.say("yes", "", (Change("handover", {"to": "Mum", "text": "why"}),))
    assert trial.taken[-1].context == ()


def test_an_answer_is_announced_once() -> None:
    trial = Trial(OPEN)
    assert trial.answer('{"id": "0a1b", "text": "turn on all the lights"}') == [
        Announce("Mum answers “how loud is it”: turn on all the lights")
    ]
    assert (trial.taken[0].state, trial.taken[0].answer) == (ANSWERED, "turn on all the lights")
    assert trial.broker.posted[0][1]["state"] == "answered"
    assert trial.answer('{"id": "0a1b", "text": "no"}') == []
    assert len(trial.taken) == 1


def test_a_question_is_closed_without_a_word() -> None:
    trial = Trial(OPEN)
    assert trial.answer('{"id": "0a1b", "close": true}') == []
    assert trial.taken[0].state == CLOSED


def test_ten_thousand_useless_answers_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    trial = Trial(OPEN)
    for number in range(10_000):
        assert trial.answer(f'{{"id": "{number}", "text": "x"}}') == []
    assert len(caplog.records) == 1
    assert "no question '0' is open" in caplog.text
    assert trial.taken == []


def test_what_the_broker_kept_is_no_answer() -> None:
    trial = Trial(OPEN)
    kept = message("desk/answer", b'{"id": "0a1b", "text": "x"}', retained=True)
    assert list(trial.desk.receive(kept)) == []


def test_what_had_not_left_before_leaves_now_and_what_is_old_is_closed() -> None:
    old = Handed("old", -2e6, "Mum", "x", sent=True)
    unsent = Handed("new", 100.0, "Mum", "y")
    trial = Trial(OPEN, unsent, old)
    assert [(one.id, one.state) for one in trial.taken] == [("new", "open"), ("old", "closed")]
