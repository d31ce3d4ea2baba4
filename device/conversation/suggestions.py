"""What people usually do, as a question whether Mynah shall do it, or make a rule of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from device.events import Due, Intent, Outcome, Question, Reply
from device.home.conditions import CONDITIONS
from device.home.model import Home
from device.memory.habits.deeds import Deed
from device.memory.habits.following import KIND, named
from device.memory.rules import ASK, Rule
from device.speaking.wording import are, to_do

MOMENT = 5
"""Minutes in which a rule that is offered counts."""


def suggestion(
    deed: Deed, stable: bool, home: Home, handle: Callable[[Intent], Outcome], now: datetime
) -> tuple[Due, Outcome] | None:
    """The question; None where it cannot be done, or the house would stand open. `stable`: offer a rule."""
    device = home.devices.get(deed.thing)
    opens = (deed.key, deed.value) not in (("locked", True), ("open", False))
    if device is None or (opens and device.name in home.guarded):
        return None
    intent = Intent("HassTurnOn" if deed.value else "HassTurnOff", {"name": device.name}, 1.0)
    outcome = handle(intent)
    if not outcome.fine or not outcome.commands or outcome.question is not None:
        return None
    does = to_do(outcome.reply.text)
    text, about = f"Shall I {does} as usual?", intent
    if stable:
        about = Intent("MynahAddRule", {"kept": _rule(deed, device.called, does, now)}, 1.0)
        text = f"You usually want me to {does} at this time. Shall I ask you every day at {now:%H:%M}?"
    due = Due(KIND, 0, now, named(deed), text)
    return due, Outcome(reply=Reply(text), question=Question(text, about, "confirmation"))


def _rule(deed: Deed, called: str, does: str, now: datetime) -> Rule:
    state = next(word for word, meant in CONDITIONS.items() if meant == (deed.key, not deed.value))
    minute = now.hour * 60 + now.minute
    return Rule(
        f"ask you at {now:%H:%M} whether to {does}",
        (f"{called} {are([called])} {state}",),
        ASK,
        does,
        between=(minute, (minute + MOMENT) % (24 * 60)),
    )
