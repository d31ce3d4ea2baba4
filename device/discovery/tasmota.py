"""Tasmota's `tasmota/discovery/<mac>/config` and `…/sensors`, retained → devices, one for each relay.

https://tasmota.github.io/docs/Home-Assistant/#tasmota-integration: `t` is the topic, `ft` the full topic,
`tp` its prefixes, `fn` the names of the relays, `rl` their kinds, `dn` the device's name, `state` its words
for off, on and toggle, `so` its SetOptions; `sn` is what the sensors say, in the shape of
`tele/<topic>/SENSOR`. What has relays tells its temperature as one of them; what only measures is a device of
its own. What `device.appliances.tasmota` needs of it goes into `Device.native`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device.appliances.announced import Announced, LeftOut
from device.appliances.devices import Device
from device.appliances.tasmota import measured
from device.home.calling import joined
from device.mqtt.topics import is_plain
from device.understanding.numbers import spoken

RELAY, LIGHT, SHUTTER = 1, 2, 3
FULL_TOPIC = "%prefix%/%topic%/"
PREFIXES = ("cmnd", "stat", "tele")
DEFAULT_NAME = re.compile(r"(Tasmota|Sonoff)\d*")
"""What a relay is called that nobody has named."""
CAN_BY_LIGHT = {
    1: ("brightness",),
    2: ("brightness", "color_temperature"),
    3: ("brightness", "color"),
    4: ("brightness", "color"),
    5: ("brightness", "color", "color_temperature"),
}
"""`lt_st`, the number of a light's channels, and what it can do."""
UNLINKED, AS_LIGHT, CHANNELS, REDUCED, BY_COMMAND = "20", "30", "68", "82", "4"
"""SetOptions: a dimmer leaves the light off; relays are lights; channels are lights of their own; a smaller
range of colour temperatures; results come under their command's name."""
INVERTED = 1
"""Bit of a shutter's options."""
WHITES = (200, 380)
"""The reduced range, in mired."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a config message says, where it makes sense."""

    topic: str
    name: str
    names: Sequence[Any]
    relays: Sequence[Any]
    shutters: Sequence[Any]
    options: Mapping[str, Any]
    channels: int
    linked: bool
    fan: bool
    tuya: bool
    native: Mapping[str, Any] = field(default_factory=dict)

    def option(self, number: str) -> bool:
        return self.options.get(number) == 1


def devices(content: Any, source: str, sensors: Any = None) -> Iterator[Announced | LeftOut]:
    """What one config message announces. `sensors`: the content of its sensors message."""
    config = _config(content)
    if isinstance(config, str):
        yield LeftOut(source, config)
        return
    found = [*_relays(config)]
    if not found and isinstance(sensors, Mapping) and measured(sensors.get("sn")):
        found = [Device(config.name, "sensor", "tasmota", config.topic, native=config.native)]
    yield from (Announced(source, device) for device in found)
    if not found:
        yield LeftOut(source, "it has no relay, and measures nothing that Mynah knows", config.name)


def _config(content: Any) -> Config | str:
    """The config, or why there is none."""
    if not isinstance(content, Mapping):
        return "it is no JSON object"
    topic, relays = content.get("t"), content.get("rl")
    if not isinstance(topic, str) or not topic or not isinstance(relays, list):
        return "it has no topic or no relays"
    native = _native(content, topic)
    if not all(is_plain(native.get(prefix, topic)) for prefix in PREFIXES):
        return f"its FullTopic {str(content.get('ft'))[:60]!r} makes no usable topic"
    name, channels = content.get("dn"), content.get("lt_st")
    named = isinstance(name, str) and name and not DEFAULT_NAME.fullmatch(name)
    return Config(
        topic,
        str(name) if named else topic,
        _list(content.get("fn")),
        relays,
        _list(content.get("sho")),
        content["so"] if isinstance(content.get("so"), Mapping) else {},
        channels if isinstance(channels, int) else 0,
        content.get("lk", 1) != 0,
        content.get("if") == 1,
        content.get("ty") == 1,
        native,
    )


