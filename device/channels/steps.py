"""What channels and duties are told, as it comes about: the voice loop's own steps, and the daemon's."""

from __future__ import annotations

from dataclasses import dataclass, field

from device import assistant
from device.dialogue.exchange import Exchange
from device.events import Command, Question, Turn
from device.mqtt.connection import Asker


@dataclass(frozen=True, slots=True)
class Started:
    """The daemon begins: time to say how things stand."""


@dataclass(frozen=True, slots=True)
class Idle:
    """No turn goes on and no question is open: the daemon waits for the wake word, or for somebody to ask."""


@dataclass(frozen=True, slots=True)
class Muted:
    """Mynah hears nothing from now on; or hears again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A text that somebody wanted to be said; `announced`: with a chime. `token`: see `Ended`."""

    text: str
    announced: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """A recording that somebody wanted to be played, the bytes of its file. `token`: see `Ended`."""

    data: bytes = field(repr=False)
    token: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What was said or played with `token` can be heard no further: it is over, was broken off, or was left
    out."""

    token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody else asks `question`; a turn follows, which answers it."""

    question: Question


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no turn for `asker`; `why`, in a few words."""

    asker: Asker
    why: str


@dataclass(frozen=True, slots=True)
class Aborted:
    """The turn that was begun comes to nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """A turn is over, with its confirmation. Turns are told in the order in which they were heard.

    `dropped`: those of its commands that certainly did not arrive. `asker`: who asked for the turn, or for an
    answer to the question that it answers.
    """

    turn: Turn
    dropped: tuple[Command, ...] = ()
    asker: Asker | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something has fallen due, and what it is to do is over. Told when no turn goes on.

    `dropped`: those of its commands that certainly did not arrive.
    """

    exchange: Exchange
    dropped: tuple[Command, ...] = ()


Step = (
    assistant.Step | Started | Idle | Muted | Said | Asked | Refused | Played | Ended | Aborted | Told | Due
)
"""What the voice loop and the daemon come to.

A turn is Listening (unless the wake word was the whole command), Endpoint, Turn, Idle, and in its time Told;
or it ends before with Aborted, Idle. Where the turn opens a question, the turn that answers it follows
instead of Idle.
"""
