"""The demonstration in a terminal: plain lines, in colour where the output is a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, TextIO

from demo.appliances import Appliance, State
from demo.house import Changed, Event, Published, Said

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"


class Screen:
    """Writes each thing as it happens to `output`, at once."""

    def __init__(self, output: TextIO = sys.stdout) -> None:
        self._output = output
        self._colour = output.isatty() and "NO_COLOR" not in os.environ
        self._listening = False
        self._question = ""  # that is open
        self._held: list[Event] = []

    def line(self, text: str = "") -> None:
        print(text, file=self._output, flush=True)

    def title(self, text: str) -> None:
        self.line("\n" + self._paint(text, BOLD))

    def home(self, appliances: Iterable[Appliance]) -> None:
        """Every appliance with its room, its topic and its state."""
        by_room = sorted(appliances, key=lambda each: each.room)
        for room, inside in groupby(by_room, key=lambda each: each.room):
            self.line(f"  {self._paint(room, CYAN)}")
            for each in inside:
                topic = self._paint(f"{each.subscriptions[0]:<34}", DIM)
                self.line(f"    {each.name:<23}{topic}  {_state(each.state)}")

    def event(self, event: Event) -> None:
        """Show it. Commands reach the appliances milliseconds before the turn that says why: they wait."""
        match event:
            case Said("state", "listening"):
                self._fact("asked" if self._question else "woke", self._paint("listening …", DIM))
                self._listening = True
            case Said("turn", turn):
                self._understanding(turn)
                self.release()
                self._own(turn)
                self._reply(turn)
            case Said("due", exchange):
                self._fact("due", _slots(exchange["due"]), YELLOW)
                self._own(exchange)
                self._fact("said", f"“{exchange['reply']}”")
            case Published() | Changed() if self._listening:
                self._held.append(event)
            case Published(topic, payload):
                self._fact("published", f"{topic}  {self._paint(payload, DIM)}")
            case Changed(appliance):
                self._fact("changed", f"{appliance.name} ({appliance.room}): {_change(event)}", GREEN)

    def release(self) -> None:
        """Show what waited for its turn."""
        self._listening = False
        held, self._held = self._held, []
        for event in held:
            self.event(event)

    def passed(self) -> None:
        self._fact("✓", "as commanded", GREEN)

    def failed(self, faults: Iterable[str]) -> None:
        self.release()
        for fault in faults:
            self._fact("✗", fault, RED)

    def _understanding(self, turn: Mapping[str, Any]) -> None:
        transcript, intents = turn.get("transcript"), turn["intents"]
        if transcript:
            confidence = self._paint(f"{transcript['confidence']:.2f}", DIM)
            self._fact("heard", f"“{transcript['text']}”  {confidence}")
        else:
            self._fact("heard", "nothing")
        for intent in intents:
            self._fact("meant", f"{intent['name']}  {self._paint(_slots(intent['slots']), DIM)}")
        if not intents and self._question:
            self._fact("answers", self._paint(f"“{self._question}”", DIM))
        elif not intents:
            self._fact("meant", "nothing to act on", YELLOW)

    def _own(self, told: Mapping[str, Any]) -> None:
        """What changed in Mynah's memory, and what it asks."""
        for change in told["done"]:
            self._fact("did", f"{change['do']}  {self._paint(_slots(change, but='do'), DIM)}", GREEN)
        question = told["question"]
        self._question = question["text"] if question else ""
        if question:
            options = " · ".join(question["options"])
            self._fact("asks", f"“{self._question}”  {self._paint(options, DIM)}", CYAN)

    def _reply(self, turn: Mapping[str, Any]) -> None:
        milliseconds = turn["timings"]["speech_end_to_command_ms"]
        timing = self._paint(f"{milliseconds:.0f} ms after the endpoint", DIM)
        if turn["reply"] != self._question:
            self._fact("replied", f"“{turn['reply']}”  {timing}")

    def _fact(self, what: str, text: str, colour: str = BOLD) -> None:
        self.line(f"  {self._paint(f'{what:<11}', colour)}{text}")

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour else text


def _state(state: State) -> str:
    return ", ".join(f"{key} {_value(value)}" for key, value in state.items())


def _change(change: Changed) -> str:
    steps = [(key, change.before.get(key, "–"), now) for key, now in change.values.items()]
    return ", ".join(f"{key} {_value(before)} → {_value(now)}" for key, before, now in steps)


def _slots(slots: Mapping[str, Any], but: str = "") -> str:
    return "  ".join(f"{name} = {_value(value)}" for name, value in slots.items() if name != but)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
