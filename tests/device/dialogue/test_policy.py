from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pytest

from device.dialogue.policy import respond
from device.dialogue.state import Dialogue
from device.events import (
    Act,
    Affirm,
    Also,
    Answer,
    Cancel,
    Change,
    Command,
    Correct,
    Deny,
    Intent,
    NotRecognized,
    Option,
    Outcome,
    Question,
    Repeat,
    Reply,
    Request,
    refused,
)

NOON = datetime.datetime(2026, 3, 2, 12, 0)
LAMPS = ("floor lamp", "desk lamp", "wall lamp")


@dataclass
class World:
    """Turns lamps on and off by their name; asks which where none is named, and whether for a lock."""

    now: datetime.datetime = NOON
    patience: datetime.timedelta | None = datetime.timedelta(seconds=8)
    handled: list[Intent] = field(default_factory=list)
    most: int = 100

    def help(self) -> str:
        return "You can switch lamps"

    def after(self, changes: Sequence[Change]) -> Self:
        return self

    def handle(self, intent: Intent) -> Outcome:
        self.handled.append(intent)
        name = intent.slots.get("name")
        if intent.slots.get("level", 0) > self.most:
            return refused(f"it goes up to {self.most}")
        if name is None:
            options = tuple(Option(lamp, (lamp,), {"name": lamp}) for lamp in LAMPS)
            question = Question("Which lamp?", intent, "choice", options)
            return Outcome(reply=Reply("Which lamp?"), question=question)
        if name == "lock" and intent.confidence < 0.9:
            question = Question("Shall I?", intent, "confirmation")
            return Outcome(reply=Reply("Shall I?"), question=question)
        if name == "broken":
            return refused("It is not there")
        opposite = {"HassTurnOn": "HassTurnOff", "HassTurnOff": "HassTurnOn"}.get(intent.name)
        undo = (Intent(opposite, {"name": name}, 1.0),) if opposite else ()
        reply = Reply(f"{intent.name} {name}")
        return Outcome((Command(f"{name}/set", intent.name),), reply, undo=undo, about={"name": name})


@dataclass
class Talk:
    world: World = field(default_factory=World)
    dialogue: Dialogue = field(default_factory=Dialogue)

    def say(self, *acts: Act) -> Outcome:
        self.dialogue, outcome = respond(self.dialogue, acts, self.world)
        return outcome

    def wait(self, **span: float) -> None:
        self.world = replace(self.world, now=self.world.now + datetime.timedelta(**span))


def on(name: str | None = None, confidence: float = 1.0, **slots: Any) -> Request:
    found: Mapping[str, Any] = {**({} if name is None else {"name": name}), **slots}
    return Request(Intent("HassTurnOn", found, confidence))


def sent(outcome: Outcome) -> list[tuple[str, Any]]:
    return [(command.topic.removesuffix("/set"), command.payload) for command in outcome.commands]


def test_it_changes_nothing_that_it_was_given() -> None:
    before = Dialogue()
    after, _ = respond(before, [on("floor lamp")], World())
    assert before == Dialogue() != after


def test_an_answer_completes_the_request() -> None:
    talk = Talk()
    assert talk.say(on()).question is not None
    assert sent(talk.say(Answer({"name": "desk lamp"}))) == [("desk lamp", "HassTurnOn")]
    assert talk.dialogue.question is None


def test_an_answer_is_no_surer_than_the_request_or_the_answer() -> None:
    talk = Talk()
    talk.say(on(confidence=0.8))
    talk.say(Answer({"name": "desk lamp"}, 0.6))
    assert talk.world.handled[-1].confidence == 0.6


def test_a_question_lapses_and_its_answer_means_nothing_then() -> None:
    talk = Talk()
    talk.say(on())
    talk.wait(seconds=8)
    assert not talk.say(Answer({"name": "desk lamp"})).fine


def test_a_question_without_patience_waits_until_it_is_closed() -> None:
    talk = Talk(World(patience=None))
    talk.say(on())
    talk.wait(hours=1)
    assert talk.say(Answer({"name": "desk lamp"})).commands


def test_a_yes_counts_as_a_confident_hearing() -> None:
    talk = Talk()
    assert not talk.say(on("lock", 0.5)).commands
    assert sent(talk.say(Affirm(0.7))) == [("lock", "HassTurnOn")]


LIKE = (Option("fifteen", ("fifteen",), {"level": 15}), Option("fifty", ("fifty",), {"level": 50}))


