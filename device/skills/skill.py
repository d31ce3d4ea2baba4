"""What a skill is: handlers for intents, which say what comes of them in the world as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from device.events import Change, Intent, Outcome
from device.home.model import Home
from device.memory.agenda import Agenda


@dataclass(frozen=True, slots=True)
class World:
    """All that a handler may look at. `device_id`: what this Mynah is called on the broker."""

    home: Home
    now: datetime
    device_id: str = "mynah"
    agenda: Agenda = Agenda()

    def after(self, changes: Sequence[Change]) -> World:
        """The world in which `changes` are done."""
        return replace(self, agenda=self.agenda.after(changes))


Handler = Callable[[Intent, World], Outcome]
"""Pure: what is to be done stands in the outcome. It never raises for what was said."""

Handlers = Mapping[str, Handler]
"""By the names of intents."""
