"""What an intent means in a home: which devices, told what, and the sentence to say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.colors import HEX
from device.appliances.devices import Device, Scene
from device.appliances.relative import Missing
from device.events import Command, Expectation, Handled, Impossible, Intent, NotHandled, Reply
from device.home.model import Home
from device.skills.home import replies, states
from device.skills.home.select import Target, select
from device.skills.skill import Handlers, Outcome, World
from device.speaking.wording import sentence


def order(intent: Intent, world: World) -> Outcome:
    """An intent that tells devices something: commands and a reply, or the reason why there are none."""
    home, slots = world.home, intent.slots
    if scene := _scene(home, slots):
        return _activate(home, intent, scene) if intent.name == "HassTurnOn" else _cannot(scene.name)
    actions, domain = _PLANS[intent.name](slots)
    if not actions:
        return NotHandled("Sorry, I cannot set it to that")
    target = select(home, slots, domain)
    if isinstance(target, NotHandled):
        return target
    return _tell(home, intent, target, actions)


PLACES = ("name", "area", "floor", "domain", "device_class")
"""Slots that say which devices are meant."""


def about(home: Home, intent: Intent) -> Mapping[str, Any]:
    """The slots that say which devices a turn was about; empty where it was about none."""
    if intent.name not in _PLANS and intent.name != "HassGetState":
        return {}
    if "name" in intent.slots and intent.slots["name"] not in home.devices:
        return {}
    return {slot: intent.slots[slot] for slot in PLACES if slot in intent.slots}


def _tell(home: Home, intent: Intent, target: Target, actions: Sequence[Action]) -> Outcome:
    if doubt := _doubt(home, intent, target.devices):
        return doubt
    told = _tried(home, ((device, actions) for device in target.devices))
    if not told.able:
        lacking = (*told.notes, *replies.lacking(told.dark, Missing.LIGHT))
        return NotHandled(sentence(lacking)) if lacking else _cannot(target.called)
    called = told.able[0].called if len(told.able) == 1 else target.called
    done = told.done[0] if len(set(told.done)) == 1 else actions
    return told.handled(replies.done(done, told.able, called))


@dataclass(slots=True)
class _Told:
    """What came of telling devices something: whom, what, and why not the others."""

    able: list[Device] = field(default_factory=list)
    done: list[tuple[Action, ...]] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    expected: list[Expectation] = field(default_factory=list)
    dark: list[Device] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def handled(self, reply: str) -> Handled:
        whole = Reply(", ".join((reply, *self.notes)))
        return Handled(tuple(self.commands), whole, tuple(self.expected))


def _tried(home: Home, orders: Iterable[tuple[Device, Sequence[Action]]]) -> _Told:
    """What is sent to those who can do it, are there, and of whom enough is known."""
    told = _Told()
    gone: list[Device] = []
    lacking: dict[Missing, list[Device]] = {reason: [] for reason in Missing}
    for device, actions in orders:
        settled = home.settled(device, actions)
        commands = () if isinstance(settled, Missing) else home.commands(device, settled)
        if not commands and not isinstance(settled, Missing):
            continue
        if not home.reachable(device):
            gone.append(device)
        elif isinstance(settled, Missing):
            lacking[settled].append(device)
        else:
            told.able.append(device)
            told.done.append(settled)
            told.commands += commands
            if expected := home.expectation(device, settled):
                told.expected.append(expected)
    told.dark = lacking.pop(Missing.LIGHT)  # no need to say so, where others shine
    told.notes = (
        *replies.lacking(gone, None),
        *(note for reason, devices in lacking.items() for note in replies.lacking(devices, reason)),
    )
    return told


def _doubt(home: Home, intent: Intent, things: Iterable[Device | Scene]) -> NotHandled | None:
    """Locks and doors want to be sure of what they heard."""
    if intent.confidence >= home.layout.lock_confidence:
        return None
    guarded = next((thing for thing in things if thing.name in home.guarded), None)
    if guarded is None:
        return None
    called = guarded.called if isinstance(guarded, Device) else guarded.name
    return NotHandled(f"I am not sure that you meant {called}, please say it again")


def _cannot(called: str) -> NotHandled:
    return Impossible(f"I cannot do that with {called}")


def _scene(home: Home, slots: Mapping[str, Any]) -> Scene | None:
    return next((scene for scene in home.layout.scenes if scene.name == slots.get("name")), None)


def _activate(home: Home, intent: Intent, scene: Scene) -> Outcome:
    devices = [home.devices[name] for name in scene.steps if name in home.devices]
    if doubt := _doubt(home, intent, (*devices, scene)):
        return doubt
    told = _tried(home, ((device, scene.steps[device.name]) for device in devices))
    told.commands = [*scene.sends, *told.commands]
    told.notes += tuple(f"there is no {name} yet" for name in scene.steps if name not in home.devices)
    if not told.commands:
        return NotHandled(sentence(told.notes)) if told.notes else _cannot(scene.name)
    return told.handled(f"Activated {scene.name}")


def _value(slot: str, do: Do) -> Callable[[Mapping[str, Any]], Sequence[Action]]:
    def action(slots: Mapping[str, Any]) -> Sequence[Action]:
        value = slots.get(slot)
        return (Action(do, value),) if isinstance(value, int | float) else ()

    return action


def _light(slots: Mapping[str, Any]) -> Sequence[Action]:
    actions: list[Action] = list(_value("brightness", Do.BRIGHTNESS)(slots))
    if slots.get("color") in HEX:
        actions.append(Action(Do.COLOR, slots["color"]))
    actions += _value("brightness_step", Do.BRIGHTNESS_STEP)(slots)
    return (*actions, *_value("temperature", Do.COLOR_TEMPERATURE)(slots))


def _volume_step(slots: Mapping[str, Any]) -> Sequence[Action]:
    directions = {"up": Do.LOUDER, "down": Do.QUIETER}
    if direction := directions.get(slots.get("volume_step", "")):
        return (Action(direction),)
    return _value("volume_step", Do.VOLUME_STEP)(slots)


Plan = Callable[[Mapping[str, Any]], tuple[Sequence[Action], str | None]]


def _plan(domain: str | None, actions: Callable[[Mapping[str, Any]], Sequence[Action]]) -> Plan:
    return lambda slots: (actions(slots), domain)


def _just(domain: str | None, do: Do) -> Plan:
    return lambda slots: ((Action(do),), domain)


_PLANS: Mapping[str, Plan] = {
    "HassTurnOn": _just(None, Do.ON),
    "HassTurnOff": _just(None, Do.OFF),
    "HassToggle": _just(None, Do.TOGGLE),
    "HassOpenCover": _just("cover", Do.ON),
    "HassCloseCover": _just("cover", Do.OFF),
    "HassStopMoving": _just("cover", Do.STOP),
    "HassLightSet": _plan("light", _light),
    "HassSetPosition": _plan("cover", _value("position", Do.POSITION)),
    "HassClimateSetTemperature": _plan("climate", _value("temperature", Do.TEMPERATURE)),
    "HassFanSetSpeed": _plan("fan", _value("percentage", Do.SPEED)),
    "HassSetVolume": _plan("media_player", _value("volume_level", Do.VOLUME)),
    "HassSetVolumeRelative": _plan("media_player", _volume_step),
    "HassMediaPause": _just("media_player", Do.PAUSE),
    "HassMediaUnpause": _just("media_player", Do.PLAY),
    "HassMediaNext": _just("media_player", Do.NEXT),
    "HassMediaPrevious": _just("media_player", Do.PREVIOUS),
    "HassMediaPlayerMute": _just("media_player", Do.MUTE),
    "HassMediaPlayerUnmute": _just("media_player", Do.UNMUTE),
    "HassVacuumStart": _just("vacuum", Do.START),
    "HassVacuumReturnToBase": _just("vacuum", Do.DOCK),
}
"""Intents that tell devices something: actions, and the domain where the sentence names none."""


HANDLERS: Handlers = {
    **dict.fromkeys(_PLANS, order),
    "HassGetState": states.state,
    "HassClimateGetTemperature": states.temperature,
}
