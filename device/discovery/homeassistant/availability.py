"""Where an entity of Home Assistant's discovery says whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from device.appliances.generic import Reading, jointly
from device.discovery.homeassistant.config import Config
from device.discovery.homeassistant.reading import flag

GUESS = re.compile(r"\bis (not )?defined\b|\bin value_json\b")
"""In a template that concludes from what a message does not have."""


def readings(config: Config) -> tuple[Reading, ...]:
    there = tuple(_each(config))
    mode = config.entry.get("availability_mode")
    if mode in ("all", "any") and len(there) > 1:
        guesses = frozenset(one.who for one in there if one.template and GUESS.search(one.template))
        group = jointly(mode == "all", tuple(one.who for one in there), guesses)
        there = tuple(replace(one, jointly=group) for one in there)
    return there


def _each(config: Config) -> Iterator[Reading]:
    every = config.entry.get("availability")
    for entry in every if isinstance(every, list) else ():
        one = Config(entry)
        yield from _flag(one, "topic", "value_template")
    yield from _flag(config, "availability_topic", "availability_template")


def _flag(config: Config, topic: str, template: str) -> Iterator[Reading]:
    yes = config.text("payload_available", "online") or "online"
    no = config.text("payload_not_available", "offline") or "offline"
    yield from flag(config.entry.get(topic), "reachable", config.entry.get(template), (yes,), (no,))
