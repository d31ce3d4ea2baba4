from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from device.assistant import Assistant
from device.audio import earcons
from device.daemon.daemon import FAULTS, Company, Daemon
from device.daemon.review import Forgetful
from device.errors import AudioError
from device.events import AudioChunk, Command, Confirmation, Expectation, Samples, Transcript, Turn
from device.mqtt.client import Receipt, Topics
from device.mqtt.connection import Asker, Message
from device.system.service import Service
from tests.device import fakes


class Broker:
    """Keeps what it is told. `incoming` gives the messages that come with the n-th chunk."""

    def __init__(self, incoming: dict[int, Message] | None = None, reachable: bool = True) -> None:
        self.topics = Topics("kitchen")
        self.connections = 0
        self.said: list[tuple[str, str]] = []
        self.turns: list[Turn] = []
        self.posted: list[tuple[str, Mapping[str, Any]]] = []
        self.answered: list[tuple[Asker, Mapping[str, Any]]] = []
        self._incoming = incoming or {}
        self._reachable = reachable
        self._chunks = -1

    def send(self, turn: Turn) -> Receipt:
        return Receipt(turn.commands, ()) if self._reachable else Receipt((), turn.commands)

    def tell(self, turn: Turn, dropped: Sequence[Command], asker: Asker | None = None) -> None:
        self.turns.append(turn)
        if asker is not None:
            self.answer(asker, {"reply": turn.reply})

    def retain(self, name: str, value: str) -> None:
        self.said.append((name, value))

    def again(self) -> None:
        self.said.append(("again", ""))

    def post(self, topic: str, content: Mapping[str, Any]) -> None:
        self.posted.append((topic, content))

    def answer(self, asker: Asker, content: Mapping[str, Any]) -> None:
        self.answered.append((asker, content))

    def messages(self) -> Iterable[Message]:
        self._chunks += 1
        return [self._incoming[self._chunks]] if self._chunks in self._incoming else []

    def states(self) -> list[str]:
        return [value for name, value in self.said if name == "state"]


class Speaker:
    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, samples: Samples) -> None:
        names = {id(make()): make.__name__ for make in (earcons.listening, earcons.done, earcons.error)}
        self.played.append(names[id(samples)])

    def stop(self) -> None:
        self.played.append("stopped")


class Trial:
    """A daemon over fakes; `reports` and `texts` are what it reported and was asked to say."""

    def __init__(
        self,
        assistant: Assistant,
        broker: Broker | None = None,
        home: fakes.AnyHome | None = None,
        review: Forgetful | None = None,
        service: Service | None = None,
    ) -> None:
        self.broker = broker or Broker()
        self.speaker = Speaker()
        self.reports: list[tuple[Turn, tuple[Command, ...]]] = []
        self.texts: list[str] = []
        self.home = home or fakes.AnyHome()

        def report(turn: Turn, dropped: Sequence[Command]) -> None:
            self.reports.append((turn, tuple(dropped)))

        self.daemon = Daemon(
            assistant,
            self.home,
            self.broker,
            self.speaker,
            report,
            self.texts.append,
            Company(review or Forgetful(), service=service or Service({})),
        )

    def run(self, audio: Iterator[AudioChunk]) -> Trial:
        self.daemon.run(audio)
        return self


def message(topic: str, payload: bytes, retained: bool = False) -> Message:
    return Message(f"mynah/kitchen/{topic}", payload, retained)


def test_a_turn_is_published_reported_and_its_states_are_said() -> None:
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"])).run(fakes.audio(4))
    assert [turn.commands[0].topic for turn in trial.broker.turns] == ["zigbee2mqtt/lamp/set"]
    assert trial.reports == [(trial.broker.turns[0], ())]
    assert trial.broker.states() == ["idle", "listening", "thinking", "idle"]
    assert trial.speaker.played == ["listening", "done"]


def test_a_wake_word_may_ask_for_silence() -> None:
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), actions={"hey mynah": "stop"})
    trial = Trial(assistant).run(fakes.audio(4))
    assert trial.speaker.played == ["stopped"]
    assert trial.broker.turns == []
    assert trial.broker.states() == ["idle"]


