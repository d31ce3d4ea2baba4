"""A door that is opened or closed, and is a lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.conversation.conversation import Conversation
from device.events import Intent, Request
from device.home.model import Home

HALL = """
[[room]]
name = "hall"
[[device]]
name = "entry"
kind = "lock"
room = "hall"
protocol = "zigbee2mqtt"
"""
SECOND = HALL.partition("[[device]]")[2].replace("entry", "side bolt")


@pytest.mark.parametrize("intent", ["MynahOpenLock", "MynahCloseLock"])
@pytest.mark.parametrize(
    ("toml", "asks"),
    [(HALL, "Shall I"), (f"{HALL}[[device]]{SECOND}", "Which lock: the entry or the side bolt?")],
    ids=["one lock", "two locks"],
)
def test_of_several_locks_in_a_place_it_asks_which(tmp_path: Path, intent: str, toml: str, asks: str) -> None:
    (tmp_path / "home.toml").write_text(toml)
    talk = Conversation(Home.load(tmp_path / "home.toml"))
    outcome = talk.respond([Request(Intent(intent, {"area": "hall"}, 1.0))])
    assert outcome.commands == ()
    assert outcome.reply.text.startswith(asks)
