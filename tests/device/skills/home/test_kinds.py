"""Every kind of appliance can be told what it does, is answered for, and refuses what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.appliances.devices import CAN
from device.assembly.stories import Story, play, read
from device.events import Intent, Outcome
from device.home.model import Home
from tests.device.talking import outcome_of

HERE = Path(__file__).parent
STORIES = read(HERE / "kinds.yaml")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story(story: Story) -> None:
    assert list(play(story)) == []


def test_every_new_kind_is_there() -> None:
    told = {device.kind for device in Home.load(HERE / "kinds.toml").layout.devices}
    assert told >= CAN.keys() - {"fan", "climate", "media_player", "lock", "sensor", "binary_sensor"}


@pytest.mark.parametrize(
    ("intent", "slots", "asks"),
    [
        ("MynahDisarmAlarm", {"domain": "alarm_panel"}, "Shall I disarm the house alarm?"),
        ("HassTurnOn", {"name": "attic siren"}, "Shall I turn on the attic siren?"),
        ("MynahArmAlarm", {"domain": "alarm_panel"}, None),
        ("HassTurnOff", {"name": "attic siren"}, None),
    ],
)
def test_what_is_guarded_wants_a_confident_hearing(
    intent: str, slots: dict[str, str], asks: str | None
) -> None:
    home = Home.load(HERE / "kinds.toml")
    outcome: Outcome = outcome_of(home, Intent(intent, slots, 0.5))
    assert (outcome.question.text if outcome.question else None) == asks
    assert bool(outcome.commands) == (asks is None)
