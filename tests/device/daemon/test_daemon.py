from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from device.assistant import Listening, Stopped
from device.channels.asks import Ask
from device.channels.channel import Channel, Duty
from device.channels.steps import Aborted, Idle, Muted, Started, Step, Told
from device.daemon.daemon import FAULTS
from device.daemon.duties import Alive
from device.errors import AudioError
from device.events import AudioChunk, Confirmation, Endpoint, Expectation, Transcript, Turn
from device.mqtt.connection import Asker, Message
from device.system.service import Service
from tests.device import fakes
from tests.device.trial import Broker, Mouth, Trial, message


class Steps(Duty):
    """Keeps the kinds of steps."""

    def __init__(self) -> None:
        self.taken: list[type[Step]] = []

    def take(self, step: Step) -> None:
        self.taken.append(type(step))


class Fragile(Channel):
    """Something goes wrong in it each time."""

    def __init__(self) -> None:
        self.faults = 0

    def _fault(self) -> None:
        self.faults += 1
        raise OSError("No space left on device")

    def receive(self, message: Message) -> Iterable[Ask]:
        self._fault()
        return ()

    def take(self, step: Step) -> None:
        self._fault()

    def hear(self, chunk: AudioChunk) -> None:
        self._fault()

    def tick(self, now: float) -> None:
        self._fault()


WHOLE = [Listening, Endpoint, Turn, Idle, Told]


@pytest.mark.parametrize(
    ("actions", "texts", "incoming", "expected"),
    [
        ({}, ["turn on the lamp"], {}, WHOLE),
        ({"hey mynah": "turn on the lamp"}, [], {}, [Turn, Idle, Told]),
        ({"hey mynah": "stop"}, [], {}, [Stopped]),
        ({}, ["fail"], {}, [Listening, Endpoint, Aborted, Idle]),
        (
            {},
            ["turn on the lamp"],
            {16: message("mute/set", b"ON")},
            [Listening, Muted, Endpoint, Aborted, Idle],
        ),
    ],
    ids=["a turn", "a wake word that is a command", "stop", "a fault", "muted meanwhile"],
)
def test_what_a_turn_goes_through(
    actions: dict[str, str], texts: list[str], incoming: dict[int, Message], expected: list[type[Step]]
) -> None:
    assistant = replace(fakes.assistant((1.0,), texts), actions=actions)
    Trial(assistant, Broker(incoming), duties=[steps := Steps()]).run(fakes.audio(4))
    assert steps.taken == [Started, *expected]


def test_a_turn_is_told_and_heard() -> None:
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"])).run(fakes.audio(4))
    assert [turn.commands[0].topic for turn in trial.turns] == ["zigbee2mqtt/lamp/set"]
    assert trial.witness.told[0].dropped == ()
    assert trial.mouth.played == ["listening", "done"]


def test_a_wake_word_may_ask_for_silence() -> None:
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), actions={"hey mynah": "stop"})
    broker = Broker({10: message("say", b"A long story")})
    trial = Trial(assistant, broker, mouth=Mouth(speaks=True, chunks=50)).run(fakes.audio(4))
    assert trial.mouth.played == ["“A long story”", "stopped"]
    assert trial.turns == []


def test_a_wake_word_may_be_a_command() -> None:
    assistant = replace(fakes.assistant((1.0,)), actions={"hey mynah": "turn on the lamp"})
    trial = Trial(assistant).run(fakes.audio(4))
    (turn,) = trial.turns
    assert turn.transcript == Transcript("turn on the lamp", 0.9)
    assert turn.commands[0].topic == "zigbee2mqtt/lamp/set"
    assert trial.mouth.played == ["done"]


def test_commands_that_could_not_be_sent_are_told() -> None:
    trial = Trial(fakes.assistant((1.0,), ["turn on the lamp"]), Broker(reachable=False)).run(fakes.audio(4))
    (told,) = trial.witness.told
    assert told.dropped == told.turn.commands
    assert trial.mouth.played == ["listening", "error"]


LAMP = (Expectation("lamp", "the lamp", "on", True),)


def test_a_turn_is_told_when_its_device_has_reported() -> None:
    home = fakes.AnyHome(expected=LAMP)

    def observe(topic: str, payload: bytes) -> None:
        home.state.update("lamp", {"on": payload == b"ON"})

    home.observe = observe  # type: ignore[method-assign]
    broker = Broker({30: Message("zigbee2mqtt/lamp", b"ON")})
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), conversation=home)
    trial = Trial(assistant, broker, home).run(fakes.audio(4))
    (turn,) = trial.turns
    assert turn.confirmation is Confirmation.CONFIRMED
    assert trial.mouth.played == ["listening", "done"]


def test_turns_are_told_in_their_order() -> None:
    home = fakes.AnyHome(expected=LAMP)
    assistant = replace(fakes.assistant((0.5, 2.5), ["turn on the lamp", "never mind"]), conversation=home)
    trial = Trial(assistant, home=home).run(fakes.audio(6))
    assert [turn.transcript.text for turn in trial.turns if turn.transcript] == [
        "turn on the lamp",
        "never mind",
    ]


def test_a_device_that_does_not_report_sounds_like_an_error() -> None:
    home = fakes.AnyHome(expected=LAMP)
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), conversation=home)
    trial = Trial(assistant, home=home).run(fakes.audio(4))
    (turn,) = trial.turns
    assert (turn.confirmation, turn.reply) == (Confirmation.UNCONFIRMED, "The lamp does not answer")
    assert trial.mouth.played == ["listening", "error"]


