"""What is asked, announced or falls due while the daemon listens: nothing of it goes into a turn."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace

import pytest

from device.assistant import Assistant
from device.channels.channel import Duty
from device.channels.steps import Idle, Said, Started, Step
from device.daemon.daemon import MOST
from device.dialogue.exchange import Exchange
from device.events import Command, Confirmation, Due, Intent, Outcome, Question, Reply
from device.mqtt.connection import Asker, Message
from tests.device import fakes
from tests.device.trial import Broker, Trial, message

PANEL, DESK = Asker("panel/answers", b"7"), Asker("desk/answers")
ASK = message("ask", b"Shall I close the windows?", asker=PANEL)


class Order(Duty):
    """Keeps the kinds of steps, and the texts among them."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def take(self, step: Step) -> None:
        self.taken.append(step.text if isinstance(step, Said) else type(step).__name__)


def asked(
    texts: list[str | None], *more: tuple[int, Message], times: tuple[float, ...] = (), seconds: float = 6
) -> Trial:
    """PANEL asks at chunk 5; then `texts` are said."""
    broker = Broker({5: ASK, **dict(more)})
    return Trial(fakes.assistant(times, texts), broker).run(fakes.audio(seconds))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", {"text": "yes", "intent": None, "slots": {}, "confirmed": True}),
        ("no", {"text": "no", "intent": None, "slots": {}, "confirmed": False}),
        ("turn on the fan", {"intent": "HassTurnOn", "slots": {"name": "fan"}, "confirmed": None}),
        ("nice weather", {"text": "nice weather", "intent": None, "confirmed": None}),
        (None, {"error": "nobody answered"}),
    ],
)
def test_what_is_said_to_a_question_goes_to_who_asked_and_is_not_done(
    text: str | None, answer: Mapping[str, object]
) -> None:
    trial = asked([text])
    (turn,) = trial.turns
    assert turn.detection is None
    assert turn.commands == ()
    ((asker, content),) = trial.broker.answered
    assert asker == PANEL
    assert content.items() >= answer.items()
    assert ("mynah/kitchen/spoken", "Shall I close the windows?") in trial.broker.posted
    assert trial.broker.states[-1] == "idle"


def test_after_the_answer_all_is_as_before() -> None:
    trial = asked(["yes", "turn on the lamp"], times=(4.0,), seconds=8)
    assert [turn.commands != () for turn in trial.turns] == [False, True]
    assert len(trial.broker.answered) == 1


OTHER = message("ask", b"Shall I lock the door?", asker=DESK)


@pytest.mark.parametrize(
    ("incoming", "times", "texts", "refused"),
    [
        ({5: ASK, 6: OTHER}, (), ["yes"], "another question is open"),
        ({5: ASK, 12: OTHER}, (), ["yes"], "another question is open"),
        ({14: OTHER}, (1.0,), ["turn on the lamp"], "a turn goes on"),
        ({5: message("listen", b""), 6: OTHER}, (), ["turn on the lamp"], "a turn goes on"),
        ({4: message("mute/set", b"ON"), 5: OTHER}, (), [], "muted"),
    ],
    ids=["at once", "while somebody answers", "in a turn", "somebody is to be listened to", "muted"],
)
def test_one_question_at_a_time(
    incoming: dict[int, Message], times: tuple[float, ...], texts: list[str], refused: str
) -> None:
    trial = Trial(fakes.assistant(times, texts), Broker(incoming)).run(fakes.audio(5))
    assert (DESK, {"error": refused}) in trial.broker.answered
    assert trial.broker.answered.count((DESK, {"error": refused})) == 1


def test_what_the_dialogue_asks_is_not_asked_over() -> None:
    home = fakes.AnyHome(asks=frozenset({"lamp"}))
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp", "yes"]), conversation=home)
    trial = Trial(assistant, Broker({30: OTHER})).run(fakes.audio(4))
    assert trial.broker.answered == [(DESK, {"error": "another question is open"})]


MUTED = ((7, message("mute/set", b"ON")), (60, message("mute/set", b"OFF")))


@pytest.mark.parametrize(
    ("more", "error"), [(MUTED, "muted"), ((), "nothing came of it")], ids=["muted", "a fault"]
)
def test_who_asked_is_told_where_nothing_comes_of_it(
    more: tuple[tuple[int, Message], ...], error: str
) -> None:
    trial = asked(["fail", "turn on the lamp"], *more, times=(6.0,), seconds=9)
    assert trial.broker.answered == [(PANEL, {"error": error})]
    assert trial.turns[-1].commands


def test_the_end_leaves_nobody_waiting() -> None:
    assert asked(["yes"], seconds=0.5).broker.answered == [(PANEL, {"error": "ending"})]


def test_a_question_is_heard_before_somebody_listens() -> None:
    assistant = fakes.assistant((), ["yes"])
    trial = Trial(assistant, Broker({5: ASK}))
    spoken = iter([True] * 10)
    assistant.controls.speaking = lambda: next(spoken, False)
    trial.run(fakes.audio(4))
    assert trial.mouth.played == ["listening", "done"]
    assert isinstance(assistant.hearing, fakes.Hears)
    ((start, _),) = assistant.hearing.given
    assert start >= 15 * fakes.CHUNK


def announced(text: str) -> Message:
    return message("announce", text.encode())


def test_an_announcement_waits_for_the_end_of_a_turn() -> None:
    broker = Broker({14: announced("Dinner"), 15: announced("Now")})
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"]), broker, duties=[order := Order()])
    trial.run(fakes.audio(4))
    assert order.taken == ["Started", "Listening", "Endpoint", "Turn", "Idle", "Told", "Dinner", "Now"]
    assert trial.mouth.played == ["listening", "done", "announcing", "announcing"]


