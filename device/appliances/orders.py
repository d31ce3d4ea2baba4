"""What a device is sent for actions, given what is known of its state. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from device.appliances import dialects
from device.appliances.actions import Action, Do
from device.appliances.devices import CAPABILITIES, Device
from device.appliances.relative import STEPS, Missing, leveled, possible, speed_as_option, stepped, toggled
from device.appliances.rendering import TemplateError
from device.events import Command

HEAT = (Do.TEMPERATURE, Do.TEMPERATURE_STEP)
VOLUME_STEPS = {Do.LOUDER: 10, Do.QUIETER: -10, Do.VOLUME_STEP: 0}
"""Percent, for "turn the volume up"."""


def settled(
    device: Device, actions: Iterable[Action], known: Mapping[str, Any]
) -> tuple[Action, ...] | Missing:
    """`actions`, in which those for which the device has no message became what they lead to from the
    state `known`. What the device cannot do in any state stays as it is.
    """
    device = dialects.in_mode(device, known)
    found: list[Action] = []
    for action in actions:
        to = _settled(device, action, known)
        if isinstance(to, Missing):
            return to
        found.append(to)
    return tuple(found)


def _settled(device: Device, action: Action, known: Mapping[str, Any]) -> Action | Missing:
    if action.do is Do.LEVEL:
        action = leveled(device, action)
    if action.do is Do.SPEED and device.kind == "fan":
        action = speed_as_option(device, action)
    if action.do in HEAT and "setpoints" in device.native and Do.TEMPERATURE not in device.commands:
        return Missing.SETPOINT
    if action.do is Do.STOP and device.kind == "valve" and Do.STOP not in device.commands:
        action = Action(Do.OFF)  # what flows is stopped
    if action.do in device.commands:
        none = action.do in (Do.BRIGHTNESS, Do.SPEED) and action.number <= 0
        # A message for a level need not know one that is off.
        return Action(Do.OFF) if none and Do.OFF in device.commands else possible(device, action)
    if action.do is Do.TOGGLE and not dialects.commands(device, [action]):
        switches = any(commands(device, [Action(do)], known) for do in (Do.ON, Do.OFF))
        return toggled(device, known) if switches else action
    if action.do in STEPS and STEPS[action.do].sets.value in device.can:
        to = stepped(device, action, known)
        own = to is STEPS[action.do].missing and dialects.commands(device, [action])
        return action if own else to
    if action.do in VOLUME_STEPS:
        return _volume(action, known)
    return possible(device, action)


def _volume(step: Action, known: Mapping[str, Any]) -> Action:
    """A step as the volume that it leads to, where the present one is known; otherwise as it is."""
    volume = known.get("volume")
    if volume is None:
        return step
    change = step.number if step.do is Do.VOLUME_STEP else VOLUME_STEPS[step.do]
    return Action(Do.VOLUME, min(100, max(0, volume + change)))


def commands(device: Device, actions: Iterable[Action], known: Mapping[str, Any]) -> tuple[Command, ...]:
    """The messages for `actions`; nothing if the device cannot do one of them, or one leads nowhere."""
    found = settled(device, actions, known)
    return () if isinstance(found, Missing) else messages(dialects.in_mode(device, known), found)


def messages(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """As `commands`, for actions that are settled."""
    made: list[Command] = []
    rest: list[Action] = []
    for action in actions:
        native_step = action.do in STEPS and action.do not in device.commands
        needed = (STEPS[action.do].sets if native_step else action.do).value
        if needed in CAPABILITIES and needed not in device.can:
            return ()
        if template := device.commands.get(action.do):
            try:
                made.extend(template.commands(action))
            except TemplateError:
                return ()
        else:
            rest.append(action)
    if rest:
        native = dialects.commands(device, rest)
        if not native:
            return ()
        made.extend(native)
    return tuple(made)