def test_a_wake_word_may_be_a_command() -> None:
    assistant = replace(fakes.assistant((1.0,)), actions={"hey mynah": "turn on the lamp"})
    trial = Trial(assistant).run(fakes.audio(4))
    ((turn, _),) = trial.reports
    assert turn.transcript == Transcript("turn on the lamp", 0.9)
    assert turn.commands[0].topic == "zigbee2mqtt/lamp/set"
    assert trial.speaker.played == ["done"]


def test_commands_that_could_not_be_sent_are_reported() -> None:
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"]), Broker(reachable=False)).run(fakes.audio(4))
    ((turn, dropped),) = trial.reports
    assert dropped == turn.commands
    assert trial.speaker.played == ["listening", "error"]


def test_a_turn_is_told_when_its_device_has_reported() -> None:
    home = fakes.AnyHome(expected=(Expectation("lamp", "the lamp", "on", True),))

    def observe(topic: str, payload: bytes) -> None:
        home.state.update("lamp", {"on": payload == b"ON"})

    home.observe = observe  # type: ignore[method-assign]
    broker = Broker({30: Message("zigbee2mqtt/lamp", b"ON")})
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), conversation=home)
    trial = Trial(assistant, broker, home).run(fakes.audio(4))
    ((turn, _),) = trial.reports
    assert turn.confirmation is Confirmation.CONFIRMED
    assert trial.speaker.played == ["listening", "done"]


def test_a_fault_in_telling_ends_neither_the_audio_nor_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    trial = Trial(fakes.assistant((0.5, 2.5), ["turn on the lamp", "turn off the lamp"]))
    told: list[Turn] = []

    def tell(turn: Turn, dropped: Sequence[Command], asker: Asker | None = None) -> None:
        told.append(turn)
        raise OSError("the pipe is broken")

    trial.broker.tell = tell  # type: ignore[method-assign]
    trial.run(fakes.audio(6))
    assert len(told) == 2
    assert "a fault in telling of a turn" in caplog.text


def test_turns_are_told_in_their_order() -> None:
    home = fakes.AnyHome(expected=(Expectation("lamp", "the lamp", "on", True),))
    assistant = replace(fakes.assistant((0.5, 2.5), ["turn on the lamp", "never mind"]), conversation=home)
    trial = Trial(assistant, home=home).run(fakes.audio(6))
    assert [turn.transcript.text for turn, _ in trial.reports if turn.transcript] == [
        "turn on the lamp",
        "never mind",
    ]


def test_a_device_that_does_not_report_sounds_like_an_error() -> None:
    home = fakes.AnyHome(expected=(Expectation("lamp", "the lamp", "on", True),))
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), conversation=home)
    trial = Trial(assistant, home=home).run(fakes.audio(4))
    ((turn, _),) = trial.reports
    assert (turn.confirmation, turn.reply) == (Confirmation.UNCONFIRMED, "The lamp does not answer")
    assert trial.speaker.played == ["listening", "error"]


def test_what_is_not_understood_sounds_like_an_error() -> None:
    trial = Trial(fakes.assistant((1.0,), ["nice weather"])).run(fakes.audio(4))
    assert trial.speaker.played == ["listening", "error"]


def test_devices_are_observed() -> None:
    broker = Broker({3: Message("zigbee2mqtt/lamp", b'{"state": "ON"}')})
    trial = Trial(fakes.assistant(), broker).run(fakes.audio(1))
    assert trial.home.observed == {"zigbee2mqtt/lamp": b'{"state": "ON"}'}


def test_muted_means_that_nothing_is_heard() -> None:
    broker = Broker({2: message("mute/set", b"ON")})
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert broker.turns == []
    assert broker.states() == ["idle", "muted"]
    assert ("mute", "ON") in broker.said
    assert trial.reports == []


