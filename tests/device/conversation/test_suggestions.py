"""Suggestions: learnt from a journal of some weeks, asked at most once a day, never without a yes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.dialogue.exchange import Exchange
from device.memory.habits.deeds import Deed
from device.memory.habits.following import answered, named
from device.memory.journal.entries import Turned
from device.settings import HabitsSettings, HomeSettings, MemorySettings, Settings

HOME = Path(__file__).parents[2] / "stories" / "rules" / "home.toml"
LOCK = ['< "zigbee2mqtt/back door" {"state": "LOCK"}', '< "zigbee2mqtt/hall lamp" {"state": "OFF"}']
UNLOCK = ['< "zigbee2mqtt/back door" {"state": "UNLOCK"}', '< "zigbee2mqtt/hall lamp" {"state": "ON"}']


def said(chat: Chat, lines: list[str]) -> list[Exchange]:
    return [exchange for line in lines for exchange in chat.take(line)]


@pytest.fixture
def chat() -> Chat:
    """After two weeks in which the door was unlocked at eight and locked at half past ten in the evening."""
    settings = Settings(
        home=HomeSettings(file=HOME), memory=MemorySettings(journal=True), habits=HabitsSettings(suggest=True)
    )
    chat = Chat.of(settings, "2026-03-02T08:10")
    for _ in range(14):
        assert said(chat, [*UNLOCK, "+51900", *LOCK, "+34500"]) == []
    return chat


def test_a_door_is_locked_as_usual_after_a_yes(chat: Chat) -> None:
    said(chat, [*UNLOCK, "+48000", '< "zigbee2mqtt/hall lamp" {"state": "OFF"}'])
    [suggested] = said(chat, ["+1800"])
    assert suggested.outcome.reply.text == "Shall I lock the back door as usual?"
    assert (suggested.commands, suggested.outcome.question is not None) == ((), True)
    [done] = said(chat, ["yes"])
    assert [command.topic for command in done.commands] == ["zigbee2mqtt/back door/set"]
    assert said(chat, ["+1800"]) == []


def test_nothing_is_suggested_any_more_when_told_so(chat: Chat) -> None:
    [told] = said(chat, ["stop suggesting things"])
    assert [change.do for change in told.outcome.done] == ["habit.stop"]
    said(chat, [*UNLOCK, "+48000", '< "zigbee2mqtt/hall lamp" {"state": "OFF"}'])
    assert said(chat, ["+1800"]) == []


def test_answers_are_read_from_the_journal() -> None:
    deed, at = Deed("a: b", "locked", True), datetime(2026, 3, 2, 22).timestamp()

    def turn(later: float, **body: object) -> Turned:
        return Turned(at + later, None, None, 1.0, True, {"reply": "Shall I?", **body})

    made = turn(0, due={"kind": "habit", "name": named(deed)})
    answers, last = answered(
        [made, turn(5, answers="Shall I?", acts=["deny"]), made, turn(9, answers="Shall I?", acts=["affirm"])]
    )
    assert answers == {deed: (1, 1)}
    assert last == datetime(2026, 3, 2, 22)
