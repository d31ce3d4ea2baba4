"""What the user agrees to teach, and takes back. Nobody says these requests: Mynah asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from device.events import Change, Intent, Outcome, Reply
from device.memory.learnt import LEARN, UNLEARN, Lesson
from device.skills.skill import Handlers, World

ASKED, FORGOTTEN = "MynahLearn", "MynahUnlearn"


def learn(intent: Intent, world: World) -> Outcome:
    """The slots are the fields of a Lesson."""
    lesson = replace(_lesson(intent), since=world.now.timestamp())
    change = Change(LEARN, {"said": lesson.said, "means": lesson.means}, lesson)
    back = Intent(FORGOTTEN, intent.slots, 1.0)
    return Outcome(reply=Reply("OK, I will remember that"), done=(change,), undo=(back,))


def unlearn(intent: Intent, world: World) -> Outcome:
    lesson = _lesson(intent)
    change = Change(UNLEARN, {"said": lesson.said}, lesson)
    return Outcome(reply=Reply(f"I do not know “{lesson.said}” any more"), done=(change,))


def asking(lesson: Lesson) -> Intent:
    """The request that learns `lesson`."""
    slots: dict[str, Any] = {"said": lesson.said, "means": lesson.means}
    return Intent(ASKED, {**slots, "intent": lesson.intent, "values": dict(lesson.slots)}, 1.0)


def _lesson(intent: Intent) -> Lesson:
    slots = intent.slots
    return Lesson(slots["said"], slots["means"], slots["intent"], slots["values"])


HANDLERS: Handlers = {ASKED: learn, FORGOTTEN: unlearn}
