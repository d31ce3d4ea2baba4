"""From the journal's turns to what was said and what was meant."""

from __future__ import annotations

from typing import Any

from device.learning.pairs import Pair, pairs
from device.learning.proposals import mistaken, proposals, uses
from device.memory.journal.entries import UNDO, Turned
from device.memory.learnt import Learnt, Lesson
from device.understanding.vocabulary import Name, Vocabulary

HOME = Vocabulary(
    names=(Name("floor lamp", "floor lamp", "light"), Name("radio", "radio", "media_player")),
    areas=(Name("kitchen", "kitchen"), Name("bedroom", "bedroom")),
)


def failed(at: float, text: str, number: int = 0) -> Turned:
    return Turned(at, text, None, 0.0, False, {"acts": ["notrecognized"]}, None, number)


def done(at: float, text: str, number: int = 0, intent: str = "HassTurnOn", **slots: Any) -> Turned:
    intents = [{"name": intent, "slots": slots or {"name": "floor lamp"}}]
    return Turned(
        at,
        text,
        intent,
        1.0,
        True,
        {"acts": ["request"], "intents": intents, "commands": ["x"]},
        None,
        number,
    )


def undone(at: float, corrects: int) -> Turned:
    return Turned(at, "undo that", UNDO, 1.0, True, {"acts": ["request"], "done": [1]}, corrects)


def said(*turns: Turned) -> list[tuple[str, str]]:
    return [(pair.said, pair.means) for pair in pairs(turns)]


def test_what_failed_and_was_said_otherwise_is_a_pair() -> None:
    assert said(failed(0, "Big lamp, please!"), done(20, "turn on the floor lamp")) == [
        ("big lamp please", "turn on the floor lamp")
    ]


def test_after_half_a_minute_it_is_another_matter() -> None:
    assert said(failed(0, "big lamp"), done(31, "turn on the floor lamp")) == []
    assert said(failed(0, "big lamp"), done(-5, "turn on the floor lamp")) == []


def test_each_attempt_is_a_pair_and_only_once() -> None:
    turns = (failed(0, "a b"), failed(5, "c d"), done(9, "turn on the radio"), done(12, "turn off the radio"))
    assert [one for one, _ in said(*turns)] == ["a b", "c d"]


def test_what_was_taken_back_has_failed() -> None:
    turns = (done(0, "light it up", 7), undone(5, 7), done(9, "turn on the radio"))
    [pair] = pairs(turns)
    assert (pair.said, pair.means, pair.wrong) == ("light it up", "turn on the radio", True)


def test_an_undo_is_not_what_was_meant() -> None:
    assert said(failed(0, "big lamp"), done(2, "turn on the radio", 3), undone(5, 3)) == []


def test_a_correction_says_what_was_meant() -> None:
    meant = {"name": "HassTurnOn", "slots": {"name": "bedside lamp"}}
    body = {"acts": ["correct"], "meant": meant, "commands": ["x"], "reply": "Turned on the bedside lamp"}
    correction = Turned(4, "no, the bedside one", None, 0.0, True, body, 3)
    [pair] = pairs([done(0, "lamp on", 3), correction])
    assert (pair.said, pair.means, pair.slots) == ("lamp on", "turn on the bedside lamp", meant["slots"])


def test_what_came_of_nothing_is_no_correction() -> None:
    correction = Turned(4, "make it cosy", None, 0.0, False, {"acts": ["correct"]}, 3)
    assert said(done(0, "turn on the radio", 3), correction, done(9, "turn off the radio")) == [
        ("make it cosy", "turn off the radio")
    ]


def test_a_question_that_was_confirmed_is_what_was_meant() -> None:
    asked = done(5, "lamp floor on")
    asked = Turned(
        5, asked.text, asked.intent, 0.6, True, {**asked.body, "commands": [], "asked": "Shall I?"}
    )
    yes = Turned(8, "yes", None, 1.0, True, {"acts": ["affirm"], "answers": "Shall I?", "commands": ["x"]})
    assert said(failed(0, "big lamp"), asked, yes) == [("big lamp", "lamp floor on")]


def pair(said: str, means: str, at: float = 0.0, intent: str = "HassTurnOn", **slots: Any) -> Pair:
    return Pair(said, means, intent, slots or {"name": "floor lamp"}, at)


def lessons(*found: Pair, learnt: Learnt | None = None) -> list[str]:
    return [one.lesson.said for one in proposals(found, HOME, learnt or Learnt())]


def test_the_same_twice_is_a_sentence_of_its_own() -> None:
    once = pair("party time", "turn on the floor lamp")
    assert lessons(once) == []
    assert lessons(once, pair("party time", "turn on the floor lamp", 9)) == ["party time"]


def test_once_this_and_once_that_is_nothing() -> None:
    assert (
        lessons(
            pair("party time", "turn on the floor lamp"),
            pair("party time", "turn on the radio", 9, name="radio"),
        )
        == []
    )


def test_another_name_in_several_sentences_is_one_lesson() -> None:
    found = proposals(
        [
            pair("turn on the big lamp", "turn on the floor lamp"),
            pair("switch the big lamp off", "switch the floor lamp off", 9, "HassTurnOff", name="floor lamp"),
        ],
        HOME,
        Learnt(),
    )
    [only] = found
    assert only.lesson == Lesson("big lamp", "floor lamp")
    assert len(only.evidence) == 2


def test_two_rooms_make_a_sentence_for_every_room() -> None:
    def dim(room: str, at: float) -> Pair:
        return pair(
            f"siesta for the {room}", f"dim the {room} lights", at, "HassLightSet", area=room, brightness=20
        )

    assert lessons(dim("kitchen", 0), dim("bedroom", 9)) == ["siesta for the {area}"]
    assert lessons(dim("kitchen", 0), dim("kitchen", 9)) == ["siesta for the kitchen"]


def test_what_was_refused_is_not_proposed_again() -> None:
    twice = [pair("party time", "turn on the floor lamp", at) for at in (0, 9)]
    assert lessons(*twice, learnt=Learnt(refused=("party time",))) == []
    assert lessons(*twice, learnt=Learnt((Lesson("party time", "x", "y"),))) == []


def test_what_was_wrong_twice_is_forgotten() -> None:
    lesson = Lesson("party time", "turn on the floor lamp", "HassTurnOn", {"name": "floor lamp"}, since=10)
    turns = [done(20, "Party time!", 1), undone(25, 1), done(40, "party time", 2)]
    assert mistaken(turns, Learnt((lesson,))) == ()
    assert mistaken([*turns, undone(45, 2)], Learnt((lesson,))) == (lesson,)


def test_the_use_of_a_lesson_is_seen_in_the_words() -> None:
    assert uses(Lesson("siesta for the {area}", "x", "y"), "siesta for the living room")
    assert not uses(Lesson("party time", "x", "y"), "is it party time")
    assert uses(Lesson("big lamp", "floor lamp"), "turn on the big lamp please")
    assert not uses(Lesson("big lamp", "floor lamp"), "turn on the big lamps")
