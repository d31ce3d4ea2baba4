"""Tasmota: actions as `cmnd/<topic>/…` messages, and `stat/` and `tele/` messages as state.

https://tasmota.github.io/docs/Commands/. `Device.native` says where a device deviates: its topics for "cmnd",
"stat" and "tele", its words for "on", "off", "toggle", "online" and "offline", the "dimmer" command of one
light among several ("dimmed": what it reports that as), the "coldest" and "warmest" white in mired, whether a
shutter is "inverted", a dimmer leaves the light off ("unlinked"), results come "by_command".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import Device
from device.appliances.relative import FLAGS
from device.appliances.scale import CELSIUS
from device.appliances.zigbee2mqtt import thirds
from device.events import Command
from device.mqtt.payload import parsed

SWITCHED = ("light", "switch", "media_player", "valve", "siren", "humidifier", "water_heater")
"""Kinds that a relay switches."""
RESULTS = ("DIMMER", "COLOR", "CT", "FANSPEED", "MP3VOLUME")
"""Commands whose results come under their names, where they do."""
COLDEST, WARMEST = 153, 500
"""Mired."""
MEASURES = {
    "Temperature": "temperature",
    "Humidity": "humidity",
    "Illuminance": "illuminance",
    "Power": "power",
    "Total": "energy",
    "CarbonDioxide": "co2",
}
"""Keys of the state by what sensors call them."""


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """One message an action, or more; none at all if the device cannot do one of them."""
    made: list[Command] = []
    for action in actions:
        order = _order(device, action)
        if order is None:
            return ()
        made.append(Command(f"{_prefix(device, 'cmnd')}{order[0]}", order[1]))
        if device.native.get("unlinked") and action.do in (Do.BRIGHTNESS, Do.COLOR, Do.COLOR_TEMPERATURE):
            made.append(Command(f"{_prefix(device, 'cmnd')}{_power(device)}", _word(device, "on")))
    return tuple(made)


def query(device: Device) -> Command | None:
    """Asks for the state; a sensor or shutter for what it measures, which status 10 is."""
    if device.kind in ("sensor", "cover"):
        return Command(f"{_prefix(device, 'cmnd')}STATUS", "10")
    return Command(f"{_prefix(device, 'cmnd')}STATE", "")


def topics(device: Device) -> tuple[str, ...]:
    stat, tele = _prefix(device, "stat"), _prefix(device, "tele")
    if device.kind == "sensor":
        return f"{stat}STATUS10", f"{tele}SENSOR", f"{tele}LWT"
    results: tuple[str, ...] = ()
    if device.native.get("by_command"):
        named = (str(device.native.get("dimmer", "")).upper(), f"SHUTTERPOSITION{device.relay or 1}")
        results = tuple(f"{stat}{name}" for name in (*RESULTS, *named) if name)
    status = (f"{stat}STATUS10",) if device.kind == "cover" else ()
    said = (f"{stat}{name}" for name in dict.fromkeys((_power(device), *_powers(device))))
    return (f"{stat}RESULT", *said, f"{tele}STATE", f"{tele}SENSOR", f"{tele}LWT", *status, *results)


def tells(device: Device) -> bool:
    """Whether it reports what it does."""
    return True


def state(device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
    """What a message says, in the units of `device.home.state`; nothing where it is not one of ours."""
    text = payload.decode("utf-8", "replace")
    if topic.endswith("/LWT"):
        words = {_word(device, "online"): True, _word(device, "offline"): False}
        return {"reachable": words[text]} if text in words else {}
    try:
        message = parsed(text)
    except ValueError:
        message = text
    if not isinstance(message, dict):
        named = topic.rpartition("/")[2] in _powers(device)
        return _switched(device, text) if named else {}
    if topic.endswith("/STATUS10"):
        told = message.get("StatusSNS")
        return {**measured(told), **_result(device, told if isinstance(told, dict) else {})}
    if topic.endswith("/SENSOR"):
        return {**measured(message), **(_result(device, message) if device.kind == "cover" else {})}
    return _result(device, message)


def _prefix(device: Device, which: str) -> str:
    """Where its topics of that prefix begin."""
    return str(device.native.get(which, f"{which}/{device.topic}/"))


def place(device: Device) -> str:
    """Where its commands go, all of them below it."""
    return _prefix(device, "cmnd")


def _word(device: Device, which: str) -> str:
    usual = {"online": "Online", "offline": "Offline"}.get(which, which.upper())
    return str(device.native.get(which, usual))


def _order(device: Device, action: Action) -> tuple[str, str] | None:
    """Command name and payload; None if the device cannot do it."""
    number = device.relay or ""
    match device.kind, action.do:
        case "fan", Do.ON:
            return "FanSpeed", "3"
        case "fan", Do.OFF:
            return "FanSpeed", "0"
        case "fan", Do.SPEED:
            return "FanSpeed", str(thirds(action.number))
        case "cover", Do.ON | Do.OFF | Do.STOP:
            verb = {Do.ON: "Open", Do.OFF: "Close", Do.STOP: "Stop"}[action.do]
            return f"Shutter{verb}{number}", ""
        case "cover", Do.POSITION:
            return f"ShutterPosition{number}", str(_position(device, round(action.number)))
        case "climate", Do.TEMPERATURE:
            return "TempTargetSet", str(CELSIUS.there(action.number))
        case "media_player", Do.PLAY | Do.PAUSE:
            return f"MP3{action.do.value.capitalize()}", ""
        case "media_player", Do.VOLUME:
            return "MP3Volume", str(round(action.number))
        case kind, Do.ON | Do.OFF | Do.TOGGLE if kind in SWITCHED:
            return _power(device), _word(device, action.do.value)
        case "light", _:
            return _light(device, action)
    return None


def _light(device: Device, action: Action) -> tuple[str, str] | None:
    match action.do:
        case Do.BRIGHTNESS:
            return str(device.native.get("dimmer", "Dimmer")), str(round(action.number))
        case Do.COLOR if action.value in HEX:
            return "Color", HEX[str(action.value)]
        case Do.COLOR_TEMPERATURE:
            coldest, warmest = device.native.get("coldest", COLDEST), device.native.get("warmest", WARMEST)
            return "CT", str(min(warmest, max(coldest, round(1_000_000 / action.number))))
    return None


def _position(device: Device, percent: float) -> float:
    return 100 - percent if device.native.get("inverted") else percent


def _power(device: Device) -> str:
    return f"POWER{device.relay or ''}"


def _powers(device: Device) -> tuple[str, ...]:
    """What its relay may be called in messages: of a single one POWER1 is POWER."""
    return ("POWER", "POWER1") if device.relay in (None, 1) else (_power(device),)


def _switched(device: Device, word: object) -> dict[str, Any]:
    """What its relay tells with a word of its own."""
    words = {"ON": True, "OFF": False, _word(device, "on"): True, _word(device, "off"): False}
    return {FLAGS.get(device.kind, "on"): words[word]} if isinstance(word, str) and word in words else {}


def _result(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    """A RESULT or STATE message: what it names of this device."""
    read: dict[str, Any] = {}
    if device.kind in SWITCHED:
        for name in _powers(device):
            read |= _switched(device, message.get(name))
    dimmed = message.get(str(device.native.get("dimmed", device.native.get("dimmer", "Dimmer"))))
    if device.kind == "light" and isinstance(dimmed, int | float):
        read["brightness"] = dimmed
    if device.kind == "media_player" and isinstance(message.get("MP3Volume"), int | float):
        read["volume"] = message["MP3Volume"]
    if device.kind == "fan" and isinstance(message.get("FanSpeed"), int):
        read |= {"on": message["FanSpeed"] > 0, "speed": round(message["FanSpeed"] / 3 * 100)}
    return read | (_shutter(device, message) if device.kind == "cover" else {})


def _shutter(device: Device, message: Mapping[str, Any]) -> dict[str, Any]:
    number = device.relay or 1
    shutter = message.get(f"Shutter{number}")
    shutter = shutter if isinstance(shutter, dict) else {}
    position = message.get(f"ShutterPosition{number}", shutter.get("Position"))
    if not isinstance(position, int | float):
        return {}
    aim = shutter.get("Target")
    aim = _position(device, aim if isinstance(aim, int | float) else position)
    position = _position(device, position)
    return {"position": round(position), "open": position > 0, "aim": round(aim)}


def measured(message: Any) -> dict[str, Any]:
    """What the sensors of a SENSOR message measure, of each kind the first; degrees in Celsius."""
    read: dict[str, Any] = {}
    for sensor in message.values() if isinstance(message, dict) else ():
        if isinstance(sensor, dict):
            for theirs, ours in MEASURES.items():
                if sensor.get(theirs) is not None:
                    read.setdefault(ours, sensor[theirs])
    if isinstance(message, dict) and message.get("TempUnit") == "F" and "temperature" in read:
        degrees = read["temperature"]
        read["temperature"] = round((degrees - 32) / 1.8, 1) if isinstance(degrees, int | float) else None
    return read
