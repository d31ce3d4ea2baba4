"""Home Assistant's discovery, on `homeassistant/<component>/…/config` and `homeassistant/device/…/config`.

https://www.home-assistant.io/integrations/mqtt/. Zigbee2MQTT, Tasmota and Mynah itself, which announce
themselves here as well, are left to their own announcements.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from device.appliances.actions import Do
from device.appliances.announced import Announced, LeftOut
from device.appliances.devices import CAPABILITIES, CLASSES, Device
from device.appliances.generic import Reading
from device.appliances.rendering import TemplateError, check
from device.discovery.homeassistant import availability
from device.discovery.homeassistant.config import Config
from device.discovery.homeassistant.entities import ENTITIES
from device.discovery.homeassistant.keys import expanded
from device.home.calling import Calling, called
from device.mqtt.topics import is_plain

SHARED = (
    *("availability", "availability_mode", "availability_template", "availability_topic"),
    *("payload_available", "payload_not_available", "command_topic", "state_topic"),
)
"""What a device's config says for all its components."""
OTHERS = ("zigbee2mqtt", "tasmota", "mynah")
"""Origins whose own announcements say more."""


def devices(content: Any, topic: str) -> Iterator[Announced | LeftOut]:
    """What one config message on `topic` announces."""
    parts = topic.split("/")
    if len(parts) < 4:
        return
    if not isinstance(content, Mapping):
        yield LeftOut(topic, "it is no JSON object")
        return
    entry = expanded(content)
    owner = expanded(entry["device"]) if isinstance(entry.get("device"), Mapping) else {}
    if _origin(entry, topic) in OTHERS:
        return
    if parts[1] != "device":
        yield from _one(entry, owner, parts[1], topic)
        return
    components = entry.get("components")
    base = {"~": entry["~"]} if "~" in entry else {}
    for component in components.values() if isinstance(components, Mapping) else ():
        if isinstance(component, Mapping) and component.keys() - {"p", "platform"}:  # else it is taken back
            own = expanded({**base, **component})
            whole = {**{key: entry[key] for key in SHARED if key in entry}, **own}
            yield from _one(whole, owner, str(whole.get("platform")), topic)


def _one(
    entry: Mapping[str, Any], owner: Mapping[str, Any], component: str, topic: str
) -> Iterator[Announced | LeftOut]:
    calling = _called(entry, owner)
    name = calling.name
    if reason := _unwanted(entry, component, name):
        yield LeftOut(topic, reason, name)
        return
    entity, config = ENTITIES[component], Config(entry)
    entity.commands(config)
    told = tuple(_usable(config, (*availability.readings(config), *entity.readings(config))))
    for problem in config.problems:
        yield LeftOut(topic, problem, name)
    messages = (*config.commands.values(), *(message for _, message in config.setpoints.values()))
    if not (messages or config.problems or any(one.key != "reachable" for one in told)):
        yield LeftOut(topic, "it has no topic that can be used, and tells nothing that is known", name)
        return
    topics = [*(message.topic for message in messages), *(one.topic for one in told)]
    can = {do.value for do in config.commands if do.value in CAPABILITIES}
    native = {"readings": told, "setpoints": config.setpoints} if config.setpoints else {"readings": told}
    area, device_class = owner.get("suggested_area"), entry.get("device_class")
    yield Announced(
        topic,
        Device(
            name=name,
            aliases=calling.aliases,
            instead=calling.instead,
            kind=entity.kind,
            protocol="mqtt",
            topic=next(filter(is_plain, topics), topic),
            room=area if isinstance(area, str) else None,
            can=frozenset(can | {Do.TEMPERATURE.value} if config.setpoints else can),
            device_class=device_class if device_class in CLASSES.get(component, ()) else None,
            options=config.options,
            told_as=config.told_as,
            cannot=config.cannot,
            limits=config.limits,
            commands=config.commands,
            native=native,
        ),
    )


def _usable(config: Config, readings: Iterable[Reading]) -> Iterator[Reading]:
    """The readings but for those whose templates are none that can be used."""
    for one in readings:
        try:
            if one.template is not None:
                check(one.template)
        except TemplateError as error:
            config.problems.append(f"what it tells as {one.key} is left out: {error}")
        else:
            yield one


def _called(entry: Mapping[str, Any], owner: Mapping[str, Any]) -> Calling:
    own, device = entry.get("name"), owner.get("name")
    return called(own if isinstance(own, str) else "", device if isinstance(device, str) else "")


def _unwanted(entry: Mapping[str, Any], component: str, name: str) -> str:
    """Why it is nothing to be spoken to, if it is not."""
    category = entry.get("entity_category")
    if category in ("config", "diagnostic"):
        return "it is a setting of its device" if category == "config" else "it only tells how its device is"
    if not Config(entry).flag("enabled_by_default", True):
        return "its device has it disabled"
    if component not in ENTITIES:
        return f"a {component} is nothing that can be spoken to"
    return "" if name else "it has no name"


def _origin(entry: Mapping[str, Any], topic: str) -> str:
    origin = expanded(entry["origin"]) if isinstance(entry.get("origin"), Mapping) else {}
    text = f"{origin.get('name', '')} {topic} {json.dumps(entry.get('state_topic', ''))}".lower()
    return next((other for other in OTHERS if other in text), "")
