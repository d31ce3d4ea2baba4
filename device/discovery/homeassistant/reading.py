"""Readings of messages, as an entity's config describes them; none where it names no topic."""

from __future__ import annotations

from collections.abc import Iterator

from device.appliances.generic import Reading
from device.appliances.scale import SAME, Scale
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


def _template(template: object) -> str | None:
    return None if template is None else str(template)
