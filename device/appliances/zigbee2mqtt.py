"""Zigbee2MQTT: actions as `<topic>/set` messages, and `<topic>` messages as state.

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html, and the "Exposes" of its devices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import Device
from device.appliances.relative import FLAGS
from device.appliances.scale import Scale, celsius, fahrenheit
from device.events import Command
from device.mqtt.payload import parsed

BRIGHTEST = 254
ON_OFF = {
    "cover": ("OPEN", "CLOSE"),
    "lock": ("LOCK", "UNLOCK"),
}
"""What `state` is set to for on and off, where it is not ON and OFF."""
SWITCHED = ("light", "switch", "cover", "lock", "valve", "siren", "humidifier", "water_heater")
"""Kinds with a `state`."""
MEASURES = (
    *("temperature", "humidity", "battery", "power", "energy", "illuminance", "co2"),
    *("contact", "occupancy"),
)
ALARMS = ("water_leak", "smoke", "gas", "carbon_monoxide")
"""What binary sensors find."""
SPEEDS = ("low", "medium", "high")
"""Modes of a fan that does not say which it has."""
MODES = ("heat", "cool", "auto", "off")
"""The same of a thermostat; the first of them that it has turns it on."""


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """One message with all that `actions` ask; none if the device cannot do one of them."""
    payload: dict[str, Any] = {}
    for action in actions:
        part = _payload(device, action)
        if part is None:
            return ()
        payload |= part
    return (Command(f"{device.topic}/set", payload),) if payload else ()


def query(device: Device) -> Command | None:
    """Asks for the state; a sensor that sleeps has none to give."""
    if device.kind in ("sensor", "binary_sensor"):
        return None
    key = _named(device, "state")
    if device.kind == "fan" and not device.native.get("switched"):
        key = _named(device, "fan_mode")
    if device.kind == "climate":
        key = "local_temperature"
    return Command(f"{device.topic}/get", {key: ""})


def topics(device: Device) -> tuple[str, ...]:
    return device.topic, f"{device.topic}/availability", _bridge(device)


def _bridge(device: Device) -> str:
    """Where Zigbee2MQTT itself says whether it is there, if its base topic is of one level."""
    return f"{device.topic.partition('/')[0]}/bridge/state"


def tells(device: Device) -> bool:
    """Whether it reports what it does."""
    return True


def state(device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
    """What a message says, in the units of `device.home.state`; nothing where it is not one of ours."""
    if topic == f"{device.topic}/availability":
        return _availability(payload)
    if topic == _bridge(device):
        told = _availability(payload)
        return {"bridge": told["reachable"]} if told else {}
    try:
        message = parsed(payload)
    except ValueError:
        return {}
    if not isinstance(message, dict):
        return {}
    read: dict[str, Any] = {key: message[key] for key in MEASURES if message.get(key) is not None}
    if device.native.get("fahrenheit") and isinstance(read.get("temperature"), int | float):
        read["temperature"] = degrees(device).back(read["temperature"])
    alarms = {key: message[key] for key in ALARMS if isinstance(message.get(key), bool)}
    if device.kind == "binary_sensor" and alarms:
        read |= {**alarms, "on": any(alarms.values())}
    return read | _told(device, message)


def _told(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    """What a message says of what the device can be told."""
    read: dict[str, Any] = {}
    power = message.get(_named(device, "state"))
    if power is None and device.kind == "fan":
        power = message.get("fan_state")
    on, off = _on_off(device)
    if power in (on, off):
        read[FLAGS.get(device.kind, "on")] = power == on
    match device.kind:
        case "light" if isinstance(brightness := message.get(_named(device, "brightness")), int | float):
            read["brightness"] = round(brightness / _brightest(device) * 100)
        case "cover" | "valve":
            read |= _cover(power, message.get(_named(device, "position")))
        case "fan":
            read |= _fan(device, message)
        case "climate":
            read |= _climate(device, message)
        case "number":
            read["number"] = message.get(_named(device, "number"))
        case "select":
            read["option"] = message.get(_named(device, "option"))
        case "humidifier":
            read["humidity_target"] = message.get(_named(device, "humidity_target"))
    return read


def _availability(payload: bytes) -> dict[str, Any]:
    """`{"state": "online"}`; older versions say just online."""
    text = payload.decode("utf-8", "replace").lower()
    if "offline" in text:
        return {"reachable": False}
    return {"reachable": True} if "online" in text else {}


NAMES = {"setpoint": "occupied_heating_setpoint", "humidity_target": "target_humidity"}
"""What is called otherwise in messages than here, where the device does not say."""


def _named(device: Device, name: str) -> str:
    """The device's own name for one of its properties."""
    return str(device.native.get(name, NAMES.get(name, name)))


