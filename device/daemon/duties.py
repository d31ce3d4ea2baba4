"""What is done beside the voice loop, and is no channel: rings, the volume, a sign of life for systemd."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from device.assistant import Listening
from device.audio import earcons
from device.audio.activity import Activity
from device.audio.output import Output
from device.audio.volume import Volume
from device.channels.channel import Duty
from device.channels.steps import Asked, Due, Idle, Played, Said, Step
from device.events import AudioChunk, Change, Correct, Deny, Endpoint, Turn
from device.skills.voice import handle as voice
from device.system.service import Service

PERIOD = 2.5
"""Seconds from one ring to the next."""


class Ring(Duty):
    """Rings as long as `rings` says so, but not into a turn, and not while Mynah is `speaking`. To be told of
    everything before `Speech`."""

    def __init__(
        self, speaker: Output, rings: Callable[[], bool], speaking: Callable[[], bool] = lambda: False
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
            self._next, self._sounding = 0.0, False  # its last sound ends by itself: others may have begun
        elif self._idle and now >= self._next and not self._speaking():
            self._next, self._sounding = now + PERIOD, True
            self._speaker.play(earcons.ringing())

    def _silence(self) -> None:
        if self._sounding:
            self._speaker.stop()
        self._next, self._sounding = 0.0, False


class VoiceVolume(Duty):
    """Changes `volume` as somebody asked. To be told before `Speech`, so that the reply lets it be heard."""

    def __init__(self, volume: Volume) -> None:
        self._volume = volume

    def take(self, step: Step) -> None:
        match step:
            case Turn():
                self._change(step.outcome.done)
            case Due(exchange):
                self._change(exchange.outcome.done)

    def _change(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.do == voice.SET:
                self._volume.set(change.values["volume"])
            elif change.do == voice.MOVE:
                self._volume.set(self._volume.level + change.values["by"])


class Whispering(Duty):
    """Notices that a command was whispered, so that it is answered quietly. To be told before `Speech`."""

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._heard: Activity | None = None

    def take(self, step: Step) -> None:
        match step:
            case Listening():
                self._heard, self._volume.whispered = Activity(), False
            case Endpoint() if self._heard is not None:
                self._volume.whispered = self._heard.is_whispered()
                self._heard = None
            case Said() | Played() | Due() | Asked():
                self._volume.whispered = False

    def hear(self, chunk: AudioChunk) -> None:
        if self._heard is not None:
            self._heard.process(chunk.samples)


class Counting(Duty):
    """Tells of each turn in which something was heard whether it failed: it was not understood or not done,
    or says that the one before was wrong."""

    def __init__(self, turned: Callable[[bool], None]) -> None:
        self._turned = turned

    def take(self, step: Step) -> None:
        match step:
            case Turn() if step.transcript is not None:
                wrong = any(isinstance(act, Correct | Deny) for act in step.acts) and step.question is None
                self._turned(wrong or not step.outcome.fine)


class Alive(Duty):
    """Tells systemd's watchdog that audio flows through the loop."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def tick(self, now: float) -> None:
        self._service.audio(now)
