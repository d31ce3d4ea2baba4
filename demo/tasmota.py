"""Simulated appliances with Tasmota's firmware: they obey `cmnd/<topic>/…` and answer at `stat/<topic>/…`.

https://tasmota.github.io/docs/Commands/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.appliances import Message, State

TASMOTA_AT_FIRST: Mapping[str, State] = {
    "light": {"POWER": "OFF", "Dimmer": 100},
    "switch": {"POWER": "OFF"},
    "fan": {"FanSpeed": 0},
    "cover": {"ShutterPosition1": 0},
    "media_player": {"POWER": "OFF", "MP3": "Stopped", "MP3Volume": 30, "MP3Track": 1},
}


COLOUR_KEYS = {"COLOR": "Color", "COLOR2": "Color", "HSBCOLOR": "HSBColor", "CT": "CT", "WHITE": "White"}
"""The commands that set a light's colour, and where they appear in its state."""


@dataclass(slots=True)
class Tasmota:
    """A device with Tasmota's firmware, `topic` being its `%topic%`: it obeys `cmnd/%topic%/…`."""

    name: str
    room: str
    kind: str
    topic: str
    state: State = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = {**TASMOTA_AT_FIRST[self.kind], **self.state}

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return (f"cmnd/{self.topic}/+",)

    def announce(self) -> list[Message]:
        return [
            Message(f"tele/{self.topic}/LWT", "Online", retain=True),
            Message(f"tele/{self.topic}/STATE", json.dumps(self.state)),
        ]

    def receive(self, topic: str, payload: str) -> list[Message]:
        command = topic.rpartition("/")[2]
        if command.upper() in ("STATE", "STATUS"):
            return [Message(f"stat/{self.topic}/RESULT", json.dumps(self.state))]
        try:
            result = self._obey(command.upper().removesuffix("1"), payload.strip())
        except (ValueError, KeyError):
            return [Message(f"stat/{self.topic}/RESULT", json.dumps({"Command": "Unknown"}))]
        self.state |= result
        answers = [Message(f"stat/{self.topic}/RESULT", json.dumps(result))]
        if "POWER" in result:
            answers.append(Message(f"stat/{self.topic}/POWER", result["POWER"]))
        return answers

    def _obey(self, command: str, payload: str) -> State:
        """What the command changes; an empty payload asks and changes nothing."""
        match self.kind, command:
            case "light" | "switch" | "media_player", "POWER":
                return {"POWER": self._power(payload)}
            case "light", "DIMMER":
                level = self._number(payload, "Dimmer", 100)
                power = self.state["POWER"] if not payload else "ON" if level else "OFF"
                return {"POWER": power, "Dimmer": level}
            case "light", _ if command in COLOUR_KEYS and payload:
                return {"POWER": "ON", COLOUR_KEYS[command]: payload}
            case "fan", "FANSPEED":
                return {"FanSpeed": self._number(payload, "FanSpeed", 3)}
            case "cover", "SHUTTERPOSITION":
                return {"ShutterPosition1": self._number(payload, "ShutterPosition1", 100)}
            case "cover", "SHUTTEROPEN":
                return {"ShutterPosition1": 100}
            case "cover", "SHUTTERCLOSE":
                return {"ShutterPosition1": 0}
            case "cover", "SHUTTERSTOP":
                return {"ShutterPosition1": self.state["ShutterPosition1"]}
            case "media_player", "MP3PLAY" | "MP3PAUSE" | "MP3STOP":
                return {"MP3": {"MP3PLAY": "Playing", "MP3PAUSE": "Paused", "MP3STOP": "Stopped"}[command]}
            case "media_player", "MP3VOLUME":
                return {"MP3Volume": self._number(payload, "MP3Volume", 100)}
            case "media_player", "MP3TRACK":
                step = {"+": 1, "-": -1}
                track = self.state["MP3Track"]
                return {"MP3Track": track + step[payload] if payload in step else int(payload)}
        raise ValueError(command)

    def _power(self, payload: str) -> str:
        before = str(self.state["POWER"])
        toggled = "OFF" if before == "ON" else "ON"
        words = {"": before, "ON": "ON", "1": "ON", "TRUE": "ON", "OFF": "OFF", "0": "OFF", "FALSE": "OFF"}
        return {**words, "TOGGLE": toggled, "2": toggled}[payload.upper()]

    def _number(self, payload: str, key: str, highest: int) -> int:
        if not payload:
            return int(self.state[key])
        value = int(payload)
        if not 0 <= value <= highest:
            raise ValueError(payload)
        return value
