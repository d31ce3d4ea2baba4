"""Questions that the home's papers answer: one that follows stays in the paper that was read. Pure."""

from __future__ import annotations

from dataclasses import replace

from device.dialogue.handing_over import or_handed_over
from device.dialogue.not_understood import missed
from device.dialogue.remembering import Step, World, closed, remembered
from device.dialogue.state import Dialogue, Reading
from device.events import Intent, NotRecognized, Outcome, Question, Reply
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
        unanswered = not outcome.fine and "source" not in intent.slots
        step = after, outcome
        return or_handed_over(dialogue, step, asked, world) if unanswered else step
    document = outcome.source.partition("#")[0]
    about = outcome.question.about if outcome.question is not None else intent
    topic = reading.question if reading is not None and "after" in intent.slots else asked
    return replace(after, reading=Reading(document, topic, about, world.now)), outcome


def unanswered(dialogue: Dialogue, step: Step, asked: str, world: World) -> Step:
    """`step`, in which a request got no answer to the whole question `asked`: a paper may answer it, or else
    somebody may be asked."""
    about = Intent(ANSWER, {"question": asked}, 1.0)
    if asked and world.handle(about).source is not None:
        return consulted(dialogue, about, world)
    return or_handed_over(dialogue, step, asked, world)


def none_of_them(dialogue: Dialogue, question: Question, world: World) -> Step:
    """A no to "do you mean …": what was found in the papers is no answer."""
    step = closed(dialogue), Outcome(reply=Reply("OK, I leave it as it is"))
    asked = str(question.about.slots.get("question", ""))
    is_choice = question.about.name == ANSWER and question.expects != "reading"
    return or_handed_over(closed(dialogue), step, asked if is_choice else "", world, "OK")


def read_on(dialogue: Dialogue, intent: Intent, world: World) -> Step:
    """ "Next step", when nobody asks any more."""
    if dialogue.reading is None or "source" not in dialogue.reading.about.slots:
        return missed(dialogue, NotRecognized(str(intent.slots.get("move", "")), UNKNOWN), world)
    about = dialogue.reading.about
    return consulted(dialogue, replace(about, slots={**about.slots, **intent.slots}), world)


HANDLERS = {ANSWER: consulted, "MynahReadOn": read_on}
