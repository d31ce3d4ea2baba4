"""What may be asked of Mynah, whatever the channel: frozen values, which the daemon carries out."""

from __future__ import annotations

from dataclasses import dataclass, field

from device.mqtt.connection import Asker


@dataclass(frozen=True, slots=True)
class Listen:
    """Begin a turn without the wake word, once `first` was said; `asker` wants to know what came of it."""

    asker: Asker | None = None
    first: str = ""


@dataclass(frozen=True, slots=True)
class Mute:
    """Hear nothing from now on; or hear again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Say:
    """Say `text` to whoever is there, as soon as no turn goes on. `token`: as that of `Play`."""

    text: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """Play a recording, the bytes of its file, as soon as no turn goes on. Its end is told, if it has a
    `token`."""

    data: bytes = field(repr=False)
    token: str = ""


@dataclass(frozen=True, slots=True)
class Announce:
    """Say `text` to whoever is there, with a chime, as soon as no turn goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class Pose:
    """Ask the question `text` aloud. What is said to it goes to `asker`, and is not acted on."""

    text: str
    asker: Asker | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """End what rings, and what can be heard of Mynah."""


Ask = Listen | Mute | Say | Play | Announce | Pose | Stop
"""What a channel wants, whatever the channel."""
