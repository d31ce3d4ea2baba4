"""The conversation in a home: what is remembered from turn to turn, and what comes of what is said."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from device.events import Handled, Intent, NotHandled, NotRecognized
from device.home.model import Home
from device.skills.home.handle import about
from device.skills.registry import handle
from device.skills.skill import World
from device.understanding.surprise import surprise

Clock = Callable[[], datetime.datetime]

REMEMBERED = datetime.timedelta(minutes=2)
"""How long "it" is what was spoken of last."""


class Conversation:
    """With one home. `clock` tells the time."""

    def __init__(self, home: Home, clock: Clock = datetime.datetime.now) -> None:
        self.home, self._clock = home, clock
        self._about: tuple[Mapping[str, Any], datetime.datetime] | None = None

    def handle(self, meaning: Intent | NotRecognized) -> Handled | NotHandled:
        """What is sent and replied. Sends nothing itself."""
        if isinstance(meaning, NotRecognized):
            return NotHandled("Sorry, I did not understand that")
        meaning, outcome = self._outcome(meaning)
        if isinstance(outcome, Handled) and (found := about(self.home, meaning)):
            self._about = found, self._clock()
        return outcome

    def surprise(self, intent: Intent) -> float:
        """Nats: how unlikely it is that somebody asks for this here. 0 for what is to be expected."""
        _, outcome = self._outcome(replace(intent, confidence=1.0))
        return surprise(intent, outcome)

    def _outcome(self, intent: Intent) -> tuple[Intent, Handled | NotHandled]:
        """What comes of the intent, in which "it" has become what was spoken of last."""
        if intent.slots.get("it"):
            if (found := self._it()) is None:
                return intent, NotHandled("I do not know what you mean")
            intent = replace(intent, slots={**intent.slots, **found})
        return intent, handle(intent, World(self.home, self._clock()))

    def _it(self) -> Mapping[str, Any] | None:
        """The slots of what was spoken of last, unless that was too long ago."""
        if self._about is None:
            return None
        found, at = self._about
        return found if datetime.timedelta() <= self._clock() - at < REMEMBERED else None
