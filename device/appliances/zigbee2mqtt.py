"""Zigbee2MQTT: actions as `<topic>/set` messages, and `<topic>` messages as state.

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html, and the "Exposes" of its devices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import Device
from device.appliances.relative import FLAGS
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
MEASURES = ("temperature", "humidity", "battery", "power", "illuminance", "contact", "occupancy")


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
    key = {"fan": _named(device, "fan_mode"), "climate": "local_temperature"}.get(
        device.kind, _named(device, "state")
    )
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
    power = message.get(_named(device, "state"), message.get("fan_state"))
    match device.kind:
        case "cover":
            read |= _cover(power, message.get(_named(device, "position")))
        case "lock":
            if power in _on_off(device):
                read["locked"] = power == _on_off(device)[0]
        case "fan":
            read |= _fan(power, message.get(_named(device, "fan_mode")))
        case "climate":
            read |= _climate(message, _named(device, "setpoint"))
        case "number" | "select" as kind:
            key = {"number": "number", "select": "option"}[kind]
            read[key] = message.get(_named(device, key))
        case _:
            if power in _on_off(device):
                read[FLAGS.get(device.kind, "on")] = power == _on_off(device)[0]
            if device.kind == "humidifier" and (target := message.get(_named(device, "humidity_target"))):
                read["humidity_target"] = target
    brightness = message.get(_named(device, "brightness"))
    if isinstance(brightness, int | float) and device.kind == "light":
        read["brightness"] = round(brightness / _brightest(device) * 100)
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


def _on_off(device: Device) -> tuple[str, str]:
    on, off = ON_OFF.get(device.kind, ("ON", "OFF"))
    return str(device.native.get("on", on)), str(device.native.get("off", off))


def _brightest(device: Device) -> float:
    return float(device.native.get("brightest") or BRIGHTEST)


def _within(device: Device, value: float, least: str, most: str) -> float:
    """`value`, or the end of the range that the device announced."""
    value = max(value, device.native.get(least, value))
    return min(value, device.native.get(most, value))


def _payload(device: Device, action: Action) -> dict[str, Any] | None:
    """The part of the message that `action` is; None if the device cannot do it."""
    match device.kind, action.do:
        case "fan", Do.ON | Do.OFF:
            return {_named(device, "fan_mode"): action.do.value}
        case "fan", Do.SPEED:
            return {_named(device, "fan_mode"): _fan_mode(action.number)}
        case "humidifier", Do.HUMIDITY:
            return {_named(device, "humidity_target"): round(action.number)}
        case "number", Do.NUMBER:
            return {_named(device, "number"): action.number}
        case "select", Do.OPTION:
            return {_named(device, "option"): action.value}
        case "climate", Do.ON | Do.OFF:
            return {"system_mode": "heat" if action.do is Do.ON else "off"}
        case "climate", Do.TEMPERATURE:
            return {_named(device, "setpoint"): _within(device, action.number, "coolest", "hottest")}
        case "cover", Do.STOP:
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


def _light(device: Device, action: Action) -> dict[str, Any] | None:
    state, (on, off) = _named(device, "state"), _on_off(device)
    match action.do:
        case Do.BRIGHTNESS if action.number <= 0:
            return {state: off}
        case Do.BRIGHTNESS:
            level = max(1, round(action.number / 100 * _brightest(device)))
            return {state: on, _named(device, "brightness"): level}
        case Do.COLOR if action.value in HEX:
            return {state: on, "color": {"hex": HEX[str(action.value)]}}
        case Do.COLOR_TEMPERATURE:
            mired = _within(device, round(1_000_000 / action.number), "coldest", "warmest")
            return {state: on, _named(device, "color_temp"): mired}
    return None


def _fan_mode(percent: float) -> str:
    return ("off", "low", "medium", "high")[thirds(percent)]


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


def _fan(power: Any, mode: Any) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if isinstance(mode, str):
        read["on"] = mode != "off"
        speeds = {"off": 0, "low": 33, "medium": 67, "high": 100}
        if mode in speeds:
            read["speed"] = speeds[mode]
    elif power in ("ON", "OFF"):
        read["on"] = power == "ON"
    return read


def _climate(message: Mapping[str, Any], setpoint: str) -> dict[str, Any]:
    names = {"local_temperature": "temperature", setpoint: "target"}
    read = {ours: message[theirs] for theirs, ours in names.items() if message.get(theirs) is not None}
    if isinstance(message.get("system_mode"), str):
        read["on"] = message["system_mode"] != "off"
    return read
