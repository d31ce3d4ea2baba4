"""What an intent means in a home: which devices, told what, and the sentence to say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from device.appliances.actions import Action
from device.appliances.devices import Device, Scene
from device.appliances.relative import FLAGS, Missing
from device.events import Intent, Outcome, Question, impossible, refused
from device.home import units
from device.home.model import Home
from device.skills.home import choosing, measures, players, prices, replies, states, wishes
from device.skills.home.plans import PLANS
from device.skills.home.select import ONLY_OFF, TARGETS, Target, about, left_out, of_devices, placed, select
from device.skills.home.telling import tell
from device.skills.skill import Handlers, World, asked
from device.speaking.wording import listed, sentence
from device.understanding.scope import PLACES

CLIMATE = "HassClimateSetTemperature"
"""The intent whose slots hold degrees of heat."""
MISSING: Mapping[str, str] = {
    "temperature": "To how many degrees?",
    "brightness": "To how many percent?",
    "percentage": "To how many percent?",
    "position": "To how many percent?",
    "volume_level": "To how many percent?",
    "color": "To which color?",
}
"""By the slot of a value that was left out: what Mynah asks, and expects as its answer."""


def order(intent: Intent, world: World) -> Outcome:
    """An intent that tells devices something: commands and a reply, or the reason why there are none."""
    home, slots = world.home, intent.slots
    if scene := _scene(home, slots):
        return _activate(home, intent, scene) if intent.name == "HassTurnOn" else _cannot(scene.name)
    actions, domain = PLANS[intent.name](
        units.in_celsius(slots, home.layout.units) if intent.name == CLIMATE else slots
    )
    pointed = choosing.pointed(home, replace(intent, slots=slots))
    if isinstance(pointed, Outcome):
        return pointed
    slots = placed(home, pointed.slots, domain)
    intent = replace(intent, slots=slots)
    missing = slots.get("missing")
    if not actions and missing not in MISSING:
        return refused("Sorry, I cannot set it to that")
    several = slots.get("names")
    if several:
        target: Target | Outcome = _several(home, several, slots)
    else:
        target = select(home, slots, domain)
    if isinstance(target, Outcome):
        return target
    if not actions and missing is not None:
        return asked(Question(MISSING[missing], intent, missing))
    target = players.meant(home, intent, target)
    if intent.name != "HassTurnOff" and not {"name", "names", "domain"} & slots.keys():
        target = replace(target, devices=tuple(one for one in target.devices if one.kind not in ONLY_OFF))
    return _tell(home, intent, target, actions)


def has_target(intent: Intent) -> bool:
    """Whether it says which devices it is for, if it is for any: nothing is done to all of them unawares."""
    return intent.name not in PLANS or intent.all_meant or not TARGETS.isdisjoint(intent.slots)


def _several(home: Home, names: Sequence[str], slots: Mapping[str, Any]) -> Target | Outcome:
    """Devices that were chosen together, "both", "all of them", without what the slots leave out."""
    chosen = (home.devices[name] for name in names if name in home.devices)
    devices = tuple(device for device in chosen if not left_out(home, device, slots))
    if not devices:
        return refused("Nothing is left of that")
    return Target(devices, listed([device.called for device in devices]))


def _tell(home: Home, intent: Intent, target: Target, actions: Sequence[Action]) -> Outcome:
    if target.which is not None:
        able = tuple(device for device in target.devices if tell(home, [(device, actions)]).able)
        able = _still_on(home, intent, able) or able
        if len(able) != 1:
            return asked(choosing.which(home, _kind(intent, target), target.which, able or target.devices))
        target = Target(able, able[0].called)
    if doubt := prices.doubt(home, _kind(intent, target), target.devices, actions, target.called):
        return asked(replace(doubt, about=intent))
    told = tell(home, ((device, actions) for device in target.devices))
    if not told.able:
        lacking = (*told.notes, *replies.lacking(told.dark, Missing.LIGHT, home.layout.units))
        lacked = refused(sentence(lacking)) if lacking else _cannot(target.called)
        return replace(lacked, about=about(intent, target))
    called = told.able[0].called if len(told.able) == 1 else target.called
    done = told.done[0] if len(set(told.done)) == 1 else actions
    outcome = told.outcome(replies.done(done, told.able, called, home.layout.units))
    return replace(outcome, about=about(intent, target))


def _still_on(home: Home, intent: Intent, devices: Sequence[Device]) -> tuple[Device, ...]:
    """Of several that may be meant by "turn off the fan", those that are on, or open; nothing where that is
    not known of all of them, and nothing that is locked."""
    known = [(device, home.state.of(device.name).get(FLAGS.get(device.kind, ""))) for device in devices]
    if intent.name != "HassTurnOff" or any(on is None or device.kind == "lock" for device, on in known):
        return ()
    return tuple(device for device, on in known if on)


def _kind(intent: Intent, target: Target) -> Intent:
    """With the kind of its devices, for the question that may be asked."""
    kinds = {device.kind for device in target.devices}
    return replace(intent, slots={**intent.slots, "kind": kinds.pop()}) if len(kinds) == 1 else intent


def _cannot(called: str) -> Outcome:
    return impossible(f"I cannot do that with {called}")


def _scene(home: Home, slots: Mapping[str, Any]) -> Scene | None:
    return next((scene for scene in home.layout.scenes if scene.name == slots.get("name")), None)


def _activate(home: Home, intent: Intent, scene: Scene) -> Outcome:
    devices = [home.devices[name] for name in scene.steps if name in home.devices]
    things: list[Device | Scene] = [scene]
    kind = replace(intent, slots={**intent.slots, "kind": "scene"})
    if doubt := prices.doubt(home, kind, things, (), scene.name):
        return asked(replace(doubt, about=intent))
    told = tell(home, ((device, scene.steps[device.name]) for device in devices))
    told.commands = [*scene.sends, *told.commands]
    told.notes += tuple(f"there is no {name} yet" for name in scene.steps if name not in home.devices)
    if not told.commands:
        return refused(sentence(told.notes)) if told.notes else _cannot(scene.name)
    return told.outcome(f"Activated {scene.name}")


def clean(intent: Intent, world: World) -> Outcome:
    """Starts the vacuum of a place. One that stands elsewhere cannot be told of rooms, and Mynah says so."""
    everywhere = {slot: value for slot, value in intent.slots.items() if slot not in PLACES}
    start = replace(intent, name="HassVacuumStart")
    if isinstance(select(world.home, intent.slots, "vacuum"), Target):
        return order(start, world)
    target = select(world.home, everywhere, "vacuum")
    if isinstance(target, Outcome):
        return target
    if len(target.devices) > 1:
        return refused("I cannot send a vacuum to a room; say which one to start")
    one = replace(start, slots={**everywhere, "name": target.devices[0].name})
    text = f"I cannot send {target.called} to a room. Shall I start it?"
    return replace(asked(Question(text, one, "confirmation")), about=of_devices(target.devices))


HANDLERS: Handlers = {
    **wishes.HANDLERS,
    **dict.fromkeys(PLANS, order),
    "HassVacuumCleanArea": clean,
    "HassGetState": states.state,
    "HassClimateGetTemperature": measures.temperature,
    "MynahMeasure": measures.measured,
    "MynahBatteries": measures.batteries,
    "MynahFinding": measures.found,
}
