"""What is said, and what only sounds, as turns, questions and announcements go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device.channels.steps import Ended, Step
from device.daemon.speech import sound_is_enough
from device.events import Change, Command, Intent, Outcome, Reply, Request, Turn
from device.settings import BRIEF, FULL, OFF
from tests.device import fakes
from tests.device.trial import Broker, Mouth, Trial, message


def run(
    texts: list[str],
    replies: str = FULL,
    incoming: dict[int, object] | None = None,
    chunks: int = 10,
) -> list[str]:
    """What is heard of a daemon with a voice, woken at 1 s."""
    broker = Broker(incoming)  # type: ignore[arg-type]
    home = fakes.AnyHome(asks=frozenset({"door"}))
    assistant = replace(fakes.assistant((1.0,), texts), conversation=home)
    mouth = Mouth(speaks=True, chunks=chunks)
    Trial(assistant, broker, home, mouth=mouth, replies=replies).run(fakes.audio(8))
    return mouth.played


@pytest.mark.parametrize(
    ("text", "replies", "heard"),
    [
        ("turn on the lamp", FULL, "“Done”"),
        ("turn on the lamp", BRIEF, "done"),
        ("turn on the lamp", OFF, "done"),
        ("nice weather", FULL, "“Sorry, I did not understand that”"),
        ("nice weather", BRIEF, "“Sorry, I did not understand that”"),
        ("nice weather", OFF, "error"),
    ],
)
def test_a_reply_is_said_as_the_settings_want_it(text: str, replies: str, heard: str) -> None:
    assert run([text], replies) == ["listening", heard]


@pytest.mark.parametrize(
    ("replies", "asked"), [(FULL, "“Shall I?”"), (BRIEF, "“Shall I?”"), (OFF, "listening")]
)
def test_a_question_is_said_unless_replies_are_off(replies: str, asked: str) -> None:
    assert run(["turn on the door", "yes"], replies)[:2] == ["listening", asked]


def test_an_answer_is_listened_to_once_the_question_was_said() -> None:
    home = fakes.AnyHome(asks=frozenset({"lamp"}))
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp", "yes"]), conversation=home)
    Trial(assistant, home=home, mouth=Mouth(speaks=True, chunks=20)).run(fakes.audio(8))
    assert isinstance(assistant.hearing, fakes.Hears)
    (_, first), (second, _) = assistant.hearing.given
    assert second - first >= 20 * fakes.CHUNK


def test_the_wake_word_ends_what_is_said() -> None:
    assert run(["turn on the lamp"], incoming={2: message("say", b"A long story")}, chunks=50)[:3] == [
        "“A long story”",
        "stopped",
        "listening",
    ]


def test_a_reply_that_the_next_turn_overtakes_is_not_said() -> None:
    home = fakes.AnyHome()
    assistant = replace(
        fakes.assistant((1.0, 2.4), ["turn on the lamp", "turn off the lamp"]), conversation=home
    )
    mouth = Mouth(speaks=True, chunks=30)
    Trial(assistant, home=home, mouth=mouth).run(fakes.audio(6))
    assert mouth.played == ["listening", "“Done”", "stopped", "listening", "“Done”"]


def test_stop_ends_what_is_said() -> None:
    heard = run([], incoming={2: message("announce", b"Dinner is ready"), 5: message("stop", b"")})
    assert heard[:3] == ["announcing", "“Dinner is ready”", "stopped"]


def test_announcements_are_said_one_after_the_other() -> None:
    incoming = {number: message("announce", f"Number {number}".encode()) for number in range(3)}
    mouth = Mouth(speaks=True, chunks=10)
    trial = Trial(fakes.assistant(), Broker(incoming), mouth=mouth)
    said = [len(mouth.played) for _ in trial.daemon.attend(fakes.audio(4))]
    assert mouth.played == [each for number in range(3) for each in ("announcing", f"“Number {number}”")]
    assert said.index(4) - said.index(2) >= 10


def test_an_announcement_waits_for_an_alarm_that_rings() -> None:
    home = fakes.AnyHome(rings=True)
    incoming = {3: message("announce", b"Dinner is ready"), 20: message("stop", b"")}
    assistant = replace(fakes.assistant(), conversation=home)
    mouth = Mouth(speaks=True, chunks=5)
    Trial(assistant, Broker(incoming), home, mouth=mouth).run(fakes.audio(4))
    assert mouth.played == ["ringing", "stopped", "announcing", "“Dinner is ready”"]


def test_a_text_of_somebody_else_can_be_asked_for_again() -> None:
    assistant = fakes.assistant()
    Trial(assistant, Broker({2: message("announce", b"Dinner is ready")})).run(fakes.audio(1))
    assert isinstance(assistant.conversation, fakes.AnyHome)
    assert assistant.conversation.said == "Dinner is ready"


def test_it_does_not_ring_while_it_speaks() -> None:
    home = fakes.AnyHome()
    mouth = Mouth(speaks=True, chunks=20)
    broker = Broker({0: message("say", b"A long story")})
    trial = Trial(replace(fakes.assistant(), conversation=home), broker, home, mouth=mouth)
    heard = []
    for number, _ in enumerate(trial.daemon.attend(fakes.audio(4))):
        home.rings = number > 1
        heard.append(tuple(mouth.played))
    assert next(at for at, played in enumerate(heard) if "ringing" in played) >= 20


def test_what_is_left_out_is_ended(caplog: pytest.LogCaptureFixture) -> None:
    from device.channels.asks import Say
    from device.channels.channel import Channel

    class Asks(Channel):
        ended: list[str] = []  # noqa: RUF012

        def receive(self, message: object) -> object:  # type: ignore[override]
            return (Say("word", f"t{number}") for number in range(25))

        def take(self, step: Step) -> None:
            if isinstance(step, Ended):
                self.ended.append(step.token)

    asks = Asks()
    Trial(fakes.assistant(), Broker({0: message("x", b"")}), channels=[asks]).run(fakes.audio(4))
    assert sorted(asks.ended) == sorted(f"t{number}" for number in range(25))
    assert len(caplog.messages) == 5


@pytest.mark.parametrize(
    ("do", "values", "level"), [("voice.volume", {"volume": 30}, 30), ("voice.louder", {"by": 15}, 95)]
)
def test_the_volume_is_changed_before_the_reply_is_said(do: str, values: dict[str, int], level: int) -> None:
    class Louder(fakes.AnyHome):
        def handle(self, meaning: Intent) -> Outcome:
            return Outcome(reply=Reply("I speak louder now"), done=(Change(do, values),))

    home = Louder()
    assistant = replace(fakes.assistant((1.0,), ["turn on the voice"]), conversation=home)
    trial = Trial(assistant, home=home, mouth=Mouth(speaks=True)).run(fakes.audio(4))
    assert trial.volume.level == level
    assert trial.broker.values("volume")[0] == "80"


def turn(intent: str, commands: tuple[Command, ...] = (), fine: bool = True) -> Turn:
    (made,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    request = Request(Intent(intent, {}, 1.0))
    return replace(made, acts=(request,), outcome=Outcome(commands, Reply("Stopped"), fine=fine))


LAMP = (Command("lamp", "ON"),)


@pytest.mark.parametrize(
    ("heard", "replies", "enough"),
    [
        (turn("MynahStop"), FULL, True),
        (turn("HassTurnOn", LAMP), FULL, False),
        (turn("HassTurnOn", LAMP), BRIEF, True),
        (turn("HassTurnOn", LAMP, fine=False), BRIEF, False),
        (turn("HassGetState"), BRIEF, False),
    ],
)
def test_when_a_sound_is_enough(heard: Turn, replies: str, enough: bool) -> None:
    assert sound_is_enough(heard, replies) is enough