def _on_off(device: Device) -> tuple[Any, Any]:
    on, off = ON_OFF.get(device.kind, ("ON", "OFF"))
    return device.native.get("on", on), device.native.get("off", off)


def _brightest(device: Device) -> float:
    return float(device.native.get("brightest") or BRIGHTEST)


def _within(device: Device, value: float, least: str, most: str) -> float:
    """`value`, or the end of the range that the device announced."""
    value = max(value, device.native.get(least, value))
    return min(value, device.native.get(most, value))


def _payload(device: Device, action: Action) -> dict[str, Any] | None:
    """The part of the message that `action` is; None if the device cannot do it."""
    match device.kind, action.do:
        case "fan" | "climate", Do.ON | Do.OFF:
            return _switched(device, action.do)
        case "fan", Do.SPEED:
            return _speed(device, action.number)
        case "fan", Do.OPTION:
            return {_named(device, "fan_mode"): action.value}
        case "climate", Do.OPTION:
            key = device.key_of(action.value)
            return {_named(device, "system_mode" if key == "option" else key): action.value}
        case "humidifier", Do.HUMIDITY:
            return {_named(device, "humidity_target"): round(action.number)}
        case "number", Do.NUMBER:
            return {_named(device, "number"): action.number}
        case "select", Do.OPTION:
            return {_named(device, "option"): action.value}
        case "climate", Do.TEMPERATURE:
            return {_named(device, "setpoint"): degrees(device).there(action.number)}
        case "cover", Do.STOP if "STOP" in device.native.get("states", ("STOP",)):
            return {_named(device, "state"): "STOP"}
        case "cover" | "valve", Do.POSITION:
            return {_named(device, "position"): round(action.number)}
        case "light" | "switch", Do.TOGGLE:
            return {_named(device, "state"): "TOGGLE"}
        case kind, Do.ON | Do.OFF if kind in SWITCHED:
            on, off = _on_off(device)
            return {_named(device, "state"): on if action.do is Do.ON else off}
        case "light", _:
            return _light(device, action)
    return None


def degrees(device: Device) -> Scale:
    """In which it counts its temperatures."""
    scale = fahrenheit if device.native.get("fahrenheit") else celsius
    return scale(device.native.get("degree_step"))


def _light(device: Device, action: Action) -> dict[str, Any] | None:
    state, (on, off) = _named(device, "state"), _on_off(device)
    match action.do:
        case Do.BRIGHTNESS if action.number <= 0:
            return {state: off}
        case Do.BRIGHTNESS:
            level = max(1, round(action.number / 100 * _brightest(device)))
            return {state: on, _named(device, "brightness"): level}
        case Do.BRIGHTNESS_STEP if _named(device, "brightness") == "brightness":
            return {"brightness_step": round(action.number / 100 * _brightest(device))}
        case Do.COLOR if action.value in HEX:
            return {state: on, _named(device, "color"): {"hex": HEX[str(action.value)]}}
        case Do.COLOR_TEMPERATURE:
            mired = _within(device, round(1_000_000 / action.number), "coldest", "warmest")
            return {state: on, _named(device, "color_temp"): mired}
    return None