def test_of_two_numbers_that_sound_alike_it_asks_which() -> None:
    talk = Talk()
    asked = talk.say(Request(Intent("HassTurnOn", {"name": "radio", "level": 15}, 0.8), LIKE))
    assert (asked.commands, asked.reply.text) == ((), "Fifteen or fifty?")
    assert sent(talk.say(Answer({"level": 50}))) == [("radio", "HassTurnOn")]
    assert talk.world.handled[-1].slots == {"name": "radio", "level": 50}


def test_of_two_numbers_that_sound_alike_it_takes_the_one_that_is_possible() -> None:
    talk = Talk(World(most=20))
    done = talk.say(Request(Intent("HassTurnOn", {"name": "radio", "level": 50}, 0.8), LIKE[::-1]))
    assert sent(done) == [("radio", "HassTurnOn")]
    assert talk.dialogue.question is None
    assert talk.world.handled[-1].slots["level"] == 15


def test_a_yes_that_was_hardly_heard_is_none() -> None:
    talk = Talk()
    talk.say(on("lock", 0.5))
    outcome = talk.say(Affirm(0.3))
    assert outcome.commands == ()
    assert outcome.question is not None, "its answers are told once"
    assert sent(talk.say(Affirm(0.95))) == [("lock", "HassTurnOn")]


@pytest.mark.parametrize("act", [Deny(), Cancel()])
def test_a_no_leaves_everything_as_it_is(act: Act) -> None:
    talk = Talk()
    talk.say(on("lock", 0.5))
    assert talk.say(act).commands == ()
    assert talk.dialogue.question is None


def test_what_else_is_in_the_sentence_is_done_after_the_answer_to_its_question() -> None:
    talk = Talk()
    first = talk.say(on("wall lamp"), on(), on("radio"))
    assert sent(first) == []
    assert sent(talk.say(Answer({"name": "desk lamp"}))) == [
        ("desk lamp", "HassTurnOn"),
        ("radio", "HassTurnOn"),
        ("wall lamp", "HassTurnOn"),
    ]


def test_what_follows_a_question_is_not_done_after_a_no() -> None:
    talk = Talk()
    talk.say(on("lock", 0.5), on("radio"))
    assert talk.say(Deny()).commands == ()


def test_a_sentence_that_is_half_understood_is_not_half_done() -> None:
    talk = Talk()
    outcome = talk.say(on("radio"), NotRecognized("frobnicate", "unknown"))
    assert outcome.commands == ()
    assert "frobnicate" in outcome.reply.text
    assert sent(talk.say(Affirm())) == [("radio", "HassTurnOn")]


def test_what_is_not_understood_is_never_asked_twice() -> None:
    talk = Talk()
    question = talk.say(on()).reply.text
    replies = [talk.say(NotRecognized("bananas", "unknown")).reply.text for _ in range(2)]
    assert question not in replies
    assert talk.dialogue.question is None


def test_silence_closes_the_question() -> None:
    talk = Talk()
    talk.say(on())
    talk.say(NotRecognized("", "nothing was said"))
    assert talk.dialogue.question is None


def test_what_can_be_said_is_told_at_the_second_miss() -> None:
    talk = Talk()
    first, second = (talk.say(NotRecognized("bananas", "unknown")).reply.text for _ in range(2))
    assert "You can switch lamps" not in first
    assert "You can switch lamps" in second


def test_it_is_what_was_spoken_of_last() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    off = Request(Intent("HassTurnOff", {"it": True}, 1.0))
    assert sent(talk.say(off)) == [("floor lamp", "HassTurnOff")]
    talk.wait(minutes=2)
    assert talk.say(off).commands == ()


def test_also_means_the_same_with_another_thing() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    assert sent(talk.say(Also({"name": "radio"}))) == [("radio", "HassTurnOn")]


def test_a_correction_takes_back_and_does_what_was_meant() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    assert sent(talk.say(Correct({"name": "radio"}))) == [
        ("floor lamp", "HassTurnOff"),
        ("radio", "HassTurnOn"),
    ]


def test_a_correction_that_cannot_be_done_takes_nothing_back() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    assert talk.say(Correct({"name": "broken"})).commands == ()


def test_not_that_one_offers_the_others() -> None:
    talk = Talk()
    talk.say(on())
    talk.say(Answer({"name": "desk lamp"}))
    outcome = talk.say(Correct({"other": True}))
    assert sent(outcome) == [("desk lamp", "HassTurnOff")]
    assert outcome.question is not None
    assert [option.label for option in outcome.question.options] == ["floor lamp", "wall lamp"]


