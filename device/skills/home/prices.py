"""What must be asked back before it is done: much, or something guarded, on a doubtful hearing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from device.appliances.actions import Action, Do
from device.appliances.devices import Device, Scene
from device.events import Intent, Question
from device.home.model import Home

MUCH = 0.6
"""Confidence below which "everything", or a whole floor, is asked back."""


def doubt(
    home: Home, intent: Intent, things: Sequence[Device | Scene], actions: Iterable[Action], called: str
) -> Question | None:
    """The question whether `things`, `called` so together, shall be told `actions`; None where it is sure.

    What locks or closes harms nobody and needs no more than any other command. What is guarded is never done
    on an inference alone.
    """
    price = 0.0
    done = [action.do in _securing(thing) for action in actions for thing in things]
    secures = bool(done) and all(done)
    if any(thing.name in home.guarded for thing in things) and not secures:
        price = 1.0 if intent.inferred else home.layout.lock_confidence
    elif len(things) > 1 and ("floor" in intent.slots or not {"domain", "area"} & intent.slots.keys()):
        price = MUCH
    return None if intent.confidence >= price else confirmation(intent, called)


SECURING: Mapping[str, Sequence[Do]] = {
    "lock": (Do.ON,),
    "cover": (Do.OFF,),
    "valve": (Do.OFF,),
    "siren": (Do.OFF,),
    "alarm_panel": (Do.ARM_HOME, Do.ARM_AWAY, Do.ARM_NIGHT),
}
"""What closes things of a kind, locks or silences them."""


def _securing(thing: Device | Scene) -> Sequence[Do]:
    """What makes a thing safe; nothing for what only switches something that is guarded."""
    if isinstance(thing, Scene):
        return ()
    return SECURING.get(thing.kind, ())


def confirmation(intent: Intent, called: str) -> Question:
    """ "Shall I unlock the front door?" A yes counts as a confident hearing."""
    return Question(f"Shall I {_verb(intent).format(called)}?", intent, "confirmation")


VERBS = {
    "HassTurnOn": "turn on {}",
    "HassTurnOff": "turn off {}",
    "HassToggle": "switch {}",
    "HassOpenCover": "open {}",
    "HassCloseCover": "close {}",
    "HassStopMoving": "stop {}",
    "MynahDisarmAlarm": "disarm {}",
    "MynahArmAlarm": "arm {}",
}
VERBS_OF_KINDS = {
    ("HassTurnOn", "lock"): "lock {}",
    ("HassTurnOff", "lock"): "unlock {}",
    ("HassTurnOn", "cover"): "open {}",
    ("HassTurnOff", "cover"): "close {}",
    ("HassTurnOn", "valve"): "open {}",
    ("HassTurnOff", "valve"): "close {}",
    ("HassTurnOn", "scene"): "activate {}",
    ("HassTurnOn", "button"): "press {}",
}


def _verb(intent: Intent) -> str:
    kind = str(intent.slots.get("kind", intent.slots.get("domain", "")))
    return VERBS_OF_KINDS.get((intent.name, kind), VERBS.get(intent.name, "set {}"))
