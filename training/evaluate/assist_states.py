"""How the entities of assist requests stand: before, as expected, and after Mynah's commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from device.appliances.colors import HEX
from device.appliances.relative import FLAGS
from device.appliances.scale import SAME
from device.discovery.homeassistant.sensors import MEASURES, OPENINGS, PRESENCES
from device.discovery.homeassistant.sensors import UNITS as SENSOR_UNITS
from training.evaluate.assist_requests import Entity, Report

State = Mapping[str, Any]
"""`state` is Home Assistant's word ("off", "playing"). The rest are numbers in Mynah's units, and the colour
is (red, green, blue); None where it is not known."""

LIST = "list"
KINDS = {"alarm_control_panel": "alarm_panel", "todo": LIST}
"""Domains that home.toml gives another name; lists are no devices there."""

UNITS = {
    "brightness": ("brightness", 100 / 255),
    "current_position": ("position", 1),
    "percentage": ("speed", 1),
    "volume_level": ("volume", 100),
    "temperature": ("target", 1),
    "target_temperature": ("target", 1),
    "current_temperature": ("temperature", 1),
    "color_temp_kelvin": ("color_temperature", 1),
    "media_track": ("track", 1),
}
"""Attributes: Mynah's name, and the number of its units in one of Home Assistant's."""
COLORS = ("rgb_color", "rgbw_color")
DERIVED = ("color_mode", "hs_color", "xy_color", "is_closed", "is_opening", "is_closing")
"""Attributes that follow from others."""

WORDS = {"cover": ("open", "closed"), "valve": ("open", "closed"), "lock": ("locked", "unlocked")}
"""The words for true and false, where they are not "on" and "off"."""
ARRIVED = {"opening": "open", "closing": "closed", "locking": "locked", "unlocking": "unlocked"}
"""What moves counts as what it moves to."""
FALSE = ("off", "closed", "unlocked")
BY_NUMBER = {"brightness": ("on", "off"), "speed": ("on", "off"), "position": ("open", "closed")}
"""Numbers that decide the state when they are set: above 0, and at 0."""

FEATURES = {
    "SET_POSITION": "position",
    "SET_SPEED": "speed",
    "VOLUME_SET": "volume",
    "TARGET_TEMPERATURE": "temperature",
}
COLOR_MODES = {
    "color": {"hs", "xy", "rgb", "rgbw", "rgbww"},
    "color_temperature": {"color_temp", "rgbww"},
    "brightness": {"brightness", "color_temp", "hs", "xy", "rgb", "rgbw", "rgbww", "white"},
}


def kind_of(entity: str) -> str:
    """home.toml's kind of the entity with this id."""
    domain = entity.partition(".")[0]
    return KINDS.get(domain, domain)


def abilities(entity: Entity) -> list[str]:
    """What the entity can do besides on and off, under home.toml's names."""
    attributes = entity.report.attributes
    modes = set(attributes.get("supported_color_modes", ()))
    features = [str(feature).rpartition(".")[2] for feature in attributes.get("supported_features", ())]
    able = [ability for ability, shown in COLOR_MODES.items() if modes & shown]
    able += [
        ability
        for prefix, ability in FEATURES.items()
        if any(feature.startswith(prefix) for feature in features)
    ]
    return able


def class_of(entity: Entity) -> str:
    """The device class, however it is written: "window", "BinarySensorDeviceClass.WINDOW"."""
    return str(entity.report.attributes.get("device_class")).rpartition(".")[2].lower()


def initial(entity: Entity) -> State:
    """How the entity stands. What it can do but does not report is taken to be as its state suggests."""
    kind, report = kind_of(entity.id), entity.report
    measured = _measured(report.attributes)
    state = _word(kind, report.state) or _unsaid(kind, report.attributes)
    full = 0 if state in FALSE else 100
    usual = {"position": full, "speed": full, "volume": 100}
    keys = ("target" if ability == "temperature" else ability for ability in abilities(entity))
    sensed = _sensed(kind, class_of(entity), state, report)
    return {"state": state, **{key: usual.get(key) for key in keys}, **measured, **sensed}