def _native(content: Mapping[str, Any], topic: str) -> dict[str, Any]:
    """Its topics and words, as far as they are not Tasmota's own defaults."""
    native: dict[str, Any] = {}
    full, prefixes = content.get("ft"), [str(one) for one in _list(content.get("tp"))]
    full = str(full) if isinstance(full, str) and full else FULL_TOPIC
    full = full if "%prefix%" in full else f"{full.rstrip('/')}/%prefix%"
    full = full if full.endswith("/") else f"{full}/"
    for number, usual in enumerate(PREFIXES):
        made = full.replace("%prefix%", prefixes[number] if number < len(prefixes) else usual)
        made = made.replace("%topic%", topic).replace("%hostname%", str(content.get("hn", "")))
        made = made.replace("%id%", str(content.get("mac", ""))[-6:])
        if made != f"{usual}/{topic}/":
            native[usual] = made
    words = [one for one in _list(content.get("state")) if isinstance(one, str) and one]
    if len(words) >= 3 and words[:3] != ["OFF", "ON", "TOGGLE"]:
        native["off"], native["on"], native["toggle"] = words[:3]
    for ours, theirs, usual in (("online", "onln", "Online"), ("offline", "ofln", "Offline")):
        word = content.get(theirs, usual)
        if isinstance(word, str) and word and word != usual:
            native[ours] = word
    options = content.get("so")
    if isinstance(options, Mapping) and options.get(BY_COMMAND) == 1:
        native["by_command"] = True
    return native


def _relays(config: Config) -> Iterator[Device]:
    """A fan, and a device for each relay, light and shutter."""
    used = [number for number, kind in enumerate(config.relays) if kind in (RELAY, LIGHT, SHUTTER)]
    fan = ""
    if config.fan:
        used = used[:1]  # the others are the fan's speeds
        fan = _fan_name(config.name) if used else config.name
        yield _made(config, fan, "fan", None, {"speed"})
    lights = [number for number in used if config.relays[number] == LIGHT]
    shutters = 0
    for number in used:
        relay = number + 1 if len(used) > 1 else None
        match config.relays[number]:
            case kind if kind == SHUTTER:  # it has two relays, and a number of its own
                shutters += 1
                if shutters % 2:
                    yield _shutter(config, _name(config, number, len(used)), shutters // 2, len(used))
            case kind if kind == LIGHT:
                yield _light(
                    config, _beside(fan, _name(config, number, len(used))), relay, lights.index(number)
                )
            case _:
                kind = "light" if config.fan or config.option(AS_LIGHT) else "switch"
                yield _made(config, _beside(fan, _name(config, number, len(used))), kind, relay)


def _fan_name(name: str) -> str:
    """ "Ceiling" has a "ceiling fan"; a "bedroom fan" is one."""
    return name if "fan" in spoken(name).split() else joined(name, "fan")


def _beside(fan: str, name: str) -> str:
    """A light's name, other than that of the fan it belongs to."""
    return f"{name} light" if spoken(name) == spoken(fan) else name


def _name(config: Config, number: int, count: int) -> str:
    name = config.names[number] if number < len(config.names) else None
    if isinstance(name, str) and name and not DEFAULT_NAME.fullmatch(name):
        return name
    return config.name if count == 1 else f"{config.name} {number + 1}"


def _shutter(config: Config, name: str, index: int, count: int) -> Device:
    options = config.shutters[index] if index < len(config.shutters) else 0
    inverted = isinstance(options, int) and bool(options & INVERTED)
    more = {"inverted": True} if inverted else {}
    return _made(config, name, "cover", index + 1 if count > 1 else None, {"position"}, more)


def _light(config: Config, name: str, relay: int | None, index: int) -> Device:
    """The light of a device, or one of its lights: each channel a light of its own, or colour and white."""
    more: dict[str, Any] = {"unlinked": True} if config.option(UNLINKED) else {}
    if config.option(REDUCED):
        more["coldest"], more["warmest"] = WHITES
    channels = config.channels
    if config.option(CHANNELS):
        channels, more["dimmer"] = 1, f"Channel{relay or 1}"
    elif not config.linked and channels >= 4:
        more["dimmer"] = f"Dimmer{index + 1}"
        channels = 3 if index == 0 else channels - 3
    elif config.tuya:
        more["dimmer"] = "Dimmer3"
        more["dimmed"] = "Dimmer"
    return _made(config, name, "light", relay, CAN_BY_LIGHT.get(channels, ()), more)


def _made(
    config: Config,
    name: str,
    kind: str,
    relay: int | None,
    can: Sequence[str] | set[str] = (),
    more: Mapping[str, Any] | None = None,
) -> Device:
    native = {**config.native, **(more or {})}
    instead = () if (whole := joined(config.name, name)) in (name, config.name) else (whole,)
    return Device(
        name,
        kind,
        "tasmota",
        config.topic,
        can=frozenset(can),
        relay=relay,
        instead=instead,
        native=native,
    )


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
