"""The daemon as a service of systemd: it says when it is ready, and that it still lives, sd_notify(3)."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Mapping

SETTLED = 30.0
"""Seconds after the first audio in which what a version does at its start has been done: it has connected,
read what is announced and learnt the home (3 s for a thousand devices), and the watchdog has looked once."""


class Service:
    """Ready with the first audio; alive while audio flows through the loop. Silent where no one listens.

    `environment`: has the notification socket and, where there is a watchdog, its time in microseconds.
    `settled` is called once, when audio flows SETTLED seconds after the first.
    """

    def __init__(
        self, environment: Mapping[str, str] = os.environ, settled: Callable[[], None] = lambda: None
    ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]
        times = environment.get("WATCHDOG_USEC", "")
        # Half of the time would do; a third leaves room for a slow turn.
        self._every = int(times) / 3e6 if times.isdigit() and int(times) else None
        self._ready = False
        self._settled: Callable[[], None] | None = settled
        self._settles = 0.0
        self._next = 0.0

    def audio(self, now: float) -> None:
        """A chunk of audio came at `now`, in seconds."""
        if not self._ready:
            self._ready = True
            self._settles = now + SETTLED
            self._say("READY=1\nSTATUS=listening")
        if self._settled is not None and now >= self._settles:
            settled, self._settled = self._settled, None
            settled()
        if self._every is not None and now >= self._next:
            self._next = now + self._every
            self._say("WATCHDOG=1")

    def ending(self) -> None:
        self._say("STOPPING=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(text.encode(), self._address)
