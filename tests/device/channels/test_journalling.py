"""Turns as the journal has them."""

from __future__ import annotations

from typing import Any

from device.channels.journalling import Journalling
from device.channels.steps import Told
from device.events import (
    Command,
    Confirmation,
    Correct,
    Endpoint,
    EndpointReason,
    Expectation,
    Intent,
    Outcome,
    Reply,
    Request,
    Timings,
    Transcript,
    Turn,
)
from device.memory.journal.entries import Changed, Turned
from device.memory.journal.journal import Journal, passing


def turn(*acts: Any, outcome: Outcome, **values: Any) -> Turn:
    endpoint = Endpoint(16_000, EndpointReason.SILENCE, 15_000)
    heard = Transcript("turn on the lamp", 0.9)
    return Turn(None, endpoint, heard, acts, outcome, Timings(1.0, 0.0, 0.0, 0.0), **values)


def turns(journal: Journal) -> list[Turned]:
    with journal.past() as past:
        return list(past.turns())


def test_a_turn_is_written_with_the_time_at_which_it_was_done() -> None:
    now = 100.0
    journal = passing(lambda: now)
    duty = Journalling(journal)
    outcome = Outcome(
        (Command("lamp/set", "ON"),),
        Reply("Turned on the lamp"),
        (Expectation("lamp", "the lamp", "on", True),),
    )
    heard = turn(Request(Intent("HassTurnOn", {"name": "lamp"}, 0.8)), outcome=outcome)
    duty.take(heard)
    now = 102.0
    duty.take(Told(turn(*heard.acts, outcome=outcome, confirmation=Confirmation.CONFIRMED)))
    [told] = turns(journal)
    assert (told.at, told.text, told.intent, told.confidence) == (
        100.0,
        "turn on the lamp",
        "HassTurnOn",
        0.8,
    )
    assert told.body["heard"] == 0.9
    assert told.body["confirmation"] == "confirmed"
    assert told.acted
    assert told.did(Changed("lamp", "on", True, 100.4))
    assert not told.did(Changed("lamp", "on", False, 100.4))
    assert not told.did(Changed("radio", "on", True, 100.4))


def test_what_failed_is_not_fine_and_a_correction_knows_what_it_corrects() -> None:
    now = 100.0
    journal = passing(lambda: now)
    duty = Journalling(journal)
    first = turn(Request(Intent("HassTurnOn", {}, 1.0)), outcome=Outcome(), confirmation=Confirmation.FAILED)
    for each in (first, turn(Correct({"name": "radio"}), outcome=Outcome())):
        duty.take(each)
        duty.take(Told(each))
        now += 5
    failed, corrected = turns(journal)
    assert not failed.fine
    assert (failed.corrects, corrected.corrects) == (None, failed.id)
    assert corrected.body["acts"] == ["correct"]
