"""What a skill is: handlers for intents, which say what comes of them in the world as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from device.events import Intent, Outcome
from device.home.model import Home


@dataclass(frozen=True, slots=True)
class World:
    """All that a handler may look at. `device_id`: what this Mynah is called on the broker."""

    home: Home
    now: datetime
    device_id: str = "mynah"


Handler = Callable[[Intent, World], Outcome]
"""Pure: what is to be done stands in the outcome. It never raises for what was said."""

Handlers = Mapping[str, Handler]
"""By the names of intents."""
