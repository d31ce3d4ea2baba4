"""What is done beside the voice loop, and is no channel: sounds, and a sign of life for systemd."""

from __future__ import annotations

from typing import Protocol

from device.assistant import Listening, Stopped
from device.audio import earcons
from device.channels.channel import Duty
from device.channels.steps import Idle, Step, Told
from device.events import Confirmation, Samples, Turn
from device.system.service import Service


class Speaker(Protocol):
    """As `device.audio.speaker.SilentSpeaker`: plays while the loop goes on."""

    def play(self, samples: Samples) -> None: ...
    def stop(self) -> None: ...


class Sounds(Duty):
    """Tells by an earcon that Mynah listens or asks, and how a turn ended, unless the next one has begun
    meanwhile: its speaker is not to be talked over."""

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
            case Idle():
                self._idle = True
            case Stopped():
                self._speaker.stop()
            case Told(turn) if self._idle and turn.outcome.question is None:
                self._speaker.play(earcons.done() if _fine(turn) else earcons.error())


def _fine(turn: Turn) -> bool:
    return turn.outcome.fine and turn.confirmation in (None, Confirmation.CONFIRMED)


class Alive(Duty):
    """Tells systemd's watchdog that audio flows through the loop."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def tick(self, now: float) -> None:
        self._service.audio(now)
