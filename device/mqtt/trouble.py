"""What goes wrong with connections that do begin: brokers end them, or somebody else takes them over.

Another Mynah of the same identity does that: a broker lets one client of a name in and ends the connection of
the one before, so the two take turns. With MQTT 5 the broker says so. With older versions each of the two
leaves a token on a topic of theirs, retained, and finds the other's instead of its own when it comes back.
"""

from __future__ import annotations

from uuid import uuid4

from device.mqtt.failures import PASSING, TAKEN_OVER, why_dropped, why_twin, why_unsteady
from device.settings import MqttSettings

LASTS = 10.0
"""Seconds after which a connection is one that lasts."""
OVER = 60.0
"""Seconds after which what ended connections is over: another Mynah of our identity would have come back."""
BRIEF = 3
"""Connections in a row that do not last, after which there is more to it than the network."""


class Trouble:
    """Told what happens, says what is wrong. `topic`: where the token lies, retained."""

    def __init__(self, settings: MqttSettings, device_id: str, topic: str) -> None:
        self.topic, self.token = topic, uuid4().hex
        self._settings, self._device_id = settings, device_id
        self._left = False  # our token has been on the topic
        self._standing = ""
        self._brief = 0  # connections in a row that did not last

    @property
    def standing(self) -> str:
        """What is wrong although there is a connection at the moment, in a line."""
        return self._standing

    def saw(self, token: bytes) -> None:
        """What lies on the topic. What lay there before our own is of an earlier start of this device."""
        if token == self.token.encode():
            self._left = True
        elif token and self._left:
            self._standing = why_twin(self._device_id)

    def lasts(self, seconds: float) -> None:
        """A connection has lasted so long by now."""
        if seconds > OVER:
            self._standing, self._brief = "", 0

    def lost(self, dropped: str, lasted: float) -> str:
        """Why a connection that `lasted` so many seconds is no more, in a line.

        `dropped`: what the broker says, if it says anything (MQTT 5).
        """
        self._brief = self._brief + 1 if lasted < LASTS else 0
        if dropped == TAKEN_OVER:
            self._standing = why_twin(self._device_id)
        elif dropped not in PASSING:
            self._standing = why_dropped(dropped, self._settings)
        elif dropped:
            return why_dropped(dropped, self._settings)
        elif self._brief >= BRIEF and not self._standing:
            self._standing = why_unsteady(self._settings)
        return self._standing or "the connection to the broker is lost"
