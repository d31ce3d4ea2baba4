"""What people are likely to ask of a home."""

from __future__ import annotations

from typing import Any

import pytest

from device.assembly.stages import make_understanding
from device.conversation.conversation import Conversation
from device.events import Intent, Request, Transcript
from device.home.model import Home
from device.settings import Settings
from device.understanding.prior_cost import FIVES, IMPOSSIBLE, OTHERS
from tests.device.talking import outcome_of

HOME = Home.load()
"""The example: lamps in several rooms, one fan, in the bedroom."""


@pytest.mark.parametrize(
    ("name", "slots", "nats"),
    [
        ("HassTurnOn", {"name": "kitchen lamp"}, 0),
        ("HassTurnOn", {"area": "bedroom", "domain": "fan"}, 0),
        ("HassTurnOn", {"area": "bathroom", "domain": "fan"}, IMPOSSIBLE),
        ("HassTurnOn", {"name": "radio", "area": "hall"}, IMPOSSIBLE),
        ("HassLightSet", {"name": "hall light", "color": "white"}, IMPOSSIBLE),
        ("HassTurnOn", {"name": "front door"}, 0),
        ("HassGetCurrentTime", {}, 0),
        ("HassLightSet", {"name": "floor lamp", "brightness": 30}, 0),
        ("HassLightSet", {"name": "floor lamp", "brightness": 35}, FIVES),
        ("HassSetPosition", {"name": "bedroom blinds", "position": 13}, OTHERS),
        ("HassFanSetSpeed", {"area": "bathroom", "percentage": 61}, IMPOSSIBLE + OTHERS),
        ("HassClimateSetTemperature", {"temperature": 21}, 0),
    ],
)
def test_prior_cost(name: str, slots: dict[str, Any], nats: float) -> None:
    assert Conversation(HOME).prior_cost([Request(Intent(name, slots, 0.3))]) == pytest.approx(nats)


@pytest.mark.parametrize(
    "text",
    [
        f"set the floor lamp to {level} brightness"
        for level in ("maximum", "half", "minimum", "lowest", "ten percent")
    ]
    + [f"set the bedroom fan to {level} speed" for level in ("full", "medium", "low", "lowest")],
)
def test_levels_that_are_words_cost_nothing(text: str) -> None:
    intent = make_understanding(Settings(), HOME).understand(Transcript(text, 1.0))
    assert isinstance(intent, Intent)
    assert Conversation(HOME).prior_cost([Request(intent)]) == 0


def test_what_is_not_reachable_now_may_be_asked_for() -> None:
    home = Home.load()
    home.observe("tele/hall/LWT", b"Offline")
    assert not home.reachable(home.devices["hall light"])
    assert Conversation(home).prior_cost([Request(Intent("HassTurnOn", {"name": "hall light"}, 1.0))]) == 0


def test_an_unlikely_request_is_not_what_was_spoken_of_last() -> None:
    home = Conversation(Home.load())
    assert home.prior_cost([Request(Intent("HassTurnOn", {"name": "kitchen lamp"}, 1.0))]) == 0
    assert home.prior_cost([Request(Intent("HassLightSet", {"it": True, "brightness": 20}, 1.0))]) == 0
    outcome = outcome_of(home, Intent("HassLightSet", {"it": True, "brightness": 20}, 1.0))
    assert outcome.reply.text == "I do not know what you mean"  # type: ignore[union-attr]
