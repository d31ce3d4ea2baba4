"""What stories cannot say: doubtful hearings, limits, and what comes of something that falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from device.conversation.conversation import Conversation
from device.conversation.registry import Skills
from device.dialogue.falling_due import fallen_due
from device.events import Due, Intent, Outcome, Request
from device.home.model import EXAMPLE, Home
from device.home.reading import read
from device.skills.skill import World

NOW = datetime(2026, 3, 2, 18, 0)


@pytest.fixture
def world() -> World:
    return World(Home(read(EXAMPLE)), NOW)


def handle(world: World, intent: str, confidence: float = 1.0, **slots: Any) -> Outcome:
    return Skills().handle(Intent(intent, slots, confidence), world)


def test_forty_timers_are_enough(world: World) -> None:
    for minutes in range(1, 41):
        world = world.after(handle(world, "HassStartTimer", minutes=minutes).done)
    outcome = handle(world, "HassStartTimer", minutes=41)
    assert (outcome.fine, outcome.done) == (False, ())
    assert outcome.reply.text == "There are 40 timers already; cancel one of them first"
    assert handle(world, "HassStartTimer", minutes=0).reply.text.startswith("A timer needs some time")


def test_a_lock_later_is_asked_now(world: World) -> None:
    asked = handle(world, "HassTurnOff", 0.6, name="front door", in_minutes=10)
    assert asked.question is not None
    assert (asked.question.expects, asked.done) == ("confirmation", ())
    sure = replace(asked.question.about, confidence=1.0)  # the answer was yes
    planned = Skills().handle(sure, world)
    assert [change.values["text"] for change in planned.done] == ["unlock the front door"]
    assert planned.commands == ()


def test_locking_for_an_hour_unlocks_and_is_asked(world: World) -> None:
    asked = handle(world, "HassTurnOn", 0.6, name="front door", hours=1)
    assert asked.question is not None
    assert asked.question.about.slots["hours"] == 1
    assert (asked.commands, asked.done) == ((), ())


def test_after_the_lights_were_off_those_are_on_that_were_on(world: World) -> None:
    world.home.observe("zigbee2mqtt/kitchen lamp", b'{"state": "ON", "brightness": 127}')
    world.home.observe("zigbee2mqtt/floor lamp", b'{"state": "OFF"}')
    outcome = handle(world, "HassTurnOff", domain="light", hours=1)
    [planned] = outcome.done
    assert "kitchen lamp" in planned.values["text"]
    assert "floor lamp" not in planned.values["text"]


@pytest.mark.parametrize(
    ("due", "reply"),
    [
        (Due("timer", 1, NOW, "pasta"), "Your pasta timer is done"),
        (Due("timer", 1, NOW, seconds=5400), "Your hour and a half timer is done"),
        (Due("alarm", 1, NOW), "It is 6 in the evening"),
        (Due("reminder", 1, NOW, text="call my mom"), "I was to remind you to call your mom"),
        (
            Due("timer", 1, NOW, "tea", missed=True),
            "While I was off, your tea timer ended at 6 in the evening",
        ),
        (Due("delayed", 1, NOW, text="lock the door", missed=True), "so I did not lock the door"),
    ],
)
def test_what_is_said_of_what_is_due(world: World, due: Due, reply: str) -> None:
    acts, outcome = fallen_due(due, Conversation(world.home, lambda: NOW).view())
    assert reply in outcome.reply.text
    assert (acts, outcome.commands) == ((), ())


def test_a_thing_that_has_left_meanwhile(world: World) -> None:
    request = Intent("HassTurnOn", {"name": "toaster"}, 1.0)
    due = Due("delayed", 1, NOW, text="turn on the toaster", requests=(request,))
    acts, outcome = fallen_due(due, Conversation(world.home, lambda: NOW).view())
    assert acts == (Request(request),)
    assert outcome.reply.text == "I could not turn on the toaster: There is no toaster"


def test_a_question_stays_open_while_something_falls_due(world: World) -> None:
    times = [NOW]
    talk = Conversation(world.home, lambda: times[0], patience=timedelta(seconds=8))
    talk.respond([Request(Intent("HassTurnOn", {"name": "radio", "in_seconds": 5}, 1.0))])
    talk.respond([Request(Intent("HassTurnOn", {"name": "lamp"}, 1.0))])
    times[0] += timedelta(seconds=6)
    [exchange] = talk.due()
    assert [command.payload for command in exchange.outcome.commands] == ["ON"]
    assert talk.question is not None
    assert list(talk.due()) == []
