"""Why an announced device cannot be told something is said; nothing is sent then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from device.appliances.actions import Action, Do
from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.home.model import Home
from device.home.reading import Layout
from device.skills.home.telling import tell


def home_with(component: str, config: Mapping[str, Any]) -> Home:
    found = Announcements()
    assert found.receive(f"homeassistant/{component}/a/config", json.dumps(config).encode())
    return Home(joined(Layout(), found.found())[0])


@pytest.mark.parametrize(
    ("component", "config", "action", "note"),
    [
        ("lock", {"code_format": "^[0-9]+$"}, Action(Do.OFF), "the Crate wants a code"),
        ("lock", {"command_template": "{{ value }}{{ code }}"}, Action(Do.OFF), "the Crate wants a code"),
        ("alarm_control_panel", {"code": "1"}, Action(Do.DISARM), "the Crate wants a code"),
        (
            "switch",
            {"command_template": "{% for i in [1] %}{{ i }}{% endfor %}"},
            Action(Do.ON),
            "the Crate announces a template that I cannot use",
        ),
        (
            "climate",
            {"temperature_low_command_topic": "l", "temperature_high_command_topic": "h"},
            Action(Do.TEMPERATURE, 20),
            "the Crate has one temperature for heating",
        ),
    ],
)
def test_the_reason_is_told(component: str, config: dict[str, Any], action: Action, note: str) -> None:
    home = home_with(component, {"name": "Crate", "command_topic": "c/set", **config})
    told = tell(home, [(home.devices["Crate"], [action])])
    assert told.commands == []
    assert [text[: len(note)] for text in told.notes] == [note]


def test_what_has_no_options_cannot_be_set_to_one() -> None:
    home = home_with("climate", {"name": "Crate", "temperature_command_topic": "t"})
    told = tell(home, [(home.devices["Crate"], [Action(Do.OPTION, "eco")])])
    assert (told.commands, told.notes) == ([], ())
