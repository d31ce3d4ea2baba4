"""Questions that the home's papers answer: one that follows stays in the paper that was read. Pure."""

from __future__ import annotations

from dataclasses import replace

from device.dialogue.not_understood import missed
from device.dialogue.remembering import Step, World, remembered
from device.dialogue.state import Dialogue, Reading
from device.events import Intent, NotRecognized
from device.understanding.acts import UNKNOWN
from device.understanding.asking import ANSWER, follows


def consulted(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """What a paper says to a question, or its next piece."""
    asked = str(intent.slots.get("question", ""))
    reading = dialogue.reading
    if "source" not in intent.slots and follows(asked):
        if reading is not None:
            within = {"document": reading.document, "after": reading.question}
            intent = replace(intent, slots={**intent.slots, **within})
        elif not intent.confidence:
            return missed(dialogue, NotRecognized(asked, UNKNOWN), world)
    outcome = world.handle(intent)
    after = remembered(dialogue, intent, outcome, world)
    if outcome.source is None:
        return after, outcome
    document = outcome.source.partition("#")[0]
    about = outcome.question.about if outcome.question is not None else intent
    topic = reading.question if reading is not None and "after" in intent.slots else asked
    return replace(after, reading=Reading(document, topic, about, world.now)), outcome


def read_on(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "Next step", when nobody asks any more."""
    if dialogue.reading is None or "source" not in dialogue.reading.about.slots:
        return missed(dialogue, NotRecognized(str(intent.slots.get("move", "")), UNKNOWN), world)
    about = dialogue.reading.about
    return consulted(dialogue, replace(about, slots={**about.slots, **intent.slots}), world)


HANDLERS = {ANSWER: consulted, "MynahReadOn": read_on}
