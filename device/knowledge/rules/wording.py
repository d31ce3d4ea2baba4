"""Conditions in words: "the back door is open for ten minutes", "the temperature in the bedroom falls below
eighteen", "the front door was not opened today". Pure.

The same words are read from rules.toml and from what is said.
"""

from __future__ import annotations

import re
from dataclasses import replace

from device.appliances.devices import Device
from device.home.conditions import CONDITIONS, opposite
from device.home.model import Home
from device.home.units import IMPERIAL
from device.knowledge.facts.facts import Facts, bare
from device.knowledge.rules.amounts import number, seconds
from device.knowledge.rules.conditions import DONE, OTHERS, Condition, Is, Level, Was
from device.knowledge.rules.naming import Unclear, in_place, is_place, telling, things
from device.understanding.numbers import spoken

STATES = {
    **{state: state for state in (*CONDITIONS, "playing", "paused", "cleaning", "mowing", "docked")},
    **{"shut": "closed", "running": "on", "working": "on", "at work": "on", "heating": "on"},
    **{"turned on": "on", "switched on": "on", "turned off": "off", "switched off": "off", "out": "off"},
    **{"opened": "open", "wide open": "open", "left open": "open", "left on": "on", "ajar": "open"},
    **{"finished": DONE, "done": DONE, "ready": DONE, "through": DONE},
    **{"wet": "wet", "leaking": "wet", "dry": "dry", "occupied": "occupied", "empty": "empty"},
    **{"unreachable": "gone", "offline": "gone", "gone": "gone"},
}
"""How a thing is, by its words."""
VERBS = {
    **{"opens": "open", "closes": "closed", "shuts": "closed", "locks": "locked", "unlocks": "unlocked"},
    **{"finishes": DONE, "ends": DONE, "is through": DONE, "starts": "on", "stops": "off", "leaks": "wet"},
    **{"turns on": "on", "goes on": "on", "comes on": "on", "turns off": "off", "goes off": "off"},
    **{"goes out": "off", "runs": "on", "plays": "playing", "starts playing": "playing"},
    **{"starts running": "on", "stops running": "off", "starts leaking": "wet", "gets wet": "wet"},
}
"""What a thing does, by its words."""
PARTICIPLES = {
    **{"opened": "open", "closed": "closed", "shut": "closed", "locked": "locked", "unlocked": "unlocked"},
    **{"turned on": "on", "switched on": "on", "used": "on", "turned off": "off", "switched off": "off"},
}
MEASURES = {
    **{"temperature": "temperature", "humidity": "humidity", "air humidity": "humidity", "power": "power"},
    **{"battery": "battery", "battery level": "battery", "charge": "battery", "brightness": "illuminance"},
    **{"light level": "illuminance", "illuminance": "illuminance", "c o two": "co2", "co two": "co2"},
    **{"carbon dioxide": "co2", "air quality": "co2", "consumption": "power", "power consumption": "power"},
}
"""What is measured, by its words: the key of the state."""
WARMTH = {
    **{"colder": False, "cooler": False, "warmer": True, "hotter": True},
}
ALARMS = {
    **{"smoke": "smoky", "gas": "gassy", "carbon monoxide": "poisoned", "water": "wet", "a leak": "wet"},
    **{"motion": "occupied", "movement": "occupied", "somebody": "occupied", "someone": "occupied"},
    **{"anybody": "occupied", "anyone": "occupied", "nobody": "empty", "no one": "empty"},
}
"""What is found in a place."""


