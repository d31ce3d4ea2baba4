"""What may be asked of Mynah, whatever the channel: frozen values, which the daemon carries out."""

from __future__ import annotations

from dataclasses import dataclass

from device.mqtt.connection import Asker


@dataclass(frozen=True, slots=True)
class Listen:
    """Begin a turn without the wake word; `asker` wants to know what came of it."""

    asker: Asker | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """Hear nothing from now on; or hear again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Say:
    """Say `text` to whoever is there."""

    text: str


Ask = Listen | Mute | Say
"""What a channel wants, whatever the channel."""
