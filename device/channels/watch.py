"""What is watched for complaints: turns, and texts on topics that the user names. None of it is acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from device.channels.asks import Ask
from device.channels.channel import Channel
from device.channels.steps import Step, Told
from device.complaints.said import MYNAH, Heard
from device.events import Confirmation, Correct, Turn
from device.mqtt.connection import Message
from device.mqtt.topics import matches


class Watch(Channel):
    """`turns`: whether what is said to Mynah is watched. `take`: reads it, and waits for nothing."""

    def __init__(
        self,
        turns: bool,
        topics: Sequence[str],
        take: Callable[[Heard], None],
        elapsed: Callable[[], float],
    ) -> None:
        self._turns, self._take, self._elapsed = turns, take, elapsed
        self.topics = tuple(topics)

    def receive(self, message: Message) -> Iterable[Ask]:
        """What is retained was said before, and perhaps counted."""
        if not message.retained and any(matches(topic, message.topic) for topic in self.topics):
            self._take(Heard(message.payload, self._elapsed(), otherwise=message.topic))
        return ()

    def take(self, step: Step) -> None:
        if not self._turns or not isinstance(step, Told) or step.turn.transcript is None:
            return
        turn, text = step.turn, step.turn.transcript.text
        if text and (turn.question is None or not turn.question.relayed):
            failed = went_wrong(turn)
            self._take(Heard(text, self._elapsed(), MYNAH if failed else about(turn), failed=failed))


def about(turn: Turn) -> str:
    """The device or the document that a turn is about; "" where it is about none."""
    if turn.outcome.source:
        return turn.outcome.source.partition("#")[0]
    return str(turn.intents[0].slots.get("name", "")) if turn.intents else ""


def went_wrong(turn: Turn) -> bool:
    """Whether Mynah did not do or answer it, or did the wrong thing before."""
    undone = any(change.do == "undo" for change in turn.outcome.done)
    corrected = any(isinstance(act, Correct) for act in turn.acts)
    return not turn.outcome.fine or turn.confirmation is Confirmation.FAILED or undone or corrected
