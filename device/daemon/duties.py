"""What is done beside the voice loop, and is no channel: rings, and a sign of life for systemd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from device.assistant import Listening
from device.audio import earcons
from device.channels.channel import Duty
from device.channels.steps import Asked, Idle, Step
from device.events import Samples, Turn
from device.system.service import Service


class Speaker(Protocol):
    """As `device.audio.player.Player`: plays while the loop goes on."""

    def play(self, samples: Samples) -> None: ...
    def stop(self) -> None: ...


PERIOD = 2.5
"""Seconds from one ring to the next."""


class Ring(Duty):
    """Rings as long as `rings` says so, but not into a turn, and not while Mynah is `speaking`. To be told of
    everything before `Speech`."""

    def __init__(
        self, speaker: Speaker, rings: Callable[[], bool], speaking: Callable[[], bool] = lambda: False
    ) -> None:
        self._speaker, self._rings, self._speaking = speaker, rings, speaking
        self._idle, self._sounding = True, False
        self._next = 0.0

    def take(self, step: Step) -> None:
        match step:
            case Listening() | Asked() | Turn():
                self._idle = False
                self._silence()
            case Idle():
                self._idle = True

    def tick(self, now: float) -> None:
        if not self._rings():
            self._silence()
        elif self._idle and now >= self._next and not self._speaking():
            self._next, self._sounding = now + PERIOD, True
            self._speaker.play(earcons.ringing())

    def _silence(self) -> None:
        if self._sounding:
            self._speaker.stop()
        self._next, self._sounding = 0.0, False


class Alive(Duty):
    """Tells systemd's watchdog that audio flows through the loop."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def tick(self, now: float) -> None:
        self._service.audio(now)
