"""Mynah as a device in Home Assistant, which learns of it by one retained message.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload; after Home Assistant's own start,
which it tells on STATUS, everything retained is said again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from device.audio.volume import LOUDEST
from device.channels.asks import Ask
from device.channels.channel import Channel, Outlet
from device.channels.own import INSTALL, Topics
from device.channels.steps import Started, Step
from device.hearing.thresholds import LEAST, MOST
from device.mqtt.connection import Message

STATUS = "homeassistant/status"
AGAIN = (0.2, 1.5)
"""Seconds after Home Assistant's start at which everything retained is said again: not all devices of a home
at once."""
NEXT = (
    "{% set at = value_json | map(attribute='at') | select | first | default('') %}"
    "{{ (at | as_datetime | as_local).isoformat() if at else none }}"
)
"""When the next timer, alarm or reminder is due, of those that are not paused."""


class HomeAssistant(Channel):
    """`content`: the `announcement` of the device called `device_id`."""

    topics = (STATUS,)

    def __init__(self, device_id: str, content: Mapping[str, Any], outlet: Outlet) -> None:
        self._config, self._content, self._outlet = config_topic(device_id), content, outlet
        self._again_at: float | None = None

    def receive(self, message: Message) -> Iterable[Ask]:
        if (message.topic, message.payload) == (STATUS, b"online"):
            self._again_at = time.monotonic() + random.uniform(*AGAIN)
        return ()

    def take(self, step: Step) -> None:
        if isinstance(step, Started):
            self._outlet.retain(self._config, json.dumps(self._content, ensure_ascii=False))

    def tick(self, now: float) -> None:
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            self._outlet.again()


def config_topic(device_id: str) -> str:
    return f"homeassistant/device/mynah_{device_id}/config"


def announcement(
    topics: Topics, room: str | None, words: Mapping[str, str], updates: bool = False
) -> dict[str, Any]:
    """What is said on `config_topic`. `room`: where Mynah stands, if that is known.

    `words`: the wake words whose thresholds may be moved, by what they are called in topics.
    `updates`: whether new versions are looked for.
    """
    number, unique = software(), f"mynah_{topics.device_id}"
    device = {
        "identifiers": [unique],
        "name": f"Mynah {topics.device_id}",
        "model": "Mynah",
        "sw_version": number,
    }
    if room is not None:
        device["suggested_area"] = room.title()
    thresholds = {f"threshold_{name}": _threshold(topics, name, word) for name, word in words.items()}
    components = {**_components(topics), **thresholds, **({"update": _update(topics)} if updates else {})}
    return {
        "device": device,
        "origin": {"name": "mynah", "sw_version": number},
        "availability": [{"topic": topics["availability"]}],
        "components": {
            name: {**component, "unique_id": f"{unique}_{name}"} for name, component in components.items()
        },
        "qos": 1,
    }


def _components(topics: Topics) -> Mapping[str, Mapping[str, Any]]:
    """What every Mynah has, by what it is called in `unique_id`."""
    turn, timers = topics["turn"], topics["timers"]
    return {
        "mute": {
            "platform": "switch",
            "name": "Mute",
            "icon": "mdi:microphone-off",
            "state_topic": topics["mute"],
            "command_topic": topics["mute/set"],
        },
        "listen": {
            "platform": "button",
            "name": "Listen",
            "icon": "mdi:microphone-message",
            "command_topic": topics["listen"],
        },
        "stop": {
            "platform": "button",
            "name": "Stop",
            "icon": "mdi:bell-cancel",
            "command_topic": topics["stop"],
        },
        "announce": {
            "platform": "text",
            "name": "Announce",
            "icon": "mdi:bullhorn",
            "command_topic": topics["announce"],
        },
        "say": {
            "platform": "text",
            "name": "Say",
            "icon": "mdi:comment-text-outline",
            "command_topic": topics["say"],
        },
        "speaker": {
            "platform": "notify",
            "name": "Speaker",
            "icon": "mdi:bullhorn",
            "command_topic": topics["announce"],
        },
        "volume": {
            "platform": "number",
            "name": "Volume",
            "icon": "mdi:volume-high",
            "unit_of_measurement": "%",
            "min": 0,
            "max": LOUDEST,
            "step": 1,
            "mode": "slider",
            "state_topic": topics["volume"],
            "command_topic": topics["volume/set"],
        },
        "state": {
            "platform": "sensor",
            "name": "State",
            "device_class": "enum",
            "options": ["idle", "listening", "thinking", "muted"],
            "state_topic": topics["state"],
        },
        "problem": {
            "platform": "binary_sensor",
            "name": "Problem",
            "device_class": "problem",
            "entity_category": "diagnostic",
            "state_topic": topics["problem"],
            "value_template": "{{ 'ON' if value_json.problems else 'OFF' }}",
            "json_attributes_topic": topics["problem"],
        },
        "command": {
            "platform": "sensor",
            "name": "Last command",
            "icon": "mdi:text-recognition",
            "state_topic": turn,
            "value_template": "{{ (value_json.transcript or {}).text | default('', true) | truncate(250) }}",
        },
        "intent": {
            "platform": "sensor",
            "name": "Last intent",
            "icon": "mdi:lightbulb-question",
            "state_topic": turn,
            "value_template": "{{ (value_json.intent or {}).name | default('none', true) }}",
            "json_attributes_topic": turn,
            "json_attributes_template": "{{ (value_json.intent or {}).slots | default({}, true) | tojson }}",
        },
        "timer": {
            "platform": "sensor",
            "name": "Next timer",
            "icon": "mdi:timer-outline",
            "device_class": "timestamp",
            "state_topic": timers,
            "value_template": NEXT,
            "json_attributes_topic": timers,
            "json_attributes_template": "{{ {'timers': value_json} | tojson }}",
        },
    }


def _threshold(topics: Topics, name: str, word: str) -> Mapping[str, Any]:
    """The slider for the wake word `word`, which is `name` in topics."""
    return {
        "platform": "number",
        "name": f"Threshold of {word}",
        "icon": "mdi:tune",
        "entity_category": "config",
        "min": LEAST,
        "max": MOST,
        "step": 0.01,
        "mode": "slider",
        "state_topic": topics[f"threshold/{name}"],
        "command_topic": topics[f"threshold/{name}/set"],
    }


def _update(topics: Topics) -> Mapping[str, Any]:
    """What is said on its state topic is JSON, in Home Assistant's own words for it."""
    return {
        "platform": "update",
        "name": "Update",
        "entity_category": "config",
        "state_topic": topics["update"],
        "command_topic": topics["update/install"],
        "payload_install": INSTALL,
    }


def software() -> str:
    """Mynah's version."""
    try:
        return version("mynah")
    except PackageNotFoundError:
        return "unknown"