def _sensed(kind: str, device_class: str, state: str, report: Report) -> Mapping[str, Any]:
    """What a sensor of this class tells, under the home's names and in its units."""
    if kind == "sensor" and device_class in MEASURES:
        told = report.attributes.get("native_value", report.state)
        value = _number(told, 1)
        unit = str(report.attributes.get("native_unit_of_measurement"))
        scale = SENSOR_UNITS.get((device_class, unit), SAME)
        return {MEASURES[device_class]: scale.back(value)} if isinstance(value, float) else {}
    if kind == "binary_sensor" and report.state is not None:
        if device_class in OPENINGS:
            return {"contact": state != "on"}
        return {"occupancy" if device_class in PRESENCES else "on": state == "on"}
    if kind == "alarm_panel" and report.state is not None:
        return {"armed": state.startswith("armed")}
    return {}


def _unsaid(kind: str, attributes: Mapping[str, Any]) -> str:
    """The state of an entity that only reports attributes: a light with a brightness is on."""
    if kind == LIST:
        return str(len(attributes.get("todo_items", ())))
    if kind == "climate":
        return str(attributes.get("hvac_mode", "off"))
    if kind == "light":
        return "on" if attributes.get("brightness") else "off"
    return WORDS.get(kind, ("on", "off"))[1]


def expected(kind: str, before: State, report: Report) -> State:
    """`before` with what `report` says. What Mynah has no word for is expected as well, and never comes."""
    state = _word(kind, report.state) or before["state"]
    strange = {
        name: value
        for name, value in report.attributes.items()
        if name not in UNITS and name not in COLORS and name not in DERIVED
    }
    return {**before, **strange, **_measured(report.attributes), "state": state}


def ignored_keys(attributes: Iterable[str]) -> frozenset[str]:
    """Home Assistant's attributes under the names of a State."""
    return frozenset(
        UNITS[name][0] if name in UNITS else "color" if name in COLORS else name for name in attributes
    )


def _word(kind: str, state: Any) -> str | None:
    if isinstance(state, Mapping):  # as it is named, and as it is stored
        state = state.get("out")
    if isinstance(state, bool):
        return WORDS.get(kind, ("on", "off"))[not state]
    return None if state is None else ARRIVED.get(str(state), str(state))


def _measured(attributes: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if name in UNITS:
            key, scale = UNITS[name]
            found[key] = _number(value, scale)
        elif name in COLORS:
            found["color"] = tuple(_number(part, 1) for part in value[:3]) if value else None
    return found


def _number(value: Any, scale: float) -> Any:
    """A number, or the text of one, times `scale`; anything else as it is."""
    try:
        return float(value) * scale
    except (TypeError, ValueError):
        return value


def reported(kind: str, state: State) -> Mapping[str, Any]:
    """What the home's state store has of an entity in this state (`device.home.state`)."""
    known: dict[str, Any] = {key: value for key, value in state.items() if isinstance(value, int | float)}
    if kind in FLAGS:
        known[FLAGS[kind]] = state["state"] not in FALSE
    if kind in BUSY:
        known["activity"] = str(state["state"])
    return known


def commanded(state: State, payload: str) -> State:
    """The state after a command of `PAYLOADS`. What the entity cannot report is not added to it."""
    change = json.loads(payload)
    after = {**state, **{key: value for key, value in change.items() if key in state}}
    if state.get("track") is not None:
        after["track"] = state["track"] + change.get("skipped", 0)
    if "color" in change:
        after["color"] = tuple(bytes.fromhex(HEX[change["color"]].removeprefix("#")))
    for number, (above, zero) in BY_NUMBER.items():
        if number in change and "state" not in change:
            after["state"] = above if change[number] > 0 else zero
    return after


BUSY = ("media_player", "vacuum", "lawn_mower")
"""Kinds whose state says what they are doing."""

LIST_SIZES = {"list.add": 1, "list.remove": -1}


def listed(state: State, verb: str) -> State:
    """A list's state, which is the number of its items, after something was done to it ("list.add")."""
    size = 0 if verb == "list.clear" else int(state["state"]) + LIST_SIZES.get(verb, 0)
    return {**state, "state": str(size)}


def shown(state: State) -> State:
    """What can be seen of a state: a light that is off has no brightness and no colour."""
    hidden = ("brightness", "color", "color_temperature") if state["state"] == "off" else ()
    return {key: value for key, value in state.items() if value is not None and key not in hidden}