def test_unmuted_it_hears_again() -> None:
    broker = Broker({2: message("mute/set", b"ON"), 20: message("mute/set", b"off")})
    Trial(fakes.assistant((2.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert len(broker.turns) == 1
    assert broker.states() == ["idle", "muted", "idle", "listening", "thinking", "idle"]


def test_muted_within_a_turn_nothing_of_it_is_sent() -> None:
    broker = Broker({16: message("mute/set", b"ON")})
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert broker.turns == []
    assert trial.reports == []
    assert broker.states()[-1] == "muted"


def test_audio_while_muted_is_digital_silence_on_the_same_clock() -> None:
    trial = Trial(fakes.assistant(), Broker({1: message("mute/set", b"ON")}))
    chunks = list(trial.daemon.attend(fakes.audio(0.4)))
    assert [int(abs(chunk.samples).max()) for chunk in chunks] == [1, 0, 0, 0, 0]
    assert [chunk.start for chunk in chunks] == [0, 1280, 2560, 3840, 5120]


def test_a_wish_to_be_listened_to_that_waited_for_a_microphone_is_too_late() -> None:
    late = Message("mynah/kitchen/listen", b"", at=time.monotonic() - 6)
    Trial(fakes.assistant((), ["turn on the lamp"]), broker := Broker({5: late})).run(fakes.audio(4))
    assert broker.turns == []


def test_listen_begins_a_turn() -> None:
    broker = Broker({5: message("listen", b"")})
    Trial(fakes.assistant((), ["turn on the lamp"]), broker).run(fakes.audio(4))
    (turn,) = broker.turns
    assert turn.detection is None
    assert turn.commands


def test_who_asks_to_be_listened_to_is_told_what_came_of_it() -> None:
    asker = Asker("panel/answers", b"7")
    broker = Broker({5: Message("mynah/kitchen/listen", b"", asker=asker)})
    trial = Trial(fakes.assistant((3.0,), ["turn on the lamp", "turn off the lamp"]), broker)
    trial.run(fakes.audio(6))
    assert len(broker.turns) == 2
    assert broker.answered == [(asker, {"reply": broker.turns[0].reply})]


def test_who_asked_before_it_was_muted_is_not_told_of_a_later_turn() -> None:
    wish = Message("mynah/kitchen/listen", b"", asker=Asker("panel/answers"))
    broker = Broker({5: wish, 6: message("mute/set", b"ON"), 22: message("mute/set", b"OFF")})
    Trial(fakes.assistant((2.0,), ["turn on the lamp"]), broker).run(fakes.audio(5))
    assert len(broker.turns) == 1
    assert broker.answered == [(Asker("panel/answers"), {"error": "muted"})]


def test_who_asks_while_it_is_muted_is_told_so() -> None:
    wish = Message("mynah/kitchen/listen", b"", asker=Asker("panel/answers"))
    broker = Broker({5: message("mute/set", b"ON"), 6: wish})
    Trial(fakes.assistant((), []), broker).run(fakes.audio(2))
    assert broker.answered == [(Asker("panel/answers"), {"error": "muted"})]


class Breaks:
    """A follower in which something goes wrong each time."""

    def __init__(self) -> None:
        self.ticks = 0

    def tick(self, now: float) -> None:
        self.ticks += 1
        raise OSError("No space left on device")

    def observe(self, topic: str, payload: bytes, now: float) -> None: ...


class Notes:
    """A follower that keeps the order of what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def reconnected(self, now: float) -> None:
        self.told.append("reconnected")

    def observe(self, topic: str, payload: bytes, now: float) -> None:
        self.told.append(topic)

    def tick(self, now: float) -> None: ...


class Reconnects(Broker):
    """Is connected anew, and what is retained there comes in, all between two chunks."""

    def messages(self) -> Iterable[Message]:
        for message in super().messages():
            self.connections += 1
            yield message


def test_what_comes_in_on_a_new_connection_is_not_in_doubt() -> None:
    topic = "homeassistant/light/lamp/config"
    trial, follower = Trial(fakes.assistant((), []), Reconnects({5: Message(topic, b"{}")})), Notes()
    trial.daemon._with = replace(trial.daemon._with, follower=follower)  # type: ignore[arg-type]
    trial.run(fakes.audio(2))
    assert follower.told == ["reconnected", topic]


def test_a_fault_with_what_is_announced_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    trial, follower = Trial(fakes.assistant((1.0,), ["turn on the lamp"])), Breaks()
    trial.daemon._with = replace(trial.daemon._with, follower=follower)  # type: ignore[arg-type]
    trial.run(fakes.audio(4))
    assert len(trial.reports) == 1
    assert follower.ticks > 10
    assert "No space left on device" in caplog.text


@pytest.mark.parametrize(
    "incoming",
    [
        {5: message("listen", b"", retained=True)},
        {2: message("mute/set", b"ON"), 5: message("listen", b"")},
        {5: message("listen", b""), 6: message("mute/set", b"ON")},
    ],
    ids=["an old wish", "muted", "muted at once"],
)
def test_listen_in_vain(incoming: dict[int, Message]) -> None:
    broker = Broker(incoming)
    Trial(fakes.assistant((), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert broker.turns == []


def test_say_shows_the_text_without_control_characters() -> None:
    broker = Broker({1: message("say", "dinner\x1b[2J is\nready \u2615".encode())})
    trial = Trial(fakes.assistant(), broker).run(fakes.audio(1))
    assert trial.texts == ["dinner [2J is ready ☕"]


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"x" * 100_000, b""])
def test_any_bytes_may_come_on_say(payload: bytes) -> None:
    trial = Trial(fakes.assistant(), Broker({1: message("say", payload)})).run(fakes.audio(1))
    assert len(trial.texts[0]) <= 500


@pytest.mark.parametrize("payload", [b"", b"maybe", b"\xff"])
def test_a_wrong_mute_changes_nothing(payload: bytes) -> None:
    broker = Broker({1: message("mute/set", payload)})
    Trial(fakes.assistant(), broker).run(fakes.audio(1))
    assert broker.states() == ["idle"]


def test_a_fault_in_a_turn_does_not_end_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    texts = ["fail", "turn on the lamp"]
    trial = Trial(fakes.assistant((0.5, 2.5), texts)).run(fakes.audio(6))
    assert [turn.transcript.text for turn in trial.broker.turns if turn.transcript] == ["turn on the lamp"]
    assert "a fault" in caplog.text
    assert trial.broker.states()[-1] == "idle"


def test_listen_during_a_turn_begins_no_other() -> None:
    broker = Broker({12: message("listen", b"")})
    trial = Trial(fakes.assistant((0.5,), ["turn on the lamp", "turn off the lamp"]), broker)
    assert len(trial.run(fakes.audio(6)).broker.turns) == 1


def test_a_message_that_faults_does_not_end_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    class Fragile(fakes.AnyHome):
        def observe(self, topic: str, payload: bytes) -> None:
            raise RuntimeError("cannot read this")

    broker = Broker({1: Message("zigbee2mqtt/lamp", b"?")})
    trial = Trial(fakes.assistant((0.5,), ["turn on the lamp"]), broker, Fragile()).run(fakes.audio(4))
    assert len(trial.broker.turns) == 1
    assert "a fault with a message on zigbee2mqtt/lamp" in caplog.text


def test_nothing_but_faults_ends_it() -> None:
    times = tuple(float(second) for second in range(0, 60, 2))
    with pytest.raises(AudioError, match="10 faults in a row"):
        Trial(fakes.assistant(times, ["fail"] * 30)).run(fakes.audio(70))
    assert FAULTS == 10


def test_audio_that_fails_ends_it() -> None:
    def failing() -> Iterator[AudioChunk]:
        yield from fakes.audio(1)
        raise AudioError("the recording is truncated")

    with pytest.raises(AudioError, match="truncated"):
        Trial(fakes.assistant()).run(failing())


def test_the_watchdog_is_fed_by_the_loop_and_not_by_the_audio_that_waits_for_it() -> None:
    class Manager(Service):
        fed = 0

        def audio(self, now: float) -> None:
            self.fed += 1

    manager = Manager({})
    chunks = Trial(fakes.assistant((), []), service=manager).daemon.attend(fakes.audio(1))
    next(chunks)
    assert manager.fed == 1
    next(chunks)  # what was done with the first one has come to its end
    assert manager.fed == 2
