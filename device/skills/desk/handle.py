"""To ask a person what nothing here answers. Nothing leaves without a yes to the very words that are sent."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from device.events import Change, Intent, Outcome, Question, Reply, refused
from device.skills.skill import Handlers, World
from device.skills.skill import asked as asked_back
from device.speaking.replies import Replies

HAND_OVER = "MynahHandOver"
ASKING, YES_OR_NO = "asking", "handover"
"""What the questions expect: what to ask, and whether to."""
LONGEST = 300
"""Characters of a question that is passed on."""
AGREED = frozenset({"text", "agreed"})
"""The slots after a yes, which nobody can say. With any other slot something else was said to the question:
"in ten minutes"."""
ANYBODY = frozenset({"somebody", "someone", "the help desk", "a person", "a human"})

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")


def hand_over(person: str, intent: Intent, world: World) -> Outcome:
    """Ask whether to pass `text` on to `person`, and do so when that was AGREED."""
    slots = intent.slots
    text = " ".join(str(slots.get("text", "")).split())
    if not person:
        return refused(REPLIES.say("nobody", world.said).text)
    if len(text) > LONGEST:
        return refused(REPLIES.say("too_long", world.said).text)
    if slots.keys() == AGREED:
        change = Change("handover", {"to": person, "text": text})
        return Outcome(reply=REPLIES.say("asked", world.said, person=person), done=(change,))
    if not text:
        what = REPLIES.say("what", world.said, person=person).text
        return asked_back(Question(what, Intent(HAND_OVER, {}, intent.confidence), ASKING))
    wanted = str(slots.get("person", person)).lower()
    name = "shall" if wanted == person.lower() or wanted in ANYBODY else "only"
    shall: Reply = REPLIES.say(name, world.said, person=person, text=text)
    agreed = Intent(HAND_OVER, {"text": text, "agreed": True}, intent.confidence)
    return asked_back(Question(shall.text, agreed, YES_OR_NO))


def handlers(person: str) -> Handlers:
    """For the person who is asked; "": nobody is."""
    return {HAND_OVER: partial(hand_over, person)}


HANDLERS = handlers("")