def _any(words: dict[str, str] | dict[str, bool]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


BE = r"(?:is|are|has been|have been|gets|get|becomes|become|turns|was left|were left|stays|stay|remains)"
FOR = re.compile(
    r"(.+?) (?:for|(?:for )?(?:longer|more) than)(?: (?:longer|more) than| at least| over)? (.+)"
)
STATE = re.compile(rf"(.+?) {BE}(?: still| now| already)?( not)?(?: still)? ({_any(STATES)})")
NEGATED = re.compile(rf"(.+?) (?:isn't|aren't) ({_any(STATES)})")
DOES = re.compile(rf"(.+?) ({_any(VERBS)})")
PAST = re.compile(
    rf"(.+?) (?:(?:was|were|has been|have been)( not)?|(wasn't|weren't|hasn't been))(?: yet)? "
    rf"({_any(PARTICIPLES)})(?: (today|yet)| (?:in|for|within) the last (.+))?"
)
THAN = r"(below|under|above|over|less than|more than|lower than|higher than|down to|up to)"
UNIT = r"(?: (?:degrees?|percent|watts?|lux|p p m)(?: (?:celsius|fahrenheit))?)?"
RISES = (
    r"(?:is|are|gets|get|falls|fall|drops|drop|sinks|goes|go|rises|rise|climbs|climb|reaches|uses|draws|has)"
)
MEASURED = re.compile(
    rf"(?:the )?({_any(MEASURES)})(?: (?:in|of|on|at) (.+?))? {RISES} (?:down |up )?{THAN} (.+?){UNIT}"
)
NAMED_MEASURE = re.compile(rf"(.+?)(?:'s)? ({_any(MEASURES)}) {RISES} {THAN} (.+?){UNIT}")
BARE_MEASURE = re.compile(
    rf"(.+?) {RISES} {THAN} (.+?) (degrees?|percent|watts?|lux)(?: celsius| fahrenheit)?"
)
WARMER = re.compile(rf"(.+?) (?:is|gets|becomes|turns) ({_any(WARMTH)}) than (.+?){UNIT}(?: (?:in|at) (.+))?")
RAINS = re.compile(r"it (?:rains|is raining|starts raining|starts to rain|begins to rain)")
FOUND = re.compile(
    rf"(?:(?:there is|there's|there are|you see|you detect|you notice) )?({_any(ALARMS)})"
    r"(?: is| are)?(?: detected| seen| noticed| found)?"
    r"(?: (?:in|at|on) (.+)| (upstairs|downstairs|outside|here))?"
)
ABOVE = ("above", "over", "more than", "higher than", "up to")
KEY_OF_UNIT = {"degree": "temperature", "percent": "humidity", "watt": "power", "lux": "illuminance"}
SETTLED = 60.0
"""Seconds for which a machine that is measured by its power must be idle to be done."""


def read(text: str, home: Home, facts: Facts) -> Condition:
    """The condition that `text` says. Raises Unclear."""
    words = spoken(text)
    words, lasting = _lasting(words)
    for reader in (_rains, _past, _level, _found, _state, _does):
        if (found := reader(words, home, facts)) is not None:
            return replace(found, text=spoken(text), lasting=max(lasting, found.lasting))
    raise Unclear(
        f"{text!r} is no condition that Mynah knows; one is “the kitchen window is open”, or"
        " “the temperature in the bedroom falls below eighteen”"
    )


def _lasting(words: str) -> tuple[str, float]:
    """Without "for ten minutes", and how many seconds that is."""
    if (found := FOR.fullmatch(words)) and (span := seconds(found[2])) is not None:
        return found[1], span
    return words, 0.0


def _state(words: str, home: Home, facts: Facts) -> Condition | None:
    if found := STATE.fullmatch(words):
        wanted = STATES[found[3]]
        return _is(found[1], _opposite(wanted) if found[2] else wanted, home, facts)
    if found := NEGATED.fullmatch(words):
        return _is(found[1], _opposite(STATES[found[2]]), home, facts)
    return None


def _opposite(wanted: str) -> str:
    if wanted in CONDITIONS:
        return opposite(wanted)
    others = {"wet": "dry", "dry": "wet", "occupied": "empty", "empty": "occupied"}
    if wanted not in others:
        raise Unclear(f"a rule cannot wait until something is not {wanted}; say what it is then")
    return others[wanted]


def _does(words: str, home: Home, facts: Facts) -> Condition | None:
    if found := DOES.fullmatch(words):
        return _is(found[1], VERBS[found[2]], home, facts)
    return None


def _is(name: str, wanted: str, home: Home, facts: Facts) -> Condition:
    """`name` is `wanted`; of a room, that it is occupied, or that something in it is so."""
    if is_place(name, home) and wanted in OTHERS:
        return _in_place(name, wanted, home)
    devices, every = things(name, home, facts)
    test = Is(wanted)
    keys = {"power", "activity", "on"} if wanted == DONE else {key for key, _ in test.states}
    if wanted == "playing":
        keys.add("on")
    able = devices if wanted == "gone" else telling(devices, keys, home)
    if not able:
        raise Unclear(f"{devices[0].called} does not tell whether it is {wanted}")
    if len(able) > 1 and not every and not _plural(name) and len(devices) == len(able):
        raise Unclear(f"{name!r} may be {', '.join(one.name for one in able)}; say which, or “any …”")
    powered = wanted == DONE and any("power" in home.state.of(one.name) for one in able)
    return Condition("", _names(able), test, every, SETTLED if powered else 0.0)


def _plural(name: str) -> bool:
    return name.startswith(("any", "a ", "an ", "some", "one ", "every", "all ", "both ")) or name.endswith(
        "s"
    )


def _in_place(place: str, wanted: str, home: Home) -> Condition:
    test = Is(wanted)
    keys = {key for key, _ in test.states}
    there = tuple(one for one in home.layout.devices if not place or in_place(one, place, home))
    if not (able := telling(there, keys, home)):
        raise Unclear(f"nothing {f'in {place}' if place else 'in this home'} tells whether it is {wanted}")
    return Condition("", _names(able), test, every=wanted in ("empty", "dry"))


def _found(words: str, home: Home, facts: Facts) -> Condition | None:
    """ "There is smoke", "somebody is in the hall"."""
    found = FOUND.fullmatch(words)
    if found is None:
        return None
    place = found[2] or found[3] or ""
    if place and not is_place(place, home):
        raise Unclear(f"no room is called {bare(place)!r}")
    return _in_place(place, ALARMS[found[1]], home)


def _rains(words: str, home: Home, facts: Facts) -> Condition | None:
    if not RAINS.fullmatch(words):
        return None
    sensors = tuple(one for one in home.layout.devices if {"rain", "raining"} & {*spoken(one.name).split()})
    if not sensors:
        raise Unclear(
            "nothing in this home tells whether it rains; that takes a sensor with “rain” in its name"
        )
    wet = tuple(one for one in sensors if telling([one], {"water_leak"}, home))
    return Condition("", _names(wet or sensors), Is("wet" if wet else "on"))


def _level(words: str, home: Home, facts: Facts) -> Condition | None:
    if found := MEASURED.fullmatch(words):
        return _measured(MEASURES[found[1]], found[2] or "", found[3] in ABOVE, found[4], home, facts)
    if found := NAMED_MEASURE.fullmatch(words):
        return _measured(MEASURES[found[2]], found[1], found[3] in ABOVE, found[4], home, facts)
    if found := WARMER.fullmatch(words):
        name = found[4] or ("" if found[1] == "it" else found[1])
        return _measured("temperature", name, WARMTH[found[2]], found[3], home, facts)
    if found := BARE_MEASURE.fullmatch(words):
        key = KEY_OF_UNIT[found[4].removesuffix("s")]
        return _measured(key, "" if found[1] == "it" else found[1], found[2] in ABOVE, found[3], home, facts)
    return None


def _measured(key: str, name: str, above: bool, said: str, home: Home, facts: Facts) -> Condition:
    than = number(said)
    if than is None:
        raise Unclear(f"{said!r} is no number")
    if key == "temperature" and home.layout.units == IMPERIAL:
        than = (than - 32) / 1.8
    if not name:
        devices = tuple(one for one in home.layout.devices if home.here in (None, one.room))
    elif is_place(name, home):
        devices = tuple(one for one in home.layout.devices if in_place(one, name, home))
    else:
        devices, _ = things(name, home, facts)
    if not (able := telling(devices, {key}, home)):
        where = f" in {bare(name)}" if name else ""
        raise Unclear(f"nothing{where} tells its {key}")
    sensors = tuple(one for one in able if one.kind == "sensor")  # before a thermostat
    return Condition("", _names(sensors or able), Level(key, above, than))


def _past(words: str, home: Home, facts: Facts) -> Condition | None:
    found = PAST.fullmatch(words)
    if found is None or not (found[5] or found[6]):
        return None
    span = seconds(found[6]) if found[6] else None
    if found[6] and span is None:
        raise Unclear(f"{found[6]!r} is no length of time; write one such as “two hours”")
    wanted = PARTICIPLES[found[4]]
    devices, every = things(found[1], home, facts)
    able = telling(devices, {key for key, _ in Is(wanted).states}, home)
    if not able:
        raise Unclear(f"{devices[0].called} does not tell whether it is {wanted}")
    never = bool(found[2] or found[3])
    return Condition("", _names(able), Was(wanted, never, span), every=never or every)


def _names(devices: tuple[Device, ...]) -> tuple[str, ...]:
    return tuple(one.name for one in devices)
