"""Devices whose commands are spelled out, as the docs show it for ESPHome's own topics."""

from __future__ import annotations

from pathlib import Path

from device.events import Command, Intent
from device.home.model import Home
from device.home.reading import read
from tests.device.talking import outcome_of

PAGE = Path(__file__).parents[3] / "docs" / "APPLIANCES-AND-MQTT.md"


def test_the_example_for_esphome(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    start = text.index('[[device]]\nname = "patio awning"')
    file = tmp_path / "home.toml"
    file.write_text(text[start : text.index("```", start)], "utf-8")
    home = Home(read(file))

    def sent(intent: str, **slots: object) -> tuple[Command, ...]:
        outcome = outcome_of(home, Intent(intent, {"name": "patio awning", **slots}, 0.95))
        assert outcome.fine
        return outcome.commands

    node = "patio/cover/awning"
    assert sent("HassTurnOn") == (Command(f"{node}/command", "OPEN"),)
    assert sent("HassTurnOff") == (Command(f"{node}/command", "CLOSE"),)
    assert sent("HassStopMoving") == (Command(f"{node}/command", "STOP"),)
    assert sent("HassSetPosition", position=40) == (Command(f"{node}/position/command", "40"),)
