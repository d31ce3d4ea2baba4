"""What Mynah says and which earcon it plays as the voice loop goes on."""

from __future__ import annotations

from typing import Protocol

from device.assistant import Listening, Stopped
from device.audio import earcons
from device.channels.channel import Duty
from device.channels.steps import Asked, Due, Idle, Played, Said, Step, Told
from device.dialogue.exchange import Exchange
from device.events import Confirmation, Samples, Turn
from device.settings import BRIEF, FULL, OFF

SILENCING = "MynahStop"
"""The request for silence: an earcon answers it."""


class Mouth(Protocol):
    """As `device.speaking.mouth.Mouth`: nothing here waits."""

    def say(self, text: str) -> bool: ...
    def play(self, samples: Samples) -> None: ...
    def play_file(self, data: bytes) -> None: ...
    def stop(self) -> None: ...
    @property
    def speaking(self) -> bool: ...


class Speech(Duty):
    """Says replies and questions as `replies` wants it, and whatever others want to be said. Where nothing is
    said, an earcon tells how it went, unless `sounds` is false.

    A reply comes too late where the next turn has begun: its speaker is not to be talked over.
    """

    def __init__(self, mouth: Mouth, replies: str = FULL, sounds: bool = True) -> None:
        self._mouth, self._replies, self._sounds = mouth, replies, sounds
        self._idle = True

    def take(self, step: Step) -> None:
        match step:
            case Listening(_, question):
                self._idle = False
                if question is None:
                    self._mouth.stop()
                    self._sound(earcons.listening())
            case Turn() if step.outcome.question is not None:  # it is listened to after this
                self._answer(step.reply, earcons.listening())
            case Asked(question):
                self._idle = False
                self._answer(question.text, earcons.listening())
            case Said(text, announced):
                if announced:
                    self._sound(earcons.announcing())
                self._mouth.say(text)
            case Played(data):
                self._mouth.play_file(data)
            case Due(exchange):
                self._sound(earcons.announcing() if _fine(exchange) else earcons.error())
                self._mouth.say(exchange.outcome.reply.text)
            case Idle():
                self._idle = True
            case Stopped():
                self._mouth.stop()
            case Told(turn) if self._idle and turn.outcome.question is None:
                self._tell(turn)

    def _tell(self, turn: Turn) -> None:
        """How a turn ended."""
        earcon = earcons.done() if _fine(turn) else earcons.error()
        if sound_is_enough(turn, self._replies):
            self._sound(earcon)
        else:
            self._answer(turn.reply, earcon)

    def _answer(self, text: str, otherwise: Samples) -> None:
        if self._replies == OFF or not self._mouth.say(text):
            self._sound(otherwise)

    def _sound(self, samples: Samples) -> None:
        if self._sounds:
            self._mouth.play(samples)


def sound_is_enough(turn: Turn, replies: str) -> bool:
    """Whether nobody needs to hear the reply: it answers a request for silence or, where replies are brief, a
    command whose effect everybody can see."""
    if turn.intents and all(intent.name == SILENCING for intent in turn.intents):
        return True
    return replies == BRIEF and bool(turn.commands) and _fine(turn)


def _fine(source: Turn | Exchange) -> bool:
    return source.outcome.fine and source.confirmation in (None, Confirmation.CONFIRMED)
