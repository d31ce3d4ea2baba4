from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from device.events import Also, Answer, Correct, Intent, NotRecognized, Question, Request, Transcript
from device.home.model import Home
from device.understanding.acts import TOO_DOUBTFUL, UNKNOWN
from device.understanding.answers import Answers
from device.understanding.sentences import Sentences
from device.understanding.understanding import DOUBTED, Understanding

UNDERSTANDING = Understanding(Sentences.load(), Home.load())


def test_confidence_is_the_transcripts() -> None:
    meaning = UNDERSTANDING.understand(Transcript("turn on the kitchen lamp", 0.7))
    assert meaning == Intent("HassTurnOn", {"name": "kitchen lamp"}, 0.7)


def test_doubtful_words_are_rejected() -> None:
    transcript = Transcript("turn on the kitchen lamp", 0.3)
    assert UNDERSTANDING.understand(transcript, 0.4) == NotRecognized(transcript.text, TOO_DOUBTFUL)
    assert isinstance(UNDERSTANDING.understand(transcript, 0.3), Intent)


def test_unknown_words_say_so() -> None:
    assert UNDERSTANDING.understand(Transcript("Sing!", 1.0)) == NotRecognized("Sing!", UNKNOWN)


def test_the_first_sentence_takes_hardly_longer_than_the_next() -> None:
    """Of a process that has prepared: nothing is left to be indexed when somebody speaks."""
    understanding = Understanding(Sentences.load(), Home.load())
    understanding.prepare()
    times = []
    for _ in range(6):
        began = time.process_time()
        understanding.acts(Transcript("set the bathroom heating to twenty one degrees", 1.0))
        times.append(time.process_time() - began)
    assert times[0] < 6 * sorted(times)[2]


def test_a_device_comes_before_the_room_in_its_name() -> None:
    meaning = UNDERSTANDING.understand(Transcript("turn on the bedroom fan", 1.0))
    assert isinstance(meaning, Intent)
    assert dict(meaning.slots) == {"name": "bedroom fan"}


NOTES = """
language: en
intents:
  Note:
    data:
      - sentences: ["note {words}", "note {words} (on|in) {place}"]
      - sentences: ["note {known}"]
        slots: {sure: true}
  Lamp:
    data:
      - sentences: ["lamp on"]
  MynahAlso:
    data:
      - sentences: ["and {words}"]
        follows: true
  MynahCorrect:
    data:
      - sentences: ["no {words}"]
        follows: true
lists:
  words: {wildcard: true}
  known: {values: [milk, olive oil]}
  place: {values: [paper, stone]}
"""
ANSWERS = """
language: en
intents:
  note:
    data: [{sentences: ["[the] {words}"]}]
  always:
    data: [{sentences: ["never mind"]}]
lists:
  words: {wildcard: true}
"""
QUESTION = Question("What?", Intent("Note", {}, 1.0), "note")


@pytest.fixture
def notes(tmp_path: Path) -> Understanding:
    (tmp_path / "notes.yaml").write_text(NOTES)
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    sentences, answers = Sentences.load([tmp_path / "notes.yaml"]), Answers.load([tmp_path / "answers.yaml"])
    return Understanding(sentences, Home.load(), answers)


def note(**slots: Any) -> Request:
    return Request(Intent("Note", slots, 1.0))


LAMP = Request(Intent("Lamp", {}, 1.0))


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("note the meaning of life", [note(words="the meaning of life")]),
        ("note milk", [note(known="milk", sure=True)]),
        ("note milk and honey", [note(words="milk and honey")]),
        ("note a poem on paper", [note(words="a poem", place="paper")]),
        ("note what lies on the table on stone", [note(words="what lies on the table", place="stone")]),
        ("note a poem and lamp on", [note(words="a poem"), LAMP]),
        ("lamp on and note a poem", [LAMP, note(words="a poem")]),
        ("note " + "very " * 50 + "much", [note(words="very " * 50 + "much")]),
        ("and some more", [Also({"words": "some more"})]),
        ("no something else", [Correct({"words": "something else"})]),
        ("and lamp on", [LAMP]),
    ],
)
def test_any_words_come_last(notes: Understanding, text: str, acts: list[object]) -> None:
    assert list(notes.acts(Transcript(text, 1.0))) == acts


def test_what_continues_nothing_known_is_not_understood(notes: Understanding) -> None:
    acts = notes.acts(Transcript("lamp on and some more", 1.0))
    assert acts == (LAMP, NotRecognized("some more", UNKNOWN))


@pytest.mark.parametrize(
    ("text", "slots"), [("the meaning of life", {"words": "meaning of life"}), ("milk", {"words": "milk"})]
)
def test_any_words_answer_a_question(notes: Understanding, text: str, slots: Mapping[str, Any]) -> None:
    assert notes.acts(Transcript(text, 1.0), QUESTION) == (Answer(slots),)


def test_but_a_known_sentence_is_no_answer(notes: Understanding) -> None:
    assert notes.acts(Transcript("lamp on", 1.0), QUESTION) == (LAMP,)


def test_what_was_hardly_heard_is_to_be_asked_first() -> None:
    def asked(text: str, confidence: float) -> list[str]:
        return [
            act.asked for act in UNDERSTANDING.acts(Transcript(text, confidence)) if isinstance(act, Request)
        ]

    assert asked("turn on the kitchen lamp", DOUBTED) == [""]
    assert asked("turn on the kitchen lamp", DOUBTED - 0.01) == ["turn on the kitchen lamp"]
    both = "turn on the kitchen lamp and close the blinds"
    assert asked(both, 0.2) == [both, ""]


@pytest.mark.parametrize(
    ("text", "sure", "asked"),
    [
        ("turn on the kitchen lamp", 0.8, ["turn on the kitchen lamp"]),
        ("turn on the kitchen lamp", 0.5, None),
        ("don't turn on the kitchen lamp", 0.9, None),
        ("never mind", 0.9, None),
        ("i turned on the kitchen lamp", 0.9, None),
    ],
)
def test_what_was_heard_in_any_words_is_asked_about_at_most(
    text: str, sure: float, asked: list[str] | None
) -> None:
    acts = UNDERSTANDING.acts(Transcript(text, sure, free=True))
    if asked is None:
        assert acts == (NotRecognized(text, TOO_DOUBTFUL),)
    else:
        assert [act.asked for act in acts if isinstance(act, Request)] == asked
    question = Question("Which lamp?", Intent("HassTurnOn", {}, 1.0), "choice")
    assert UNDERSTANDING.acts(Transcript(text, sure, free=True), question) == (
        NotRecognized(text, TOO_DOUBTFUL),
    )


def test_what_was_hardly_heard_changes_and_continues_nothing() -> None:
    for text in ("and the kitchen lamp", "no the kitchen lamp", "the other one"):
        (heard,) = UNDERSTANDING.acts(Transcript(text, DOUBTED - 0.01))
        assert heard == NotRecognized(text, TOO_DOUBTFUL)


def test_a_text_of_five_thousand_characters_takes_seconds_at_most() -> None:
    items = " and ".join(f"item{count}" for count in range(400))
    begun = time.perf_counter()
    for text in (f"add {items} to the shopping list", f"remind me to {items} at nine", items):
        UNDERSTANDING.acts(Transcript(text, 1.0))
    assert time.perf_counter() - begun < 20
