"""Home Assistant's discovery, on `homeassistant/<component>/…/config` and `homeassistant/device/…/config`.

https://www.home-assistant.io/integrations/mqtt/: keys may be abbreviated, `~` stands for the base topic. Of
the lights both schemas are understood, "basic" and "json". Zigbee2MQTT, Tasmota and Mynah itself, which
announce themselves here as well, are left to their own announcements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from device.appliances.actions import Do
from device.appliances.devices import COVER_CLASSES, Device, Template
from device.discovery.announced import Announced
from device.discovery.states import readings
from device.mqtt.topics import is_plain

ABBREVIATIONS = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "bri_cmd_t": "brightness_command_topic",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "clr_temp_cmd_t": "color_temp_command_topic",
    "cmd_t": "command_topic",
    "cmps": "components",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device",
    "dev_cla": "device_class",
    "o": "origin",
    "p": "platform",
    "pct_cmd_t": "percentage_command_topic",
    "pct_stat_t": "percentage_state_topic",
    "pct_val_tpl": "percentage_value_template",
    "pl_avail": "payload_available",
    "pl_cls": "payload_close",
    "pl_lock": "payload_lock",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_open": "payload_open",
    "pl_stop": "payload_stop",
    "pl_unlk": "payload_unlock",
    "pos_clsd": "position_closed",
    "pos_open": "position_open",
    "pos_t": "position_topic",
    "pos_tpl": "position_template",
    "rgb_cmd_t": "rgb_command_topic",
    "sa": "suggested_area",
    "set_pos_t": "set_position_topic",
    "stat_clsd": "state_closed",
    "stat_locked": "state_locked",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_open": "state_open",
    "stat_t": "state_topic",
    "stat_unlocked": "state_unlocked",
    "stat_val_tpl": "state_value_template",
    "sup_clrm": "supported_color_modes",
    "sw": "sw_version",
    "temp_cmd_t": "temperature_command_topic",
    "temp_stat_t": "temperature_state_topic",
    "temp_stat_tpl": "temperature_state_template",
    "val_tpl": "value_template",
}
KINDS = ("light", "switch", "cover", "lock", "fan", "climate", "sensor", "binary_sensor")
SHARED = (
    *("availability", "availability_mode", "availability_template", "availability_topic"),
    *("payload_available", "payload_not_available", "command_topic", "state_topic"),
)
"""What a device's config says for all its components."""
OTHERS = ("zigbee2mqtt", "tasmota", "mynah")
"""Origins whose own announcements say more."""


def devices(content: Any, topic: str) -> Iterator[Announced]:
    """What one config message on `topic` announces."""
    parts = topic.split("/")
    if not isinstance(content, Mapping) or len(parts) < 4:
        return
    entry = _expanded(content)
    owner = _expanded(entry["device"]) if isinstance(entry.get("device"), Mapping) else {}
    if _origin(entry, topic) in OTHERS:
        return
    if parts[1] != "device":
        yield from _one(entry, owner, parts[1], topic)
        return
    components = entry.get("components")
    base = {"~": entry["~"]} if "~" in entry else {}
    for component in components.values() if isinstance(components, Mapping) else ():
        if isinstance(component, Mapping):
            own = _expanded({**base, **component})
            whole = {**{key: entry[key] for key in SHARED if key in entry}, **own}
            yield from _one(whole, owner, str(whole.get("platform")), topic)


def _one(entry: Mapping[str, Any], owner: Mapping[str, Any], kind: str, topic: str) -> Iterator[Announced]:
    name = entry.get("name")
    called = owner.get("name")
    if not isinstance(name, str) or not name:
        name = called
    elif isinstance(called, str) and len(name.split()) == 1 and called:
        name = f"{called} {name}"  # "relay", of the device "heater"
    if kind not in KINDS or not isinstance(name, str) or not name:
        return
    templates, told = _templates(entry, kind), readings(entry, kind)
    if not templates and not any(one.key != "reachable" for one in told):
        return
    topics = [*(template.topic for template in templates.values()), *(one.topic for one in told)]
    area, device_class = owner.get("suggested_area"), entry.get("device_class")
    can = {do.value for do in (Do.BRIGHTNESS, Do.COLOR_TEMPERATURE, Do.POSITION, Do.SPEED, Do.TEMPERATURE)}
    yield Announced(
        topic,
        Device(
            name=name,
            kind=kind,
            protocol="mqtt",
            topic=topics[0],
            room=area if isinstance(area, str) else None,
            can=frozenset(can & {do.value for do in templates}),
            device_class=device_class if kind == "cover" and device_class in COVER_CLASSES else None,
            commands=templates,
            native={"readings": told},
        ),
    )


