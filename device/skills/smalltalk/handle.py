"""Greetings and other manners: a reply for each thing that is said."""

from __future__ import annotations

from pathlib import Path

from device.events import Intent, Outcome, refused
from device.skills.skill import Handlers, World
from device.speaking.replies import Replies

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")


def talk(intent: Intent, world: World) -> Outcome:
    """`about` names the reply."""
    about = str(intent.slots.get("about", ""))
    if about not in REPLIES.variants:
        return refused("I do not know what to say to that")
    return Outcome(reply=REPLIES.say(about, world.said))


HANDLERS: Handlers = {"MynahSmallTalk": talk}
