"""The conversation in a home: holds the dialogue between turns and looks at the world for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device.dialogue.policy import respond
from device.dialogue.state import Dialogue
from device.events import Act, Intent, Outcome, Question, Request
from device.home.model import Home
from device.skills.help.handle import HELP
from device.skills.registry import handle
from device.skills.skill import World
from device.understanding.surprise import surprise

Clock = Callable[[], datetime.datetime]

PATIENCE = datetime.timedelta(seconds=8)
"""How long a question waits for its answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said by text, and what came of it. `due`: what the agenda gave back instead, as JSON."""

    text: str
    acts: tuple[Act, ...]
    outcome: Outcome
    due: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """The world as the dialogue sees it."""

    world: World
    patience: datetime.timedelta | None

    @property
    def now(self) -> datetime.datetime:
        return self.world.now

    def handle(self, intent: Intent) -> Outcome:
        return handle(intent, self.world)

    def help(self) -> str:
        return HELP


class Conversation:
    """With one home. `clock` tells the time; `patience`: how long a question waits by that clock for its
    answer, None where whoever listens closes it."""

    def __init__(
        self,
        home: Home,
        clock: Clock = datetime.datetime.now,
        patience: datetime.timedelta | None = None,
    ) -> None:
        self.home, self._clock, self._patience = home, clock, patience
        self.dialogue = Dialogue()

    @property
    def question(self) -> Question | None:
        """What is waited for now."""
        return self.dialogue.at(self._clock()).question

    def respond(self, acts: Sequence[Act]) -> Outcome:
        """What comes of `acts`. Sends nothing itself."""
        self.dialogue, outcome = respond(self.dialogue, acts, self._view())
        return outcome

    def close(self) -> None:
        """Nobody answers: the question is dropped."""
        self.dialogue = replace(self.dialogue, question=None)

    def begin(self) -> None:
        """A new conversation, which knows nothing of what was said."""
        self.dialogue = Dialogue()

    def surprise(self, acts: Sequence[Act]) -> float:
        """Nats: how unlikely it is that somebody asks for this here. 0 for what is to be expected."""
        view = self._view()
        cost = 0.0
        for act in acts:
            if isinstance(act, Request):
                sure = Request(replace(act.intent, confidence=1.0))
                _, outcome = respond(self.dialogue, [sure], view)
                cost += surprise(act.intent, outcome)
        return cost

    def _view(self) -> View:
        return View(World(self.home, self._clock()), self._patience)
