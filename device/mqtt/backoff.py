"""How long to wait before the broker is asked again."""

from __future__ import annotations

import random

from device.mqtt.connection import Refused


class Backoff:
    """Seconds to wait before the next attempt: doubling, with jitter, so that devices do not come in step."""

    def __init__(self, first: float = 1.0, most: float = 30.0, refused: float = 60.0) -> None:
        self._first, self._most, self._refused = first, most, refused
        self._next = first
        self._random = random.Random()

    def reset(self) -> None:
        self._next = self._first

    def after(self, error: Exception | None) -> float:
        """The pause after `error`, or after a connection that was lost (None)."""
        ceiling = self._refused if isinstance(error, Refused) else self._next
        self._next = min(self._most, self._next * 2)
        return ceiling * self._random.uniform(0.5, 1.0)
