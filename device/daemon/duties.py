"""What is done beside the voice loop, and is no channel: sounds, and a sign of life for systemd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from device.assistant import Listening, Stopped
from device.audio import earcons
from device.channels.channel import Duty
from device.channels.steps import Asked, Due, Idle, Said, Step, Told
from device.dialogue.exchange import Exchange
from device.events import Confirmation, Samples, Turn
from device.system.service import Service


class Speaker(Protocol):
    """As `device.audio.speaker.SilentSpeaker`: plays while the loop goes on."""

    def play(self, samples: Samples) -> None: ...
    def stop(self) -> None: ...


PERIOD = 2.5
"""Seconds from one ring to the next."""


class Ring(Duty):
    """Rings as long as `rings` says so, but not into a turn. To be told of everything before `Sounds`."""

    def __init__(self, speaker: Speaker, rings: Callable[[], bool]) -> None:
        self._speaker, self._rings = speaker, rings
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
        elif self._idle and now >= self._next:
            self._next, self._sounding = now + PERIOD, True
            self._speaker.play(earcons.ringing())

    def _silence(self) -> None:
        if self._sounding:
            self._speaker.stop()
        self._next, self._sounding = 0.0, False


class Sounds(Duty):
    """Tells by an earcon that Mynah listens, asks or has something to tell, and how a turn ended, unless the
    next one has begun meanwhile: its speaker is not to be talked over."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._idle = True

    def take(self, step: Step) -> None:
        match step:
            case Listening(_, question):
                self._idle = False
                if question is None:
                    self._speaker.play(earcons.listening())
            case Turn() if step.outcome.question is not None:  # it is listened to after the sound
                self._speaker.play(earcons.listening())
            case Asked():
                self._idle = False
                self._speaker.play(earcons.listening())
            case Said(_, True):
                self._speaker.play(earcons.announcing())
            case Due(exchange):
                self._speaker.play(earcons.announcing() if _fine(exchange) else earcons.error())
            case Idle():
                self._idle = True
            case Stopped():
                self._speaker.stop()
            case Told(turn) if self._idle and turn.outcome.question is None:
                self._speaker.play(earcons.done() if _fine(turn) else earcons.error())


def _fine(source: Turn | Exchange) -> bool:
    return source.outcome.fine and source.confirmation in (None, Confirmation.CONFIRMED)


class Alive(Duty):
    """Tells systemd's watchdog that audio flows through the loop."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def tick(self, now: float) -> None:
        self._service.audio(now)