def test_an_announcement_does_not_talk_into_another() -> None:
    assistant, speaking = fakes.assistant(), iter([False, True, True, False])
    assistant.controls.speaking = lambda: next(speaking, False)
    trial = Trial(assistant, Broker({1: announced("Dinner"), 2: announced("Now")}))
    chunks = trial.daemon.attend(fakes.audio(1))
    texts = [[*trial.witness.texts] for _ in chunks]
    assert texts[1:5] == [["Dinner"], ["Dinner"], ["Dinner"], ["Dinner", "Now"]]


def test_too_many_announcements_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    trial = Trial(fakes.assistant())
    for number in range(MOST + 1):
        trial.daemon.receive(announced(str(number)))
    list(trial.daemon.attend(fakes.audio(4)))
    assert trial.witness.texts == [str(number) for number in range(MOST)]
    assert f"left out: {MOST}" in caplog.text


TIMER = Due("timer", 1, datetime.datetime(2026, 3, 2, 18, 0), "pasta")
LAMP = Command("zigbee2mqtt/lamp/set", {"state": "ON"})


def falling_due(at: int, outcome: Outcome, texts: tuple[str, ...] = (), reachable: bool = True) -> Trial:
    """`outcome` falls due at chunk `at`; the wake word comes at 1 s where there are `texts`."""
    home = fakes.AnyHome()
    assistant = replace(fakes.assistant((1.0,) if texts else (), texts), conversation=home)
    trial = Trial(assistant, Broker(reachable=reachable), home)

    def audio() -> object:
        for number, chunk in enumerate(fakes.audio(4)):
            if number == at:
                home.falls_due.append(Exchange(None, (), outcome, TIMER))
            yield chunk

    return trial.run(audio())  # type: ignore[arg-type]


def test_what_falls_due_is_told_at_once() -> None:
    trial = falling_due(5, Outcome(reply=Reply("Your timer is done")))
    (due,) = trial.witness.due
    assert due.exchange.outcome.reply.text == "Your timer is done"
    assert ("mynah/kitchen/spoken", "Your timer is done") in trial.broker.posted
    assert trial.mouth.played == ["announcing"]


def test_what_falls_due_in_a_turn_is_told_after_it() -> None:
    trial = falling_due(16, Outcome(reply=Reply("Your timer is done")), ("turn on the lamp",))
    spoken = [text for topic, text in trial.broker.posted if topic.endswith("spoken")]
    assert spoken == ["Done", "Your timer is done"]


@pytest.mark.parametrize(
    ("reachable", "confirmation", "played"),
    [(True, None, "announcing"), (False, Confirmation.FAILED, "error")],
)
def test_commands_that_fall_due_are_sent_and_confirmed(
    reachable: bool, confirmation: Confirmation | None, played: str
) -> None:
    trial = falling_due(5, Outcome((LAMP,), Reply("Done")), reachable=reachable)
    (due,) = trial.witness.due
    assert due.exchange.confirmation is confirmation
    assert due.dropped == (() if reachable else (LAMP,))
    assert trial.mouth.played == [played]


@pytest.mark.parametrize(("answer", "sent"), [("yes", True), ("no", False), (None, False)])
def test_what_falls_due_may_ask_and_is_listened_to(answer: str | None, sent: bool) -> None:
    question = Question("Shall I?", Intent("HassTurnOn", {"name": "lamp"}, 1.0), "confirmation")
    home = fakes.AnyHome()
    outcome = Outcome(reply=Reply(question.text), question=question)
    home.falls_due.append(Exchange(None, (), outcome, TIMER))
    assistant = replace(fakes.assistant((), [answer]), conversation=home)
    trial = Trial(assistant, Broker(), home).run(fakes.audio(4))
    assert [turn.commands != () for turn in trial.turns] == [sent]
    assert trial.turns[0].question == question
    assert ("mynah/kitchen/spoken", "Shall I?") in trial.broker.posted
    assert trial.broker.states[-1] == "idle"


def ringing(assistant: Assistant, incoming: dict[int, Message]) -> Trial:
    """Something rings from the beginning."""
    home = fakes.AnyHome(rings=True)
    return Trial(replace(assistant, conversation=home), Broker(incoming), home).run(fakes.audio(4))


def test_it_rings_until_it_is_stopped() -> None:
    assert ringing(fakes.assistant(), {}).mouth.played == ["ringing"]
    assert ringing(fakes.assistant(), {5: message("stop", b"")}).mouth.played[:2] == ["ringing", "stopped"]
    stop = replace(fakes.assistant((1.0,)), actions={"hey mynah": "stop"})
    trial = ringing(stop, {})
    assert trial.mouth.played[:2] == ["ringing", "stopped"]
    assert not trial.home.rings


def test_it_does_not_ring_into_a_turn() -> None:
    trial = ringing(fakes.assistant((1.0,), ["turn on the lamp"]), {})
    assert trial.mouth.played == ["ringing", "stopped", "listening", "done", "ringing"]


def test_an_open_question_keeps_everything_else_waiting() -> None:
    home = fakes.AnyHome(asks=frozenset({"lamp"}))
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp", "yes"]), conversation=home)
    trial = Trial(assistant, Broker({14: announced("Dinner")}), home, duties=[order := Order()])
    trial.run(fakes.audio(6))
    turn = ["Listening", "Endpoint", "Turn"]
    assert order.taken == [Started.__name__, *turn, "Told", *turn, Idle.__name__, "Told", "Dinner"]
