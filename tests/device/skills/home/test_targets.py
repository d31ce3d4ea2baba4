"""A sentence that names no target acts on nothing, unless it says that all is meant."""

from __future__ import annotations

import pytest

from device.assembly.chatting import Chat
from device.assembly.stages import adjusted
from device.settings import Settings

FILE = """
intents:
  HassTurnOff:
    data:
      - sentences: ["good bye", "shut all of it down", "everything must sleep"]
      - sentences: ["curtains down"]
        inferred_domain: cover
  HassLightSet:
    data:
      - sentences: ["glow at {brightness} percent"]
"""


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Chat:
    path = tmp_path_factory.mktemp("own") / "own.yaml"
    path.write_text(FILE)
    return Chat.of(adjusted(Settings(), sentences=[path]))


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("good bye", False),
        ("glow at 40 percent", False),
        ("shut all of it down", True),
        ("everything must sleep", True),
        ("curtains down", True),
    ],
)
def test_who_names_nothing_means_nothing(chat: Chat, text: str, acts: bool) -> None:
    chat.begin()
    assert bool(chat.say(text).outcome.commands) is acts
