"""What is to be told to everybody in the house, or in one room."""

from __future__ import annotations

from pathlib import Path

from device.events import Change, Intent, Outcome, Question, Reply, refused
from device.skills.skill import Handlers, World
from device.speaking.replies import Replies

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
LONGEST = 500
"""Characters of an announcement."""


def announce(intent: Intent, world: World) -> Outcome:
    text = str(intent.slots.get("message", "")).strip()
    area = intent.slots.get("area")
    if not text:
        question = REPLIES.say("what", world.said).text
        return Outcome(reply=Reply(question), question=Question(question, intent, "message"))
    if len(text) > LONGEST:
        return refused(REPLIES.say("too_long", world.said).text)
    reply = REPLIES.say("announced_in" if area else "announced", world.said, text=text, area=area)
    return Outcome(
        reply=reply, done=(Change("announce", {"text": text, "area": area}),), about={"message": text}
    )


HANDLERS: Handlers = {"HassBroadcast": announce}
