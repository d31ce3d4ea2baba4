"""Which players are meant where neither one nor a room is named: "next song", "louder", "pause"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.events import Intent
from device.home.conditions import holds
from device.home.model import Home
from device.skills.home.select import Target
from device.understanding.scope import NAMED

OF_WHAT_PLAYS = (
    *("HassMediaPause", "HassMediaNext", "HassMediaPrevious", "HassMediaPlayerMute", "HassMediaPlayerUnmute"),
    *("HassSetVolume", "HassSetVolumeRelative"),
)
RESUMING = "HassMediaUnpause"
QUIETING = ("HassMediaPause", "HassMediaPlayerMute")
"""Requests that harm nothing where more than one player obeys."""


def meant(home: Home, intent: Intent, target: Target) -> Target:
    """Of `target` those that play, or those that are paused; in the room in which Mynah stands, or else
    anywhere. For more than one of them, it is asked which."""
    named = not NAMED.isdisjoint(intent.slots)
    if intent.name not in (*OF_WHAT_PLAYS, RESUMING) or len(target.devices) < 2 or named:
        return target
    here = tuple(device for device in target.devices if device.room == home.here)
    fits = _could_resume if intent.name == RESUMING else _plays
    places = (here, target.devices)
    likely = (tuple(d for d in there if fits(home.state.of(d.name))) for there in places)
    fit = next(there for there in (*likely, *places) if there)
    if len(fit) == 1:
        return Target(fit, fit[0].called)
    if intent.name in QUIETING:
        return replace(target, devices=fit)
    return Target(fit, "the player", which="player")


def _plays(known: Mapping[str, Any]) -> bool:
    return bool(holds(known, "playing"))


def _could_resume(known: Mapping[str, Any]) -> bool:
    return known.get("activity") == "paused"
