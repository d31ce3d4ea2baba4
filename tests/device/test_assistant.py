from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from device.assistant import STOP, Assistant, Held, Listening, Stopped
from device.audio.stopwatch import Stopwatch, until
from device.events import (
    AudioChunk,
    Detection,
    Endpoint,
    EndpointReason,
    Intent,
    NotRecognized,
    Request,
    Transcript,
    Turn,
)
from tests.device import fakes


def test_audio_without_a_wake_word_gives_no_turn() -> None:
    assert list(fakes.assistant().turns(fakes.audio(2))) == []


def test_a_turn_goes_from_the_wake_word_to_the_command() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    assert turn.detection == Detection("hey mynah", 0.9, 16_000)
    assert turn.transcript == Transcript("turn on the lamp", 0.9)
    assert turn.meaning == Intent("HassTurnOn", {"name": "lamp"}, 0.9)
    assert [(command.topic, command.payload) for command in turn.commands] == [
        ("zigbee2mqtt/lamp/set", {"state": "ON"})
    ]
    assert turn.endpoint.reason is EndpointReason.SILENCE


def test_each_wake_word_has_its_turn() -> None:
    texts = ["turn on the lamp", "turn off the lamp", "turn on the radio"]
    turns = list(fakes.assistant((0.5, 2.5, 4.5), texts).turns(fakes.audio(8)))
    assert [turn.transcript and turn.transcript.text for turn in turns] == texts


def test_what_was_said_right_behind_the_wake_word_is_heard() -> None:
    """The detection comes 0.4 s after the word, in a chunk with the beginning of the command."""
    assistant = fakes.assistant((1.0,), ["turn on the lamp"], late=0.4)
    list(assistant.turns(fakes.audio(4)))
    assert assistant.hearing.given[0][0] == 16_000  # type: ignore[attr-defined]


def test_steps_come_in_their_order() -> None:
    steps = fakes.assistant((1.0,), ["turn on the lamp"]).steps(fakes.audio(4))
    assert [type(step) for step in steps] == [Listening, Endpoint, Turn]


def test_nothing_said_is_a_turn_without_transcript() -> None:
    (turn,) = fakes.assistant((1.0,), [None]).turns(fakes.audio(4))
    assert turn.transcript is None
    assert turn.meaning == NotRecognized("", "nothing was said")
    assert not turn.outcome.fine
    assert turn.commands == ()


def test_a_doubtful_hearing_sends_nothing() -> None:
    assistant = fakes.assistant((1.0,), ["turn on the lamp"], confidence=0.4, reject_below=0.5)
    (turn,) = assistant.turns(fakes.audio(4))
    assert turn.transcript == Transcript("turn on the lamp", 0.4)
    assert isinstance(turn.meaning, NotRecognized)
    assert turn.commands == ()


def test_an_unknown_sentence_sends_nothing() -> None:
    (turn,) = fakes.assistant((1.0,), ["nice weather"]).turns(fakes.audio(4))
    assert turn.meaning == NotRecognized("nice weather", "not a known sentence")
    assert turn.commands == ()


def test_audio_that_ends_with_the_wake_word() -> None:
    (turn,) = fakes.assistant((1.95,), [None]).turns(fakes.audio(2))
    assert turn.endpoint.reason is EndpointReason.END_OF_AUDIO


def test_a_turn_that_is_asked_for_needs_no_wake_word() -> None:
    assistant = fakes.assistant((), ["turn on the lamp"])

    def asking() -> Iterator[AudioChunk]:
        for chunk in fakes.audio(4):
            if chunk.start == 10 * fakes.CHUNK:
                assistant.controls.listen = True
            yield chunk

    (turn,) = assistant.turns(asking())
    assert turn.detection is None
    assert turn.transcript == Transcript("turn on the lamp", 0.9)
    assert assistant.hearing.given[0][0] == 11 * fakes.CHUNK  # type: ignore[attr-defined]
    assert not assistant.controls.listen


def test_push_to_talk_takes_the_whole_recording() -> None:
    assistant = replace(fakes.assistant((), ["turn on the lamp"]), endpointer=Held())
    turn = assistant.push_to_talk(fakes.audio(4))
    assert turn.detection is None
    assert turn.endpoint == Endpoint(64_000, EndpointReason.END_OF_AUDIO, 64_000)
    assert turn.timings.audio_s == 4.0
    assert turn.commands


