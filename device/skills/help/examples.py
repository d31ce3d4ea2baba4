"""What can be said in this home, with the names of its own things. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from device.appliances.devices import Device
from device.home.model import Home
from device.speaking.replies import Replies
from device.speaking.wording import listed

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
KINDS = ("light", "switch", "cover", "climate", "fan", "media_player", "lock", "vacuum", "sensor")
"""Kinds of devices in the order in which they are spoken of."""
AT_ONCE = 3
"""Examples in the short sentence."""


def short(home: Home) -> str:
    """A sentence with a few examples."""
    found = [f"“{text}”" for kind in KINDS if (text := _example(home, kind))]
    return f"You can say {listed([*found[:AT_ONCE], *_asides()], 'or')}"


def of_kind(home: Home, kind: str) -> str | None:
    """What can be said to things of a kind; None where there are none."""
    device = _first(home, kind)
    return None if device is None else of_device(device)


def of_device(device: Device) -> str | None:
    """What can be said to `device`; None where nothing is known of its kind."""
    names = (f"{device.kind}_{device.device_class}", device.kind)
    found = next((name for name in names if name in REPLIES.variants), None)
    return None if found is None else REPLIES.say(found, {}, name=device.called).text


def _example(home: Home, kind: str) -> str | None:
    device = _first(home, kind)
    name = f"{kind}_example"
    if device is None or name not in REPLIES.variants:
        return None
    return REPLIES.say(name, {}, name=device.called).text


def _first(home: Home, kind: str) -> Device | None:
    return next((device for device in home.layout.devices if device.kind == kind), None)


def _asides() -> Iterator[str]:
    """Examples that need nothing of the home."""
    yield f"“{REPLIES.say('aside_example', {}).text}”"
