"""Answers from what the appliances said of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from device.appliances.devices import Device
from device.events import Intent, Outcome, Reply, refused
from device.home.conditions import ACTIVITIES, CONDITIONS, holds, is_condition, opposite
from device.home.model import Home
from device.home.units import degrees
from device.skills.home import choosing
from device.skills.home.measures import UNITS, set_to, telling
from device.skills.home.select import Target, about, of_devices, placed_in, select
from device.skills.skill import World, asked
from device.speaking.wording import are, capitalized, listed, number
from device.understanding.numbers import spoken

FEW = 3
"""Things of unknown state that are named."""
OF_A_SAFE_HOUSE = ("open", "closed", "locked", "unlocked")
"""Conditions that nothing is taken to be in, or not to be in, as long as it has not said so."""


def state(intent: Intent, world: World) -> Outcome:
    """ "Is the lamp on", "which lights are on", "what is the state of the lamp"."""
    home, slots = world.home, intent.slots
    target = _with_contacts(home, slots, select(home, slots, None))
    if isinstance(target, Outcome):
        return _without_contact(home, slots) or target
    if target.which is not None:
        wanted = str(slots.get("state"))
        able = tuple(
            d for d in target.devices if is_condition(wanted) and _holds(home, d, wanted) is not None
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
    if not is_condition(wanted) or len(target.devices) == 1:
        return target.devices
    wanted_of = slots.get("question", "all" if "name" in slots else "which") != "all"
    return tuple(one for one in target.devices if _holds(home, one, wanted) is wanted_of) or target.devices


def _with_contacts(home: Home, slots: Mapping[str, Any], target: Target | Outcome) -> Target | Outcome:
    """Questions about windows and doors are also about the contacts at them."""
    word = str(slots.get("device_class"))
    contacts = tuple(
        device
        for device in placed_in(home, slots)
        if "contact" in home.state.of(device.name)
        and (word in spoken(device.name).split() or word == device.device_class)
    )
    if not contacts:
        return target
    if isinstance(target, Target):
        return Target((*target.devices, *contacts), target.called)
    return Target(contacts, f"the {word}s")


def _without_contact(home: Home, slots: Mapping[str, Any]) -> Outcome | None:
    """Where the only doors asked about are locks, which do not tell whether the door is open."""
    if slots.get("device_class") != "door" or not any(one.kind == "lock" for one in placed_in(home, slots)):
        return None
    return refused("I only know whether the doors are locked, not whether they are open")


def _told(home: Home, target: Target, slots: Mapping[str, Any]) -> Outcome:
    wanted = slots.get("state")
    if wanted is None:
        return _described(home, target.devices[0])
    if not is_condition(wanted):
        return refused(f"I cannot tell whether something is {wanted}")
    if len(target.devices) == 1 and "name" in slots:
        return _alone(home, target.devices[0], wanted)
    held = ((device, _holds(home, device, wanted)) for device in target.devices)
    known = [(device, holds) for device, holds in held if holds is not None]
    if not known:
        return refused(f"I do not know the state of {target.called} yet")
    question = slots.get("question", "all" if "name" in slots else "which")
    told = [device for device, _ in known]
    unknown = [device.called for device in target.devices if device not in told]
    if unknown and wanted in OF_A_SAFE_HOUSE and not any(holds is (question != "all") for _, holds in known):
        return _answer(_as_far_as_known(question, unknown, wanted))
    return _answer(_counted(question, known, wanted))


def _alone(home: Home, device: Device, wanted: str) -> Outcome:
    """The answer to a question about one device, with what is known instead of what was asked."""
    so, known = _holds(home, device, wanted), " ".join(_parts(home, device)[:2])
    is_so = f"{device.called} {are([device.name])} {wanted}"
    if so:
        return _answer(f"Yes, {is_so}")
    if so is not None:
        now = known if wanted in ACTIVITIES and known else opposite(wanted) if wanted in CONDITIONS else ""
        return _answer(f"No, {device.called} {are([device.name])} {now or f'not {wanted}'}")
    if not known:
        return refused(f"I do not know the state of {device.called} yet")
    they = "they are" if are([device.name]) == "are" else "it is"
    return _answer(f"I do not know whether {is_so}; {they} {known}")


def _as_far_as_known(question: str, unknown: Sequence[str], wanted: str) -> str:
    """The answer where those of `unknown` state could make it another one."""
    them = listed(unknown) if len(unknown) <= FEW else f"{len(unknown)} things"
    rest = f"all the others are {wanted}" if question == "all" else f"none of the others is {wanted}"
    return f"I do not know the state of {them} yet; {rest}"


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
    """Whether the device is in the state `wanted`; None if that is not known. A contact that is called after
    the device tells whether that is open; a sensor that finds somebody is on."""
    own = home.state.of(device.name)
    so = holds({"on": own["occupancy"], **own} if "occupancy" in own else own, wanted)
    if so is not None or wanted not in ("open", "closed"):
        return so
    known = (home.state.of(one.name) for one in telling(home, {"name": device.name}))
    return next((holds(state, wanted) for state in known if "contact" in state), None)


def _described(home: Home, device: Device) -> Outcome:
    """ "The lamp is on at 40 percent"."""
    if parts := _parts(home, device):
        return _answer(capitalized(f"{device.called} {are([device.name])} {' '.join(parts[:2])}"))
    return refused(f"I do not know the state of {device.called} yet")


def _parts(home: Home, device: Device) -> list[str]:
    """All that is known of the device, in words."""
    known = home.state.of(device.name)
    busy = "activity" in known or device.kind == "climate"  # what it does says that it is on
    parts = [
        word for word, (key, _) in CONDITIONS.items() if holds(known, word) and not (key == "on" and busy)
    ]
    if known.get("on") and "brightness" in known:
        parts.append(f"at {number(known['brightness'])} percent")
    if 0 < known.get("position", 0) < 100:
        parts.append(f"at {number(known['position'])} percent")
    if "temperature" in known:
        parts.append(f"at {degrees(known['temperature'], home.layout.units)}")
    if target := set_to(home, device):
        parts.append(f"set to {target}")
    if "humidity_target" in known:
        parts.append(f"set to {number(known['humidity_target'])} percent")
    if "number" in known:
        parts.append(f"set to {number(known['number'])}")
    if chosen := [known[key] for key in ("option", "preset", "fan_mode", "swing_mode") if key in known]:
        parts.append(f"set to {listed(chosen)}")
    if "activity" in known:
        parts.append(known["activity"].replace("_", " "))
    if not parts:
        parts = [f"at {number(known[key])} {unit}" for key, unit in UNITS.items() if key in known]
    return parts


def _answer(text: str) -> Outcome:
    return Outcome(reply=Reply(text))
