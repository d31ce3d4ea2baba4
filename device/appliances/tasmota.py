"""Tasmota: actions as `cmnd/<topic>/…` messages, and `stat/` and `tele/` messages as state.

https://tasmota.github.io/docs/Commands/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import Device
from device.appliances.relative import FLAGS
from device.appliances.zigbee2mqtt import thirds
from device.events import Command
from device.mqtt.payload import parsed

SWITCHED = ("light", "switch", "media_player", "valve", "siren", "humidifier", "water_heater")
"""Kinds that a relay switches."""


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """One message an action; none at all if the device cannot do one of them."""
    made: list[Command] = []
    for action in actions:
        order = _order(device, action)
        if order is None:
            return ()
        made.append(Command(f"cmnd/{device.topic}/{order[0]}", order[1]))
    return tuple(made)


def query(device: Device) -> Command | None:
    """Asks for the state; a sensor for what it measures, which status 10 is."""
    if device.kind == "sensor":
        return Command(f"cmnd/{device.topic}/STATUS", "10")
    return Command(f"cmnd/{device.topic}/STATE", "")


def topics(device: Device) -> tuple[str, ...]:
    stat, tele = f"stat/{device.topic}", f"tele/{device.topic}"
    if device.kind == "sensor":
        return f"{stat}/STATUS10", f"{tele}/SENSOR", f"{tele}/LWT"
    return f"{stat}/RESULT", f"{stat}/{_power(device)}", f"{tele}/STATE", f"{tele}/SENSOR", f"{tele}/LWT"


def tells(device: Device) -> bool:
    """Whether it reports what it does."""
    return True


def state(device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
    """What a message says, in the units of `device.home.state`; nothing where it is not one of ours."""
    text = payload.decode("utf-8", "replace")
    if topic.endswith("/LWT"):
        return {"reachable": text == "Online"} if text in ("Online", "Offline") else {}
    if topic.endswith(f"/{_power(device)}"):
        return {_flag(device): text == "ON"} if text in ("ON", "OFF") else {}
    try:
        message = parsed(text)
    except ValueError:
        return {}
    if not isinstance(message, dict):
        return {}
    if topic.endswith("/STATUS10"):
        return measured(message.get("StatusSNS"))
    return measured(message) if topic.endswith("/SENSOR") else _result(device, message)


def _order(device: Device, action: Action) -> tuple[str, str] | None:
    """Command name and payload; None if the device cannot do it."""
    match device.kind, action.do:
        case "fan", Do.ON:
            return "FanSpeed", "3"
        case "fan", Do.OFF:
            return "FanSpeed", "0"
        case "fan", Do.SPEED:
            return "FanSpeed", str(thirds(action.number))
        case "cover", Do.ON | Do.OFF | Do.STOP:
            verb = {Do.ON: "Open", Do.OFF: "Close", Do.STOP: "Stop"}[action.do]
            return f"Shutter{verb}{device.relay or ''}", ""
        case "cover", Do.POSITION:
            return f"ShutterPosition{device.relay or ''}", str(round(action.number))
        case "climate", Do.TEMPERATURE:
            return "TempTargetSet", f"{action.number:g}"
        case "media_player", Do.PLAY | Do.PAUSE:
            return f"MP3{action.do.value.capitalize()}", ""
        case "media_player", Do.VOLUME:
            return "MP3Volume", str(round(action.number))
        case kind, Do.ON | Do.OFF | Do.TOGGLE if kind in SWITCHED:
            return _power(device), action.do.value.upper()
        case "light", _:
            return _light(action)
    return None


def _light(action: Action) -> tuple[str, str] | None:
    match action.do:
        case Do.BRIGHTNESS:
            return "Dimmer", str(round(action.number))
        case Do.COLOR if action.value in HEX:
            return "Color", HEX[str(action.value)]
        case Do.COLOR_TEMPERATURE:
            return "CT", str(min(500, max(153, round(1_000_000 / action.number))))  # mired
    return None


def _flag(device: Device) -> str:
    """What its relay tells."""
    return FLAGS.get(device.kind, "on")


def _power(device: Device) -> str:
    return f"POWER{device.relay or ''}"


def _result(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    """A RESULT or STATE message: what it names of this device."""
    read: dict[str, Any] = {}
    if message.get(_power(device)) in ("ON", "OFF"):
        read[_flag(device)] = message[_power(device)] == "ON"
    if device.kind == "light" and isinstance(message.get("Dimmer"), int | float):
        read["brightness"] = message["Dimmer"]
    if device.kind == "media_player" and isinstance(message.get("MP3Volume"), int | float):
        read["volume"] = message["MP3Volume"]
    if device.kind == "fan" and isinstance(message.get("FanSpeed"), int):
        read |= {"on": message["FanSpeed"] > 0, "speed": round(message["FanSpeed"] / 3 * 100)}
    if device.kind == "cover":
        shutter = message.get(f"Shutter{device.relay or 1}")
        position = shutter.get("Position") if isinstance(shutter, dict) else None
        position = message.get(f"ShutterPosition{device.relay or 1}", position)
        if isinstance(position, int | float):
            aim = shutter.get("Target") if isinstance(shutter, dict) else None
            aim = aim if isinstance(aim, int | float) else position
            read |= {"position": round(position), "open": position > 0, "aim": round(aim)}
    return read


def measured(message: Any) -> dict[str, Any]:
    """Of a SENSOR message the first sensor in it that measures temperature or humidity."""
    for sensor in message.values() if isinstance(message, dict) else ():
        if isinstance(sensor, dict):
            names = {"Temperature": "temperature", "Humidity": "humidity"}
            read = {ours: sensor[theirs] for theirs, ours in names.items() if sensor.get(theirs) is not None}
            if read:
                return read
    return {}
