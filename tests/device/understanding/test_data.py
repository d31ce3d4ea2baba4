"""tests/sentences: text → intent, slots, commands and reply in the example home."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from device.conversation.conversation import Conversation
from device.events import Intent, NotRecognized, Transcript
from device.home import reading
from device.home.model import EXAMPLE, Home
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from tests.device.talking import outcome_of

DATA = Path(__file__).parents[2] / "sentences"


def cases() -> list[Mapping[str, Any]]:
    files = sorted(path for path in DATA.glob("*.yaml") if path.stem != "unknown")
    return [case for file in files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


@cache
def understanding() -> Understanding:
    return Understanding(Sentences.load(), Home.load())


def home() -> Conversation:
    evening = datetime.datetime(2026, 3, 6, 19, 5)
    return Conversation(Home(reading.read(EXAMPLE)), clock=lambda: evening)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["text"])
def test_meaning(case: Mapping[str, Any]) -> None:
    meaning = understanding().understand(Transcript(case["text"], 1.0))
    assert isinstance(meaning, Intent)
    assert (meaning.name, dict(meaning.slots)) == (case["intent"], case["slots"])


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["text"])
def test_outcome(case: Mapping[str, Any]) -> None:
    here = home()
    for topic, payload in case.get("heard", {}).items():
        here.home.observe(topic, payload.encode())
    outcome = outcome_of(here, Intent(case["intent"], case["slots"], 1.0))
    if "refused" in case:
        assert not outcome.fine
        assert outcome.reply.text == case["refused"]
        return
    assert outcome.fine
    if "commands" in case:
        assert [[command.topic, command.payload] for command in outcome.commands] == case["commands"]
    assert all(command.qos == 1 and command.expires > 0 for command in outcome.commands)
    if "reply" in case:
        assert outcome.reply.text == case["reply"]


@pytest.mark.parametrize("text", yaml.safe_load((DATA / "unknown.yaml").read_text(encoding="utf-8")))
def test_unknown(text: str) -> None:
    meaning = understanding().understand(Transcript(text, 1.0))
    assert isinstance(meaning, NotRecognized)
    assert meaning.text == text
    assert not outcome_of(home(), meaning).fine