def _templates(entry: Mapping[str, Any], kind: str) -> dict[Do, Template]:
    """The messages that its actions are."""
    made: dict[Do, Template] = {}

    def add(do: Do, topic: str, payload: str, scale: float = 1.0) -> None:
        target = entry.get(topic)
        if is_plain(target):
            made[do] = Template(str(target), payload, scale)

    def said(key: str, default: str) -> str:
        value = entry.get(key, default)
        return value if isinstance(value, str) else default

    scale = entry.get("brightness_scale", 255)
    brightest = scale / 100 if isinstance(scale, int) and scale > 0 else 2.55
    match kind:
        case "sensor" | "binary_sensor":
            pass
        case "cover":
            add(Do.ON, "command_topic", said("payload_open", "OPEN"))
            add(Do.OFF, "command_topic", said("payload_close", "CLOSE"))
            add(Do.STOP, "command_topic", said("payload_stop", "STOP"))
            if entry.get("position_open", 100) == 100 and entry.get("position_closed", 0) == 0:
                add(Do.POSITION, "set_position_topic", "{value}")
        case "lock":
            add(Do.ON, "command_topic", said("payload_lock", "LOCK"))
            add(Do.OFF, "command_topic", said("payload_unlock", "UNLOCK"))
        case "climate":
            add(Do.TEMPERATURE, "temperature_command_topic", "{value}")
        case "light" if entry.get("schema") == "json":
            add(Do.ON, "command_topic", '{"state": "ON"}')
            add(Do.OFF, "command_topic", '{"state": "OFF"}')
            modes = entry.get("supported_color_modes")
            if entry.get("brightness") is True or (isinstance(modes, list) and modes != ["onoff"]):
                add(Do.BRIGHTNESS, "command_topic", '{"state": "ON", "brightness": {value}}', brightest)
        case _:
            add(Do.ON, "command_topic", said("payload_on", "ON"))
            add(Do.OFF, "command_topic", said("payload_off", "OFF"))
            if kind == "light":
                add(Do.BRIGHTNESS, "brightness_command_topic", "{value}", brightest)
            if kind == "fan":
                add(Do.SPEED, "percentage_command_topic", "{value}")
    return made


def _origin(entry: Mapping[str, Any], topic: str) -> str:
    origin = _expanded(entry["origin"]) if isinstance(entry.get("origin"), Mapping) else {}
    text = f"{origin.get('name', '')} {topic} {json.dumps(entry.get('state_topic', ''))}".lower()
    return next((other for other in OTHERS if other in text), "")


def _expanded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """With the keys written out, and `~` replaced by the base topic."""
    whole = {ABBREVIATIONS.get(str(key), str(key)): value for key, value in entry.items()}
    base = whole.get("~")
    if isinstance(base, str):
        whole = {
            key: _based(value, base) if key.endswith("_topic") else value for key, value in whole.items()
        }
        every = whole.get("availability")
        if isinstance(every, list | Mapping):
            whole["availability"] = [
                {key: _based(value, base) if key in ("topic", "t") else value for key, value in one.items()}
                for one in (every if isinstance(every, list) else [every])
                if isinstance(one, Mapping)
            ]
    return whole


def _based(topic: Any, base: str) -> Any:
    """`topic` with `base` for a ~ at its beginning or end."""
    if not isinstance(topic, str):
        return topic
    if topic.startswith("~"):
        return base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic
