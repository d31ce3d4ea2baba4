from __future__ import annotations

from typing import Any

import pytest

from device.channels.steps import Said, Told
from device.channels.terminal import Terminal
from tests.device import fakes


class Paper:
    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.terminal = Terminal(self.show)

    def show(self, content: dict[str, Any], text: str) -> None:
        self.objects.append(content)
        self.lines.append(text)


def test_a_turn_is_shown_with_what_was_dropped() -> None:
    (turn,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    paper = Paper()
    paper.terminal.take(Told(turn, turn.commands))
    assert paper.objects[0]["dropped"] == [{"topic": "zigbee2mqtt/lamp/set", "payload": {"state": "ON"}}]
    assert "dropped zigbee2mqtt/lamp/set" in paper.lines[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("dinner\x1b[2J is\nready \u2615", "dinner [2J is ready ☕"), ("x" * 100_000, "x" * 500), ("", "")],
)
def test_a_text_is_shown_without_control_characters_and_not_at_length(text: str, shown: str) -> None:
    paper = Paper()
    paper.terminal.take(Said(text))
    assert (paper.objects, paper.lines) == ([{"say": shown}], [f"  says    {shown}"])