def test_undo_takes_back_all_of_a_sentence_the_last_first() -> None:
    talk = Talk()
    talk.say(on("floor lamp"), on("radio"))
    outcome = talk.say(Request(Intent("MynahUndo", {}, 1.0)))
    assert sent(outcome) == [("radio", "HassTurnOff"), ("floor lamp", "HassTurnOff")]
    assert [change.do for change in outcome.done] == ["undo"]
    assert talk.say(Request(Intent("MynahUndo", {}, 1.0))).commands == ()


def test_undo_is_as_sure_as_it_was_heard() -> None:
    talk = Talk()
    talk.say(Request(Intent("HassTurnOff", {"name": "lock"}, 1.0)))
    outcome = talk.say(Request(Intent("MynahUndo", {}, 0.5)))
    assert outcome.commands == ()
    assert outcome.question is not None


def test_undo_lapses() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    talk.wait(minutes=10)
    assert talk.say(Request(Intent("MynahUndo", {}, 1.0))).commands == ()


def test_a_clock_that_was_set_back_makes_everything_lapse() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    talk.wait(hours=-1)
    assert talk.dialogue.at(talk.world.now).focus is None


def test_never_mind_at_the_end_of_a_sentence_takes_all_of_it_back() -> None:
    talk = Talk()
    assert talk.say(on("floor lamp"), Cancel()).commands == ()


def test_it_repeats_what_it_said() -> None:
    talk = Talk()
    said = talk.say(on("floor lamp")).reply
    assert talk.say(Repeat()).reply == said


def test_a_no_after_something_was_done_asks_whether_to_take_it_back() -> None:
    talk = Talk()
    talk.say(on("floor lamp"))
    assert talk.say(Deny()).question is not None
    assert sent(talk.say(Affirm())) == [("floor lamp", "HassTurnOff")]


@pytest.mark.parametrize(
    ("act", "fine"),
    [
        (Affirm(), True),
        (on("floor lamp"), True),
        (Cancel(), True),
        (Correct({"name": "desk lamp"}), True),
        (NotRecognized("", "nothing was said"), False),
    ],
)
def test_what_answers_somebody_elses_question_does_nothing_here(act: Act, fine: bool) -> None:
    talk = Talk()
    talk.say(on("wall lamp"))
    question = Question("Shall I?", Intent("MynahAsk", {}, 1.0), "confirmation", relayed=True)
    talk.dialogue = replace(talk.dialogue, question=question)
    outcome = talk.say(act)
    assert (outcome.commands, outcome.reply.text, outcome.fine) == ((), "", fine)
    assert talk.dialogue.question is None
    assert len(talk.world.handled) == 1


@pytest.mark.parametrize("slot", ["item", "message", "text"])
def test_words_of_ones_own_take_the_place_of_those_before(slot: str) -> None:
    """ "No, brown bread" after bread was written down, "and butter" besides."""
    world = Notes()
    dialogue, _ = respond(Dialogue(), [Request(Intent("Note", {slot: "bread"}, 1.0))], world)
    dialogue, outcome = respond(dialogue, [Correct({"words": "brown bread"})], world)
    assert [command.payload for command in outcome.commands] == ["- bread", "+ brown bread"]
    dialogue, outcome = respond(dialogue, [Also({"words": "butter"})], world)
    assert [command.payload for command in outcome.commands] == ["+ butter"]


@pytest.mark.parametrize("act", [Correct({"words": "bread"}), Also({"words": "bread"})])
def test_and_continue_nothing_that_has_no_words(act: Act) -> None:
    world = World()
    dialogue, _ = respond(Dialogue(), [Request(Intent("HassTurnOn", {"name": "desk lamp"}, 1.0))], world)
    for before in (dialogue, Dialogue()):
        _, outcome = respond(before, [act], world)
        assert (outcome.fine, outcome.commands) == (False, ())
        assert outcome.reply.text == "Sorry, I did not understand that"


class Notes(World):
    """Writes down what it is told, and takes it back."""

    def handle(self, intent: Intent) -> Outcome:
        [(slot, text)] = intent.slots.items()
        sign, undo = ("-", "Note") if intent.name == "Forget" else ("+", "Forget")
        return Outcome(
            (Command("notes", f"{sign} {text}"),),
            Reply(f"{sign} {text}"),
            undo=(Intent(undo, {slot: text}, 1.0),),
            about={"list": "notes"},
        )


