from __future__ import annotations

import datetime
import logging
from pathlib import Path

import pytest

from device.conversation.conversation import Conversation
from device.conversation.registry import Skills
from device.events import Intent, Outcome, Transcript
from device.home.model import Home
from device.skills.skill import World
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding

WORLD = World(Home.load(), datetime.datetime(2026, 3, 2, 18))
SENTENCES = """
language: en
intents:
  LoveMe:
    data:
      - sentences: ["do you love me"]
      - sentences: ["do you hate me"]
        response: other
      - sentences: ["do you know {who}"]
        response: named
  HassTurnOn:
    data:
      - sentences: ["let there be light"]
        slots: {name: kitchen lamp}
        response: light
      - sentences: ["let there be dark"]
        slots: {name: kitchen lamp}
        response: broken
lists:
  who: {values: [bob, ann]}
responses:
  intents:
    LoveMe:
      default: "of course"
      other: "of course not"
      named: "{{ slots.who | title }} is a friend"
    HassTurnOn:
      light: "And there was light"
      broken: "{{ state.name }} is on"
"""


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("do you love me", "of course"),
        ("do you hate me", "of course not"),
        ("do you know bob", "Bob is a friend"),
        ("let there be light", "And there was light"),
        ("let there be dark", "Turned on the kitchen lamp"),
    ],
)
def test_responses_of_a_sentence_file_are_the_replies(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, reply: str
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SENTENCES)
    sentences = Sentences.load([file])
    home = Home.load()
    talk = Conversation(home, skills=Skills(responses=sentences.responses))
    acts = Understanding(sentences, home).acts(Transcript(text, 1.0))
    assert talk.respond(acts).reply.text == reply
    assert len(caplog.records) == (text == "let there be dark")


def test_a_handler_that_raises_costs_a_line(caplog: pytest.LogCaptureFixture) -> None:
    def broken(intent: Intent, world: World) -> Outcome:
        raise RuntimeError("no such thing")

    with caplog.at_level(logging.WARNING):
        outcome = Skills({"Broken": broken}).handle(Intent("Broken", {}, 1.0), WORLD)
    assert (outcome.fine, outcome.commands) == (False, ())
    assert caplog.messages == ["what handles Broken failed: RuntimeError: no such thing"]


def test_an_intent_that_nobody_handles() -> None:
    assert not Skills().handle(Intent("Unheard", {}, 1.0), WORLD).fine
