"""What is announced decides what is sent and what is read; what cannot be used is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from device.appliances.actions import Action, Do
from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.home.model import Home
from device.home.reading import Layout

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))


@pytest.fixture(params=CASES, ids=lambda case: case["case"])
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


@pytest.fixture
def announcements(case: dict[str, Any]) -> Announcements:
    found = Announcements()
    for topic, content in case["announce"].items():
        assert found.receive(topic, json.dumps(content).encode())
    return found


@pytest.fixture
def home(announcements: Announcements) -> Home:
    layout, problems = joined(Layout(), announcements.found())
    assert problems == ()
    return Home(layout)


def test_what_is_sent(case: dict[str, Any], home: Home) -> None:
    for name, do, value, messages in case.get("tell", ()):
        sent = home.commands(home.devices[name], [Action(Do(do), value)])
        assert [[command.topic, command.payload] for command in sent] == messages, (name, do, value)


def test_what_is_read(case: dict[str, Any], home: Home) -> None:
    for topic, payload in case.get("hear", ()):
        home.observe(topic, payload.encode())
    for name, known in case.get("known", {}).items():
        assert home.state.of(name) == known, name
    for name, do, value, messages in case.get("tell_then", ()):
        sent = home.commands(home.devices[name], [Action(Do(do), value)])
        assert [[command.topic, command.payload] for command in sent] == messages, (name, do, value)


def test_what_is_left_out(case: dict[str, Any], announcements: Announcements, home: Home) -> None:
    lines = [str(one) for one in announcements.left_out()]
    for pattern in case.get("left_out", ()):
        assert any(re.search(pattern, line) for line in lines), (pattern, lines)
    assert len(lines) >= len(case.get("left_out", ()))
    if "names" in case:
        assert list(home.devices) == case["names"]
