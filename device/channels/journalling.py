"""Turns, and what falls due, as the journal has them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from device.channels.channel import Duty
from device.channels.report import change_json, due_json, intent_json
from device.channels.steps import Due, Step, Told
from device.dialogue.exchange import Exchange
from device.events import (
    Act,
    Also,
    Confirmation,
    Correct,
    Deny,
    Intent,
    Outcome,
    Question,
    Request,
    Turn,
    meaning,
)
from device.memory.journal.entries import UNDO, Turned
from device.memory.journal.journal import Journal


class Journalling(Duty):
    """Writes each turn and each thing that fell due down, with the time at which it was done."""

    def __init__(self, journal: Journal, meant: Callable[[], Intent | None] = lambda: None) -> None:
        """`meant`: what was understood in the turn that has just been taken."""
        self._journal, self._meant = journal, meant
        self._done: deque[tuple[float, Intent | None]] = deque()

    def take(self, step: Step) -> None:
        match step:
            case Turn():
                self._done.append((self._journal.elapsed(), self._meant()))
            case Told(turn):  # in the order in which they were heard
                at, meant = self._done.popleft() if self._done else (self._journal.elapsed(), None)
                if turn.transcript is not None:
                    self._journal.sink.take(of_turn(turn, at, meant))
            case Due(exchange):
                late = time.time() - exchange.due.at.timestamp() if exchange.due else 0.0
                self._journal.sink.take(of_exchange(exchange, self._journal.elapsed() - max(0.0, late)))


def of_turn(turn: Turn, at: float, meant: Intent | None = None) -> Turned:
    """A turn that was heard, done at `at`."""
    assert turn.transcript is not None
    exchange = Exchange(turn.transcript.text, turn.acts, turn.outcome, None, turn.confirmation)
    heard = {"heard": round(float(turn.transcript.confidence), 4)}
    return of_exchange(exchange, at, turn.question, heard, meant)


def of_exchange(
    exchange: Exchange,
    at: float,
    question: Question | None = None,
    heard: dict[str, Any] | None = None,
    understood: Intent | None = None,
) -> Turned:
    """An exchange that was done at `at`, by a time that the journal knows. `question`: what it answers.
    `understood`: what it came to mean in the conversation."""
    outcome, meant = exchange.outcome, meaning(exchange.acts)
    put_right = any(isinstance(act, Correct | Also) for act in exchange.acts)
    intents = [act.intent for act in exchange.acts if isinstance(act, Request)]
    sure = min((intent.confidence for intent in intents), default=0.0)
    body = {
        **(heard or {}),
        "acts": [type(act).__name__.lower() for act in exchange.acts],
        "intents": [intent_json(intent) for intent in intents],
        "meant": intent_json(understood) if understood and put_right else None,
        "inferred": next((intent.inferred for intent in intents if intent.inferred), ""),
        "commands": [command.topic for command in outcome.commands],
        "told": [[one.device, one.key, one.value] for one in outcome.expected],
        "done": [change_json(change) for change in outcome.done],
        "reply": outcome.reply.text,
        "asked": outcome.question.text if outcome.question else None,
        "answers": question.text if question else None,
        "source": outcome.source,
        "confirmation": exchange.confirmation.value if exchange.confirmation else None,
        "due": due_json(exchange.due),
    }
    return Turned(
        at,
        exchange.text,
        meant.name if isinstance(meant, Intent) else None,
        round(float(sure), 4),
        outcome.fine and exchange.confirmation is not Confirmation.FAILED,
        {key: value for key, value in body.items() if value not in (None, "", [], ())},
        0 if _corrects(exchange.acts, outcome, question) else None,
    )


def _corrects(acts: tuple[Act, ...], outcome: Outcome, question: Question | None) -> bool:
    """Whether it says that the turn before was wrong, or takes it back."""
    undone = any(isinstance(act, Request) and act.intent.name == UNDO for act in acts) or any(
        change.do == "undo" for change in outcome.done
    )
    denied = question is None and any(isinstance(act, Deny) for act in acts)
    return undone or denied or any(isinstance(act, Correct) for act in acts)
