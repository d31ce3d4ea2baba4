"""Answers from what the appliances said of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from device.appliances.devices import Device
from device.events import Intent, Outcome, Reply, refused
from device.home.conditions import CONDITIONS, holds, opposite
from device.home.model import Home
from device.home.units import degrees
from device.skills.home import choosing
from device.skills.home.measures import UNITS
from device.skills.home.select import Target, about, of_devices, placed_in, select
from device.skills.skill import World, asked
from device.speaking.wording import are, listed, number
from device.understanding.numbers import spoken


def state(intent: Intent, world: World) -> Outcome:
    """ "Is the lamp on", "which lights are on", "what is the state of the lamp"."""
    home, slots = world.home, intent.slots
    target = _with_contacts(home, slots, select(home, slots, None))
    if isinstance(target, Outcome):
        return target
    if target.which is not None:
        wanted = str(slots.get("state"))
        able = tuple(
            d for d in target.devices if wanted in CONDITIONS and _holds(home, d, wanted) is not None
        )
        if len(able) != 1:
            return asked(choosing.which(home, intent, target.which, able or target.devices))
        target = Target(able, able[0].called)
    told = _named_in_answer(home, target, slots)
    if told != target.devices:
        return replace(_told(home, target, slots), about=of_devices(told))
    return replace(_told(home, target, slots), about=about(intent, target))


def _named_in_answer(home: Home, target: Target, slots: Mapping[str, Any]) -> tuple[Device, ...]:
    """Those of several devices that the answer names: "them" from now on. All where it names none."""
    wanted = str(slots.get("state"))
    if wanted not in CONDITIONS or len(target.devices) == 1:
        return target.devices
    wanted_of = slots.get("question", "all" if "name" in slots else "which") != "all"
    return tuple(one for one in target.devices if _holds(home, one, wanted) is wanted_of) or target.devices


def _with_contacts(home: Home, slots: Mapping[str, Any], target: Target | Outcome) -> Target | Outcome:
    """Questions about windows are also about the contacts at windows."""
    word = str(slots.get("device_class"))
    contacts = tuple(
        device
        for device in placed_in(home, slots)
        if "contact" in home.state.of(device.name) and word in spoken(device.name).split()
    )
    if not contacts:
        return target
    if isinstance(target, Target):
        return Target((*target.devices, *contacts), target.called)
    return Target(contacts, f"the {word}s")


def _told(home: Home, target: Target, slots: Mapping[str, Any]) -> Outcome:
    wanted = slots.get("state")
    if wanted is None:
        return _answer(_described(home, target.devices[0]))
    if wanted not in CONDITIONS:
        return refused(f"I cannot tell whether something is {wanted}")
    held = ((device, _holds(home, device, wanted)) for device in target.devices)
    known = [(device, holds) for device, holds in held if holds is not None]
    if not known:
        return refused(f"I do not know the state of {target.called} yet")
    if len(target.devices) == 1 and "name" in slots:
        [(device, holds)] = known
        now = wanted if holds else opposite(wanted)
        return _answer(f"{'Yes' if holds else 'No'}, {device.called} {are([device.name])} {now}")
    return _answer(_counted(slots.get("question", "all" if "name" in slots else "which"), known, wanted))


def _counted(question: str, known: Sequence[tuple[Device, bool]], wanted: str) -> str:
    """The answer to a question about several devices."""
    true = [device for device, holds in known if holds]
    names = listed([device.called for device in true]) if true else ""
    one = len(true) == 1 and are([true[0].name]) == "is"
    if question == "how_many":
        return f"{len(true) or 'None'} of {len(known)}{': ' + names if true else ''}"
    if question == "all":
        rest = [device.called for device, holds in known if not holds]
        return f"No, not {listed(rest)}" if rest else f"Yes, all are {wanted}"
    sentence = f"{names} {'is' if one else 'are'} {wanted}" if true else f"none is {wanted}"
    if question == "any":
        return f"{'Yes' if true else 'No'}, {sentence}"
    return sentence[0].upper() + sentence[1:]


def _holds(home: Home, device: Device, wanted: str) -> bool | None:
    """Whether the device is in the state `wanted`; None if that is not known."""
    return holds(home.state.of(device.name), wanted)


def _described(home: Home, device: Device) -> str:
    known = home.state.of(device.name)
    parts = [
        word
        for word, (key, value) in CONDITIONS.items()
        if key in known and known[key] == value and (key != "on" or device.kind != "climate")
    ]
    if known.get("on") and "brightness" in known:
        parts.append(f"at {number(known['brightness'])} percent")
    if 0 < known.get("position", 0) < 100:
        parts.append(f"at {number(known['position'])} percent")
    if "temperature" in known:
        parts.append(f"at {degrees(known['temperature'], home.layout.units)}")
    if "target" in known:
        parts.append(f"set to {degrees(known['target'], home.layout.units)}")
    if "humidity_target" in known:
        parts.append(f"set to {number(known['humidity_target'])} percent")
    if "number" in known:
        parts.append(f"set to {number(known['number'])}")
    if "option" in known:
        parts.append(f"set to {known['option']}")
    if "activity" in known:
        parts.append(known["activity"].replace("_", " "))
    if not parts:
        parts = [f"at {number(known[key])} {unit}" for key, unit in UNITS.items() if key in known]
    if not parts:
        return f"I do not know the state of {device.called} yet"
    sentence = f"{device.called} {are([device.name])} {' '.join(parts[:2])}"
    return sentence[0].upper() + sentence[1:]


def _answer(text: str) -> Outcome:
    return Outcome(reply=Reply(text))