def test_what_is_not_understood_sounds_like_an_error() -> None:
    trial = Trial(fakes.assistant((1.0,), ["nice weather"])).run(fakes.audio(4))
    assert trial.mouth.played == ["listening", "error"]


def test_muted_means_that_nothing_is_heard() -> None:
    broker = Broker({2: message("mute/set", b"ON")})
    assert Trial(fakes.assistant((1.0,), ["turn on the lamp"]), broker).run(fakes.audio(4)).turns == []


def test_unmuted_it_hears_again() -> None:
    broker = Broker({2: message("mute/set", b"ON"), 20: message("mute/set", b"off")})
    trial = Trial(fakes.assistant((2.0,), ["turn on the lamp"]), broker).run(fakes.audio(4))
    assert len(trial.turns) == 1


def test_audio_while_muted_is_digital_silence_on_the_same_clock() -> None:
    class Ear(Duty):
        def __init__(self) -> None:
            self.heard: list[AudioChunk] = []

        def hear(self, chunk: AudioChunk) -> None:
            self.heard.append(chunk)

    trial = Trial(fakes.assistant(), Broker({1: message("mute/set", b"ON")}), duties=[ear := Ear()])
    chunks = list(trial.daemon.attend(fakes.audio(0.4)))
    assert [int(abs(chunk.samples).max()) for chunk in chunks] == [1, 0, 0, 0, 0]
    assert [chunk.start for chunk in chunks] == [0, 1280, 2560, 3840, 5120]
    assert ear.heard == chunks


def test_listen_begins_a_turn() -> None:
    broker = Broker({5: message("listen", b"")})
    (turn,) = Trial(fakes.assistant((), ["turn on the lamp"]), broker).run(fakes.audio(4)).turns
    assert turn.detection is None
    assert turn.commands


PANEL, DESK = Asker("panel/answers", b"7"), Asker("desk/answers")


def test_who_asks_to_be_listened_to_is_told_what_came_of_it() -> None:
    broker = Broker({5: message("listen", b"", asker=PANEL)})
    assistant = fakes.assistant((3.0,), ["turn on the lamp", "turn off the lamp"])
    trial = Trial(assistant, broker).run(fakes.audio(6))
    assert [told.asker for told in trial.witness.told] == [PANEL, None]


@pytest.mark.parametrize(
    ("texts", "incoming", "refused"),
    [
        (["turn on the lamp"], {6: message("mute/set", b"ON"), 22: message("mute/set", b"OFF")}, "muted"),
        (["turn on the lamp"], {4: message("mute/set", b"ON"), 22: message("mute/set", b"OFF")}, "muted"),
        (["turn on the lamp"], {6: message("listen", b"", asker=DESK)}, "somebody else asked"),
        (["fail"], {}, "nothing came of it"),
    ],
    ids=["muted at once", "muted", "another asks", "a fault"],
)
def test_who_asks_in_vain_is_told_why(texts: list[str], incoming: dict[int, Message], refused: str) -> None:
    broker = Broker({**incoming, 5: message("listen", b"", asker=PANEL)})
    trial = Trial(fakes.assistant((2.0,), texts), broker).run(fakes.audio(5))
    assert broker.answered[0] == (PANEL, {"error": refused})
    assert PANEL not in [told.asker for told in trial.witness.told]


@pytest.mark.parametrize(
    "incoming",
    [
        {2: message("mute/set", b"ON"), 5: message("listen", b"")},
        {5: message("listen", b""), 6: message("mute/set", b"ON")},
    ],
    ids=["muted", "muted at once"],
)
def test_listen_in_vain(incoming: dict[int, Message]) -> None:
    assert Trial(fakes.assistant((), ["turn on the lamp"]), Broker(incoming)).run(fakes.audio(4)).turns == []


def test_listen_during_a_turn_begins_no_other() -> None:
    broker = Broker({12: message("listen", b"")})
    trial = Trial(fakes.assistant((0.5,), ["turn on the lamp", "turn off the lamp"]), broker)
    assert len(trial.run(fakes.audio(6)).turns) == 1


def test_a_fault_in_a_turn_does_not_end_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    texts = ["fail", "turn on the lamp"]
    trial = Trial(fakes.assistant((0.5, 2.5), texts)).run(fakes.audio(6))
    assert [turn.transcript.text for turn in trial.turns if turn.transcript] == ["turn on the lamp"]
    assert "a fault in this turn" in caplog.text
    assert trial.broker.states[-1] == "idle"


def test_a_fault_in_a_channel_ends_neither_the_audio_nor_the_turn(caplog: pytest.LogCaptureFixture) -> None:
    assistant = fakes.assistant((0.5, 2.5), ["turn on the lamp", "turn off the lamp"])
    trial = Trial(assistant, channels=[fragile := Fragile()]).run(fakes.audio(6))
    assert len(trial.turns) == 2
    assert trial.mouth.played == ["listening", "done"] * 2
    assert fragile.faults > 100
    assert "a fault with Fragile" in caplog.text
    assert "No space left on device" in caplog.text


def test_a_message_that_faults_does_not_end_the_daemon(caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker({1: Message("zigbee2mqtt/lamp", b"?")})
    assistant = fakes.assistant((0.5,), ["turn on the lamp"])
    assert len(Trial(assistant, broker, channels=[Fragile()]).run(fakes.audio(4)).turns) == 1
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
    chunks = Trial(fakes.assistant((), []), duties=[Alive(manager)]).daemon.attend(fakes.audio(1))
    next(chunks)
    assert manager.fed == 1
    next(chunks)  # what was done with the first one has come to its end
    assert manager.fed == 2