def _switched(device: Device, do: Do) -> dict[str, Any] | None:
    """A fan or thermostat by its `state`, or else by the mode that turns it on or off."""
    if device.native.get("switched"):
        on, off = _on_off(device)
        return {_named(device, "state"): on if do is Do.ON else off}
    if device.kind == "fan":
        speeds = device.native.get("speeds", SPEEDS)
        modes = device.native.get("modes", ("on", "off", *speeds))
        wanted = ("on", "auto", *reversed(speeds)) if do is Do.ON else ("off",)
    else:
        modes = device.native.get("modes", MODES)
        wanted = MODES[:-1] if do is Do.ON else ("off",)
    mode = next((mode for mode in wanted if mode in modes), None)
    key = "fan_mode" if device.kind == "fan" else "system_mode"
    return None if mode is None else {_named(device, key): mode}


def _speed(device: Device, percent: float) -> dict[str, Any] | None:
    """A fan's speed as a number, or as the mode that is as far up among its speeds."""
    if percent <= 0:
        return _switched(device, Do.OFF)
    if "speed" in device.native:
        slowest, fastest = device.native.get("slowest", 1), device.native.get("fastest", 100)
        return {device.native["speed"]: max(slowest, round(percent / 100 * fastest))}
    speeds = device.native.get("speeds", SPEEDS)
    level = min(len(speeds), math.ceil(round(percent / 100 * len(speeds), 6)))
    return {_named(device, "fan_mode"): speeds[max(level, 1) - 1]} if speeds else None


def thirds(percent: float) -> int:
    """0 for none, then 1 to 3, up to a third, two thirds and all."""
    return 0 if percent <= 0 else 1 if percent <= 100 / 3 else 2 if percent <= 200 / 3 else 3


def _cover(power: Any, position: Any) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if power in ("OPEN", "CLOSE"):
        read["open"] = power == "OPEN"
    if isinstance(position, int | float):
        # Some say as their state what they were told, before they have moved.
        contrary = {("CLOSE", True): 0, ("OPEN", False): 100}
        aim = contrary.get((power, position > 0), round(position)) if isinstance(power, str) else position
        read |= {"position": round(position), "open": position > 0, "aim": round(aim)}
    return read


def _fan(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    mode, speed = message.get(_named(device, "fan_mode")), message.get(str(device.native.get("speed")))
    speeds = device.native.get("speeds", SPEEDS)
    if isinstance(mode, str):
        if not device.native.get("switched"):
            read["on"] = mode != "off"
        if device.options:
            read["option"] = mode
        if mode in (*speeds, "off"):
            read["speed"] = round(100 * (speeds.index(mode) + 1) / len(speeds)) if mode != "off" else 0
    if isinstance(speed, int | float):
        read["speed"] = round(speed / device.native.get("fastest", 100) * 100)
    return read


def in_mode(device: Device, known: Mapping[str, Any]) -> Device:
    """The device as it takes orders in its present mode: what heats and cools has a setpoint for each."""
    if "cooling" not in device.native or known.get("option") != "cool":
        return device
    native = {**device.native, "setpoint": device.native["cooling"]}
    return replace(device, native=native, limits=device.native.get("cooling_limits", device.limits))


def _climate(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    device = in_mode(device, {"option": message.get(_named(device, "system_mode"))})
    names = {"local_temperature": "temperature", _named(device, "setpoint"): "target"}
    read: dict[str, Any] = {
        ours: degrees(device).back(message[theirs])
        for theirs, ours in names.items()
        if isinstance(message.get(theirs), int | float)
    }
    for key in {*device.told_as.values()}:
        read[key] = message.get(_named(device, key))
    mode = message.get(_named(device, "system_mode"))
    if isinstance(mode, str):
        if not device.native.get("switched"):
            read["on"] = mode != "off"
        if device.options:
            read["option"] = mode
    return read
