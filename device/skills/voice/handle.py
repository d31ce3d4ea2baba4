"""How loud Mynah itself speaks; the volume of media players belongs to the home."""

from __future__ import annotations

from pathlib import Path

from device.events import Change, Intent, Outcome
from device.skills.skill import Handlers, World
from device.speaking.replies import Replies

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
SET, MOVE = "voice.volume", "voice.louder"
"""What changes: to `volume`, 0 to 100; by `by`, which may be negative."""
STEP = 15
"""Of 100: what "louder" means."""


def set_volume(intent: Intent, world: World) -> Outcome:
    if "volume" in intent.slots:
        volume = int(intent.slots["volume"])
        change = Change(SET, {"volume": volume})
        return Outcome(reply=REPLIES.say("set", world.said, volume=volume), done=(change,))
    louder = intent.slots.get("direction") != "down"
    back = Intent(intent.name, {"direction": "down" if louder else "up"}, 1.0)
    change = Change(MOVE, {"by": STEP if louder else -STEP})
    reply = REPLIES.say("louder" if louder else "softer", world.said)
    return Outcome(reply=reply, done=(change,), undo=(back,))


HANDLERS: Handlers = {"MynahSetVoiceVolume": set_volume}