def test_timings_are_of_work_and_not_of_waiting() -> None:
    assistant = fakes.assistant((0.1,), ["turn on the lamp"])
    assistant.hearing.during = lambda: time.sleep(0.03)  # type: ignore[attr-defined]

    def slow() -> Iterator[AudioChunk]:
        for chunk in fakes.audio(2):
            time.sleep(0.02)
            yield chunk

    (turn,) = assistant.turns(slow())
    assert 30 <= turn.timings.hearing_ms < 200  # the chunks alone took 240
    assert 30 <= turn.timings.speech_end_to_command_ms < 200
    assert turn.timings.wake_ms < 100
    assert turn.timings.audio_s == pytest.approx(1.0, abs=0.09)


def test_until_reads_no_further_than_it_must() -> None:
    source = fakes.audio(1)
    asked = iter([False, False, True])
    assert [chunk.start for chunk in until(source, lambda: next(asked))] == [0, 1280, 2560]
    assert next(source).start == 3840


def test_a_stopwatch_also_times_the_end() -> None:
    watch = Stopwatch(fakes.audio(0))
    time.sleep(0.3)
    assert next(watch, None) is None
    assert watch.since_arrival_ms < 200


@pytest.mark.parametrize(("behind", "open_"), [(0.5, True), (2.0, False)])
def test_a_number_is_open_where_another_sounds_much_like_it(behind: float, open_: bool) -> None:
    fifty = Transcript("turn on the fifty", 0.1, behind)
    assistant = replace(fakes.assistant(), hearing=fakes.Hears(["turn on the fifteen"], others=[fifty]))
    (act,) = assistant.push_to_talk(fakes.audio(2)).acts
    assert isinstance(act, Request)
    assert [one.slots["name"] for one in act.either] == (["fifteen", "fifty"] if open_ else [])


def doubting(*others: Transcript, **prior_costs: float) -> Turn:
    """Of one who sounds as if they said "turn on the fan", or else one of `others`."""
    assistant = fakes.assistant((1.0,), ["turn on the fan"])
    wavering = fakes.Hears(["turn on the fan"], others=others)
    home = fakes.AnyHome(prior_costs=prior_costs)
    ears = replace(assistant, hearing=wavering, conversation=home, reject_below=0.1)
    (turn,) = ears.turns(fakes.audio(4))
    return turn


def test_what_is_likely_to_be_asked_for_outweighs_what_sounds_a_little_likelier() -> None:
    lamp = Transcript("turn on the lamp", 0.8, behind=2.0)
    turn = doubting(lamp, fan=4.0)
    assert turn.transcript is not None
    assert turn.transcript.text == lamp.text
    assert turn.transcript.confidence == pytest.approx(0.351, abs=1e-3)  # odds of 4 by e²
    assert [command.topic for command in turn.commands] == ["zigbee2mqtt/lamp/set"]


def test_nor_is_it_too_doubtful_where_much_is_asked_for() -> None:
    lamp = Transcript("turn on the lamp", 0.99, behind=1.0)
    assistant = replace(fakes.assistant((1.0,), ["turn on the fan"]), reject_below=0.7)
    hearing, home = fakes.Hears(["turn on the fan"], others=[lamp]), fakes.AnyHome(prior_costs={"fan": 4.0})
    (turn,) = replace(assistant, hearing=hearing, conversation=home).turns(fakes.audio(4))
    assert turn.meaning == Intent("HassTurnOn", {"name": "lamp"}, 0.5)  # never surely enough for a lock


@pytest.mark.parametrize(
    ("behind", "prior_costs"),
    [(2.0, {}), (5.0, {"fan": 4.0}), (2.0, {"fan": 4.0, "lamp": 2.5})],
    ids=["nothing unlikely", "sounds too different", "as unlikely itself"],
)
def test_else_what_sounds_likeliest_is_what_was_said(behind: float, prior_costs: dict[str, float]) -> None:
    turn = doubting(Transcript("turn on the lamp", 0.8, behind), **prior_costs)
    assert turn.transcript == Transcript("turn on the fan", 0.9)


def test_of_several_the_likeliest_in_sum_is_taken() -> None:
    others = [
        Transcript("turn on the fan", 0.9),
        Transcript("turn on the lamp", 0.8, 1.0),
        Transcript("nice weather", 0.8, 1.5),
        Transcript("turn on the radio", 0.8, 2.0),
    ]
    turn = doubting(*others, fan=4.0, lamp=2.0)
    assert turn.transcript is not None
    assert turn.transcript.text == "turn on the radio"
    turn = doubting(Transcript("turn on the radio", 0.2, 1.0), fan=4.0)  # is heard too doubtfully
    assert turn.transcript == Transcript("turn on the fan", 0.9)


def asking(texts: list[str | None], **more: Any) -> Assistant:
    """Asks back before it turns on the lamp."""
    home = fakes.AnyHome(asks=frozenset({"lamp"}))
    return replace(fakes.assistant((1.0,), texts, **more), conversation=home)