def test_it_is_nothing_that_was_written_down() -> None:
    dialogue, _ = respond(Dialogue(), [Request(Intent("Note", {"text": "bread"}, 1.0))], Notes())
    _, outcome = respond(dialogue, [Request(Intent("HassTurnOff", {"it": True}, 1.0))], World())
    assert outcome == refused("I do not know what you mean")


def test_variants_of_a_reply_are_counted() -> None:
    class Jokes(World):
        def handle(self, intent: Intent) -> Outcome:
            return Outcome(reply=Reply("Ha", "joke"))

    dialogue = Dialogue()
    for count in (1, 2, 3):
        dialogue, _ = respond(dialogue, [Request(Intent("Joke", {}, 1.0))], Jokes())
        assert dialogue.times == {"joke": count}


def doubted(name: str, lamp: str) -> Request:
    return Request(Intent(name, {"name": lamp}, 0.3), asked=f"turn on the {lamp}")


def test_what_was_hardly_heard_is_asked_before_it_is_done() -> None:
    talk = Talk()
    asked = talk.say(doubted("HassTurnOn", "radio"))
    assert (asked.commands, asked.reply.text) == ((), "Did you say “turn on the radio”?")
    assert sent(talk.say(Affirm(0.9))) == [("radio", "HassTurnOn")]
    assert talk.say(doubted("HassTurnOn", "radio")).question is not None
    assert talk.say(Deny()).commands == ()


def test_the_rest_of_a_doubtful_sentence_waits_for_the_same_yes() -> None:
    talk = Talk()
    asked = talk.say(doubted("HassTurnOn", "radio"), on("fan", 0.3))
    assert asked.commands == ()
    assert sent(talk.say(Affirm(0.9))) == [("radio", "HassTurnOn"), ("fan", "HassTurnOn")]


def test_what_stops_something_is_done_however_it_was_heard() -> None:
    assert sent(Talk().say(doubted("HassStopMoving", "blind"))) == [("blind", "HassStopMoving")]


def test_but_not_on_an_inference() -> None:
    intent = Intent("HassMediaPlayerMute", {"name": "radio"}, 0.7, inferred="mute the sound")
    asked = Talk().say(Request(intent, asked="mute the sound"))
    assert (asked.commands, asked.reply.text) == ((), "Shall I mute the sound?")


def test_where_there_is_nothing_to_ask_about_the_first_the_next_is_asked() -> None:
    doubtful = Request(Intent("HassTurnOn", {"name": "radio", "level": 200}, 0.3), asked="what was heard")
    for rest in (on("fan", 0.3), Also({"name": "fan", "level": 15}, 0.3)):
        talk = Talk()
        asked = talk.say(doubtful, rest)
        assert (asked.commands, asked.question is not None) == ((), True)
        assert sent(talk.say(Affirm(0.9))) == [("fan", "HassTurnOn")]


def test_what_sounds_alike_is_asked_too_where_it_was_hardly_heard() -> None:
    talk = Talk(World(most=20))
    doubtful = Intent("HassTurnOn", {"name": "radio", "level": 50}, 0.3)
    assert talk.say(Request(doubtful, LIKE[::-1], "what was heard")).commands == ()
    assert sent(talk.say(Affirm(0.9))) == [("radio", "HassTurnOn")]
    assert talk.world.handled[-1].slots["level"] == 15


def test_what_a_doubtful_sentence_corrects_in_itself_is_asked() -> None:
    talk = Talk()
    asked = talk.say(doubted("HassTurnOn", "radio"), Correct({"name": "fan"}, 0.3))
    assert asked.commands == ()
    assert sent(talk.say(Affirm(0.9))) == [("fan", "HassTurnOn")]


def test_several_things_are_not_told_on_an_inference_alone() -> None:
    class Lights(World):
        def handle(self, intent: Intent) -> Outcome:
            return Outcome(commands=(Command("a", "on"), Command("b", "on")), reply=Reply("Done"))

    def told(slots: Mapping[str, str], every: bool) -> int:
        intent = Intent("HassTurnOn", slots, 0.97, all_meant=every, inferred="turn on the lights")
        return len(respond(Dialogue(), [Request(intent)], Lights())[1].commands)

    assert told({"domain": "light"}, False) == 0
    assert told({"domain": "light"}, True) == 2
    assert told({"domain": "light", "area": "kitchen"}, False) == 2
