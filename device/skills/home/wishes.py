"""Remarks from which a wish can be guessed: "it is dark in here". Mynah asks, and does nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from device.events import Intent, Outcome, Question, impossible, refused
from device.skills.home import choosing
from device.skills.home.select import Target, placed, placed_in, select
from device.skills.skill import Handlers, World, asked
from device.speaking.wording import listed

Guess = tuple[str, Mapping[str, Any], str, str]
"""An intent, its slots, the domain that it needs, and the question."""


def _dark(world: World) -> Guess:
    lights = [one for one in world.home.layout.devices if one.kind == "light"]
    on = any(world.home.state.of(one.name).get("on") for one in lights if _here(world, one.room))
    if on:
        return "HassLightSet", {"brightness_step": 20}, "light", "Shall I make the lights brighter?"
    return "HassTurnOn", {}, "light", "Shall I turn on the lights?"


def _bright(world: World) -> Guess:
    return "HassLightSet", {"brightness_step": -20}, "light", "Shall I dim the lights?"


def _cold(world: World) -> Guess:
    step = {"temperature_step": 1}
    return "HassClimateSetTemperature", step, "climate", "Shall I turn the heating up by one degree?"


def _hot(world: World) -> Guess:
    step = {"temperature_step": -1}
    return "HassClimateSetTemperature", step, "climate", "Shall I turn the heating down by one degree?"


def _here(world: World, room: str | None) -> bool:
    return world.home.here is None or room == world.home.here


def _guessed(guess: Callable[[World], Guess]) -> Callable[[Intent, World], Outcome]:
    def handler(intent: Intent, world: World) -> Outcome:
        name, slots, domain, text = guess(world)
        place = {"area": world.home.here} if world.home.here else {}
        if not isinstance(select(world.home, {**place, "domain": domain}, None), Target):
            place = {}
        if not isinstance(select(world.home, {**place, "domain": domain}, None), Target):
            return refused("Nothing here can change that")
        about = Intent(name, {**place, "domain": domain, **slots}, intent.confidence)
        return asked(Question(text, about, "confirmation"))

    return handler


def _close_everything(intent: Intent, world: World) -> Outcome:
    """Blinds, windows, the garage: what that is differs from home to home, so Mynah names it before."""
    placed = [one for one in placed_in(world.home, intent.slots) if one.kind == "cover"]
    open_ = [one for one in placed if world.home.state.of(one.name).get("open") is not False]
    if not open_:
        return refused("Everything is closed") if placed else impossible("There is nothing to close")
    about = Intent("HassTurnOff", {"names": tuple(one.name for one in open_)}, intent.confidence)
    text = f"Shall I close {listed([one.called for one in open_])}?"
    return asked(Question(text, about, "confirmation"))


def _of_a_door(verb: str, name: str) -> Callable[[Intent, World], Outcome]:
    """ "Open the front door", which is a lock: to unlock it is no small thing, and to close is not to lock.
    `name`: the intent that is meant, if anything, with the verb for it."""

    def handler(intent: Intent, world: World) -> Outcome:
        target = select(world.home, placed(world.home, intent.slots, "lock"), "lock")
        if isinstance(target, Outcome):
            return target
        locks = tuple(device for device in target.devices if device.kind == "lock")
        if not locks:
            return impossible(f"I cannot {verb} {target.called}")
        if len(locks) > 1:
            return asked(choosing.which(world.home, intent, target.which or "lock", locks))
        about = Intent(name, {"name": locks[0].name, "kind": "lock"}, intent.confidence)
        return asked(Question(f"Shall I {verb} {locks[0].called}?", about, "confirmation"))

    return handler


HANDLERS: Handlers = {
    "MynahTooDark": _guessed(_dark),
    "MynahTooBright": _guessed(_bright),
    "MynahTooCold": _guessed(_cold),
    "MynahTooHot": _guessed(_hot),
    "MynahCloseEverything": _close_everything,
    "MynahOpenLock": _of_a_door("unlock", "HassTurnOff"),
    "MynahCloseLock": _of_a_door("lock", "HassTurnOn"),
}
