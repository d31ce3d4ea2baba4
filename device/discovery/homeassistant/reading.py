"""Readings of messages, as an entity's config describes them; none where it names no topic."""

from __future__ import annotations

from collections.abc import Iterator

from device.appliances.generic import Reading
from device.appliances.scale import SAME, Scale
from device.discovery.homeassistant.config import Config
from device.mqtt.topics import is_pattern


def flag(
    topic: object, key: str, template: object, true: tuple[str, ...], false: tuple[str, ...]
) -> Iterator[Reading]:
    if is_pattern(topic) and (true or false):
        yield Reading(str(topic), key, _template(template), true, false)


def number(topic: object, key: str, template: object, scale: Scale = SAME) -> Iterator[Reading]:
    if is_pattern(topic):
        yield Reading(str(topic), key, _template(template), scale=scale)


def text(topic: object, key: str, template: object, known: tuple[str, ...] = ()) -> Iterator[Reading]:
    """`known`: the only texts that count, if there are any."""
    if is_pattern(topic):
        yield Reading(str(topic), key, _template(template), known, text=True)


def measure(config: Config, key: str, topic: str, template: str, scale: Scale = SAME) -> Iterator[Reading]:
    """A number, on the topic of that key and by the template of that key."""
    return number(config.entry.get(topic), key, config.entry.get(template), scale)


def option(config: Config, topic: str, template: str, key: str = "option") -> Iterator[Reading]:
    """One of the options that are told as `key`."""
    known = tuple(one for one in config.options if config.told_as.get(one, "option") == key)
    return text(config.entry.get(topic), key, config.entry.get(template), known) if known else iter(())


def _template(template: object) -> str | None:
    return None if template is None else str(template)
