from __future__ import annotations

import datetime
from typing import Any

import pytest

from device.conversation.conversation import Conversation
from device.events import Intent, Outcome, Question, Repeat, refused
from device.home import reading
from device.home.model import EXAMPLE, Home
from device.home.reading import Layout
from tests.device.talking import outcome_of


class Clock:
    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 3, 6, 19, 5)

    def __call__(self) -> datetime.datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += datetime.timedelta(**duration)


def handle(talk: Conversation, intent: str, **slots: Any) -> Outcome:
    return outcome_of(talk, Intent(intent, slots, 1.0))


def text(outcome: Outcome) -> str:
    return outcome.reply.text


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talk(clock: Clock) -> Conversation:
    home = Home(reading.read(EXAMPLE))
    home.observe("zigbee2mqtt/floor lamp", b'{"state": "ON", "brightness": 127}')
    home.observe("zigbee2mqtt/kitchen lamp", b'{"state": "ON", "brightness": 127}')
    return Conversation(home, clock)


def test_it_is_what_was_spoken_of_last(talk: Conversation, clock: Clock) -> None:
    handle(talk, "HassTurnOn", name="kitchen lamp")
    handle(talk, "HassTurnOn", name="floor lamp")
    clock.pass_by(seconds=119)
    handle(talk, "HassGetCurrentTime")
    handle(talk, "HassTurnOn", name="toaster")
    assert (
        text(handle(talk, "HassLightSet", it=True, brightness_step=20)) == "Set the floor lamp to 70 percent"
    )
    clock.pass_by(seconds=119)
    assert (
        text(handle(talk, "HassLightSet", it=True, brightness_step=10)) == "Set the floor lamp to 60 percent"
    )


def test_it_is_forgotten_after_two_minutes(talk: Conversation, clock: Clock) -> None:
    handle(talk, "HassTurnOn", name="floor lamp")
    clock.pass_by(minutes=2)
    outcome = handle(talk, "HassLightSet", it=True, brightness_step=20)
    assert outcome == refused("I do not know what you mean")


@pytest.mark.parametrize(
    ("intent", "slots", "reply"),
    [
        ("HassGetState", {"name": "floor lamp"}, "Set the floor lamp to 70 percent"),
        ("HassTurnOn", {"area": "kitchen", "domain": "light"}, "Set the kitchen lamp to 70 percent"),
        ("HassTurnOn", {"name": "coffee machine"}, "I cannot do that with the coffee machine"),
        ("HassTurnOn", {"name": "good night"}, "I do not know what you mean"),
    ],
)
def test_it_may_be_several_or_no_light(
    talk: Conversation, intent: str, slots: dict[str, Any], reply: str
) -> None:
    handle(talk, intent, **slots)
    assert text(handle(talk, "HassLightSet", it=True, brightness_step=20)) == reply


def test_it_may_have_left_meanwhile(talk: Conversation) -> None:
    handle(talk, "HassTurnOn", name="floor lamp")
    talk.home.rearrange(Layout())
    assert text(handle(talk, "HassLightSet", it=True, brightness_step=20)) == "There is no floor lamp"


def test_a_question_of_somebody_else_stays_open_until_it_is_answered(
    talk: Conversation, clock: Clock
) -> None:
    question = Question("Shall I?", Intent("MynahAsk", {}, 1.0), "confirmation", relayed=True)
    talk.ask(question)
    clock.pass_by(minutes=5)
    assert talk.question == question
    assert talk.respond([Repeat()]).reply.text == ""
    assert talk.respond([Repeat()]).reply.text == "Shall I?"


def test_a_question_that_nobody_answers_can_be_closed(talk: Conversation) -> None:
    talk.ask(Question("Shall I?", Intent("MynahAsk", {}, 1.0), "confirmation", relayed=True))
    talk.close()
    assert talk.question is None


def test_what_rings_is_stopped_and_the_dialogue_goes_on(talk: Conversation, clock: Clock) -> None:
    handle(talk, "HassStartTimer", seconds=5)
    handle(talk, "HassTurnOn", name="kitchen lamp")
    clock.pass_by(seconds=5)
    (due,) = talk.due()
    assert due.due is not None
    assert talk.rings
    assert [entry.kind for entry in talk.agenda.ringing] == ["timer"]
    before = talk.dialogue
    talk.stop()
    assert not talk.rings
    assert talk.agenda.entries == ()
    assert talk.dialogue == before
    talk.stop()
    assert talk.dialogue == before


def test_what_somebody_else_had_said_can_be_repeated(talk: Conversation) -> None:
    handle(talk, "HassTurnOn", name="kitchen lamp")
    talk.told("Dinner is ready")
    assert text(talk.respond([Repeat()])) == "Dinner is ready"
