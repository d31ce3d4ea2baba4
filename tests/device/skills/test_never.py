"""What is said about things, and is no command, never acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.settings import Settings

LINES = [
    line
    for line in Path(__file__).with_name("never.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat.of(Settings(), "2026-03-02T18:00")


@pytest.mark.parametrize("text", LINES)
def test_it_does_nothing(chat: Chat, text: str) -> None:
    chat.begin()
    outcome = chat.say(text).outcome
    assert (outcome.commands, outcome.done) == ((), ())


@pytest.mark.parametrize("text", LINES)
def test_and_does_nothing_where_something_is_open_or_was_done(chat: Chat, text: str) -> None:
    chat.begin()
    chat.say("turn on the kitchen lamp")
    outcome = chat.say(text).outcome
    assert (outcome.commands, outcome.done) == ((), ())