def test_what_asks_listens_again_without_the_wake_word() -> None:
    assistant = asking(["turn on the lamp", "yes"])
    first, second = assistant.turns(fakes.audio(6))
    assert first.outcome.question is not None
    assert first.commands == ()
    assert second.detection is None
    assert (first.question, second.question) == (None, first.outcome.question)
    assert [command.topic for command in second.commands] == ["zigbee2mqtt/lamp/set"]


def test_answers_are_expected_while_a_question_is_open_and_not_afterwards() -> None:
    assistant = asking(["turn on the lamp", "yes"])
    list(assistant.turns(fakes.audio(6)))
    assert isinstance(assistant.hearing, fakes.Hears)
    assert assistant.hearing.expected == [1, 0]


def test_nobody_answers_and_the_wake_word_is_waited_for() -> None:
    assistant = replace(asking(["turn on the lamp", None, "turn off the fan"]), wake=fakes.Wake((1.0, 4.0)))
    turns = list(assistant.turns(fakes.audio(8)))
    assert [turn.commands != () for turn in turns] == [False, False, True]
    assert assistant.conversation.question is None


def test_an_answer_is_listened_to_when_its_own_voice_has_ended() -> None:
    assistant = asking(["turn on the lamp", "yes"])
    spoken = iter([True] * 10)
    assistant.controls.speaking = lambda: next(spoken, False)
    list(assistant.turns(fakes.audio(8)))
    assert isinstance(assistant.hearing, fakes.Hears)
    (_, end), (start, _) = assistant.hearing.given
    assert start - end == 10 * fakes.CHUNK


def test_the_wake_word_interrupts_a_question_and_is_listened_to_at_once() -> None:
    assistant = replace(asking(["turn on the lamp", "yes"]), wake=fakes.Wake((1.0, 3.0)))
    assistant.controls.speaking = lambda: True
    first, second = assistant.turns(fakes.audio(8))
    assert second.detection is not None
    assert second.question == first.outcome.question
    assert second.commands


def test_a_wake_word_that_stops_ends_a_question() -> None:
    assistant = replace(asking(["turn on the lamp"]), wake=fakes.Wake((1.0, 3.0)))
    actions: dict[str, str] = {}
    assistant = replace(assistant, actions=actions)
    assistant.controls.speaking = lambda: actions.setdefault("hey mynah", STOP) == STOP
    *_, last = assistant.steps(fakes.audio(8))
    assert isinstance(last, Stopped)
    assert assistant.conversation.question is None


def test_what_its_own_voice_drowns_is_not_listened_to() -> None:
    assistant = fakes.assistant((1.0,), ["turn on the lamp"], late=0.4)
    spoken = iter([True] * 5)
    assistant.controls.deaf = lambda: True
    assistant.controls.speaking = lambda: next(spoken, False)
    list(assistant.turns(fakes.audio(6)))
    assert isinstance(assistant.hearing, fakes.Hears)
    ((start, _),) = assistant.hearing.given
    assert start > 16_000 + 0.4 * 16_000 + 4 * fakes.CHUNK


def test_a_question_at_the_end_of_the_audio_is_dropped() -> None:
    assistant = asking(["turn on the lamp"])
    [turn] = assistant.turns(fakes.audio(2))
    assert turn.outcome.question is not None
    assert assistant.conversation.question is None


def test_a_held_button_may_answer_what_was_asked() -> None:
    assistant = asking(["turn on the lamp", "yes"])
    asked = assistant.push_to_talk(fakes.audio(1))
    answered = assistant.push_to_talk(fakes.audio(1))
    assert asked.outcome.question is not None
    assert answered.commands


@pytest.mark.parametrize(
    ("sure", "behind", "other", "asked"),
    [
        (0.9, 0.8, "turn on the lamp", "turn on the fan"),
        (0.9, 1.5, "turn on the lamp", ""),
        (0.97, 0.8, "turn on the lamp", ""),
        (0.9, 0.8, "nice weather", "turn on the fan"),
        (0.9, 0.8, "turn on our fan", ""),
    ],
    ids=["asked", "sounds otherwise", "sure enough", "or it is no command", "does the same"],
)
def test_what_sounds_like_something_else_is_asked(sure: float, behind: float, other: str, asked: str) -> None:
    hearing = fakes.Hears(["turn on the fan"], sure, others=[Transcript(other, sure, behind)])
    (act,) = replace(fakes.assistant(), hearing=hearing).push_to_talk(fakes.audio(2)).acts
    assert isinstance(act, Request)
    assert act.asked == asked
