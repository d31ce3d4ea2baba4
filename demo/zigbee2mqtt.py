"""Simulated appliances behind Zigbee2MQTT: they obey `<topic>/set` and publish their state at `<topic>`.

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html, and the "Exposes" of its devices.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.appliances import Message, State

Check = Callable[[Any, Any], Any]
"""(value as sent, value before) → what the value becomes; ValueError if the device does not obey it."""


def _one_of(*allowed: str) -> Check:
    def check(value: Any, _: Any) -> Any:
        word = str(value)
        if word.upper() in allowed or word.lower() in allowed:
            return word.upper() if word.upper() in allowed else word.lower()
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")

    return check


def _between(low: float, high: float) -> Check:
    def check(value: Any, _: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{value!r} is not a number from {low:g} to {high:g}")
        return value

    return check


def _switched(value: Any, before: Any) -> Any:
    if str(value).upper() == "TOGGLE":
        return "OFF" if before == "ON" else "ON"
    return _one_of("ON", "OFF")(value, before)


def _colour(value: Any, _: Any) -> Any:
    """The object as sent: {"hex"}, {"r", "g", "b"}, {"hue", "saturation"} or {"x", "y"}."""
    complete = ({"hex"}, {"r", "g", "b"}, {"hue", "saturation"}, {"x", "y"})
    if isinstance(value, Mapping) and any(keys <= set(value) for keys in complete):
        return dict(value)
    raise ValueError(f"{value!r} is no colour")


_COVER_POSITIONS = {"OPEN": 100, "CLOSE": 0}

ZIGBEE_KEYS: Mapping[str, Mapping[str, Check]] = {
    "light": {
        "state": _switched,
        "brightness": _between(0, 254),
        "color_temp": _between(150, 500),
        "color": _colour,
    },
    "switch": {"state": _switched},
    "cover": {"state": _one_of("OPEN", "CLOSE", "STOP"), "position": _between(0, 100)},
    "fan": {"state": _switched, "fan_mode": _one_of("off", "low", "medium", "high", "on", "auto")},
    "climate": {"occupied_heating_setpoint": _between(5, 30), "system_mode": _one_of("off", "heat", "auto")},
    "lock": {"state": _one_of("LOCK", "UNLOCK")},
    "sensor": {},
}
"""For each kind of appliance the keys that it obeys."""

ZIGBEE_AT_FIRST: Mapping[str, State] = {
    "light": {"state": "OFF", "brightness": 254},
    "switch": {"state": "OFF"},
    "cover": {"state": "CLOSE", "position": 0},
    "fan": {"state": "OFF", "fan_mode": "off"},
    "climate": {"occupied_heating_setpoint": 18, "local_temperature": 19.5, "system_mode": "heat"},
    "lock": {"state": "LOCK"},
    "sensor": {},
}


@dataclass(slots=True)
class Zigbee:
    """A device behind Zigbee2MQTT, `topic` being its whole base topic, such as `zigbee2mqtt/kitchen lamp`."""

    name: str
    room: str
    kind: str
    topic: str
    state: State = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = {**ZIGBEE_AT_FIRST[self.kind], **self.state}

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return f"{self.topic}/set", f"{self.topic}/get"

    def announce(self) -> list[Message]:
        online = Message(f"{self.topic}/availability", json.dumps({"state": "online"}), retain=True)
        return [online, self._report()]

    def receive(self, topic: str, payload: str) -> list[Message]:
        if topic == f"{self.topic}/get":
            return [self._report()]
        try:
            self.state = self._after(json.loads(payload) if payload.startswith("{") else {"state": payload})
        except ValueError as error:
            problem = {"level": "error", "message": f"Publish 'set' to '{self.name}' failed: {error}"}
            return [Message("zigbee2mqtt/bridge/logging", json.dumps(problem))]
        return [self._report()]

    def _report(self) -> Message:
        return Message(self.topic, json.dumps(self.state), retain=True)

    def _after(self, wanted: Mapping[str, Any]) -> State:
        after = dict(self.state)
        for key, value in wanted.items():
            if key == "transition":
                continue
            if key not in ZIGBEE_KEYS[self.kind]:
                raise ValueError(f"no converter available for '{key}'")
            after[key] = ZIGBEE_KEYS[self.kind][key](value, self.state.get(key))
        return self._consequences(after, wanted)

    def _consequences(self, after: State, wanted: Mapping[str, Any]) -> State:
        if self.kind == "light" and "brightness" in wanted and "state" not in wanted:
            after["state"] = "ON" if after["brightness"] else "OFF"
        if self.kind == "fan" and "fan_mode" in wanted:
            after["state"] = "OFF" if after["fan_mode"] == "off" else "ON"
        if self.kind == "cover":
            if after["state"] == "STOP":
                after["state"] = self.state["state"]
            elif "position" in wanted:
                after["state"] = "OPEN" if after["position"] else "CLOSE"
            else:
                after["position"] = _COVER_POSITIONS[after["state"]]
        return after
