"""What nothing here answers is offered to a person. Nothing is sent without a yes. Pure."""

from __future__ import annotations

from dataclasses import replace

from device.dialogue.remembering import Step, World, remembered
from device.dialogue.state import Dialogue
from device.events import Intent, Outcome, Reply

HAND_OVER = "MynahHandOver"


def or_handed_over(dialogue: Dialogue, step: Step, text: str, world: World, said: str = "") -> Step:
    """The offer to ask somebody the question `text`, which got no answer in `step`; `step` itself where there
    is no question, or nobody to ask. `said`: what is said before it, instead of the reply of `step`."""
    offer = world.handle(Intent(HAND_OVER, {"text": text}, 1.0)).question if text else None
    if offer is None:
        return step
    before = (said or step[1].reply.text).rstrip(".")
    asking = Outcome(reply=Reply(f"{before}. {offer.text}"), question=offer, fine=False)
    return remembered(replace(dialogue, misses=0), offer.about, asking, world), asking
