"""Several outcomes as one, and sentences about a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from device.dialogue import referring
from device.dialogue.questions import YES_OR_NO
from device.events import Intent, Outcome, Question, Reply
from device.speaking.wording import listed


def joined(found: Sequence[Outcome], about: Mapping[str, Any] | None = None) -> Outcome:
    """What comes of several parts of a sentence: done in order, told in one reply.

    `about`: what "it" stands for afterwards; by default the things of all parts together.
    """
    if len(found) == 1:
        return found[0]
    texts = [one.reply.text for one in found if one.reply.text]
    return Outcome(
        commands=tuple(command for one in found for command in one.commands),
        reply=Reply(". ".join(text.rstrip(".") for text in texts)),
        expected=tuple(each for one in found for each in one.expected),
        done=tuple(change for one in found for change in one.done),
        question=next((one.question for one in reversed(found) if one.question), None),
        undo=tuple(each for one in found for each in one.undo),
        about=together([one.about for one in found]) if about is None else about,
        fine=all(one.fine for one in found),
        possible=all(one.possible for one in found),
        source=next((one.source for one in found if one.source), None),
    )


def together(abouts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What "them" stands for: the things of all that is in `abouts` and spoken of like those that came last,
    or else what came last. "Turn it off" unlocks no door that was locked in the same breath."""
    known = [about for about in abouts if about]
    known = [about for about in known if referring.verb_of(about) == referring.verb_of(known[-1])]
    if len(known) == 1:
        return known[0]
    things = [referring.names(about) for about in known]
    names = [name for each in things for name in each]
    if len(names) > 1 and all(things):
        return {"names": tuple(dict.fromkeys(names)), "domain": known[-1].get("domain")}
    return known[-1] if known else {}


def answers(question: Question) -> str:
    """What may be answered to `question`."""
    labels = [f"“{option.label}”" for option in question.options]
    if labels:
        return f"You can say {listed([*labels, '“never mind”'], 'or')}"
    if question.expects in YES_OR_NO:
        return "You can say “yes” or “no”"
    return f"{question.text} Or say “never mind”"


def explained(heard: Intent) -> str:
    """What was understood last, and how sure it was."""
    slots = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in heard.slots.items())
    sure = f"{round(100 * heard.confidence)} percent sure"
    name = heard.name.removeprefix("Hass").removeprefix("Mynah")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return f"I understood “{words}”" + (f" with {slots}" if slots else "") + f", and I was {sure}"
