"""What answers a question: a small grammar of its own, in front of the ordinary sentences.

The skills' `answers.yaml` files have the sentences, an intent for each set that a question may expect:
"confirmation", "choice", "duration" …. The slots of an answer complete the question's request; two are
special: `answer` (yes, no) and `option` (which of the things that it offers).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hassil.intents import TextSlotList

from device.events import Affirm, Answer, Cancel, Deny, Intent, Option, Question
from device.understanding.sentences import SKILLS, Sentences
from device.understanding.template_group import TemplateGroup
from device.understanding.vocabulary import Vocabulary

FILES = tuple(sorted(SKILLS.glob("*/en/answers.yaml")))

ALWAYS = "always"
"""The set that answers any question: "never mind"."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
CHOOSING = ("option", "also", "except", "not")
"""Slots that choose among the options: their numbers, which count from 0; `option` may also be "all", "both",
"none" or "last"."""

SEVERAL = {"name": "names", "item": "items", "entry": "entries"}
"""By the slot of one option: the slot of all of them."""


class Answers:
    """The sentences that answer questions, for the names of a home."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    @classmethod
    def load(cls, files: Iterable[Path] = FILES) -> Answers:
        """Raises SentencesError."""
        return cls(Sentences.load(files))

    def groups(self, question: Question, vocabulary: Vocabulary) -> tuple[TemplateGroup, ...]:
        """What may be said to `question`."""
        wanted = {question.expects, ALWAYS}
        own = {"option": _options(question.options), "ordinal": _ordinals(len(question.options))}
        groups = self._sentences.bound(vocabulary, own, free=True)
        return tuple(group for group in groups if group.intent in wanted)


def act(intent: Intent, question: Question) -> Answer | Affirm | Deny | Cancel | None:
    """What an answer does; `intent` is one of the question's groups, matched. None where it chooses nothing
    that is there, such as "both" of three."""
    slots = dict(intent.slots)
    if intent.name == ALWAYS:
        return Cancel()
    if (answer := slots.pop("answer", None)) is not None:
        return Affirm(intent.confidence) if answer == "yes" else Deny()
    chosen = _chosen(slots, question.options)
    if chosen is None:
        return Answer(slots, intent.confidence) if not slots.keys() & CHOOSING else None
    if not chosen:
        return Deny()
    rest = {slot: value for slot, value in slots.items() if slot not in CHOOSING}
    return Answer({**rest, **_slots(chosen)}, intent.confidence)


def _chosen(slots: Mapping[str, Any], options: tuple[Option, ...]) -> tuple[Option, ...] | None:
    """Those of `options` that are meant; None where that is not said."""
    if "except" in slots:
        return tuple(one for one in options if one is not options[slots["except"]])
    if "not" in slots:  # which leaves one, or nobody knows which
        rest = tuple(one for one in options if one is not options[slots["not"]])
        return rest if len(rest) == 1 else None
    match slots.get("option"):
        case None:
            return None
        case "all":
            return options
        case "both":
            return options if len(options) == 2 else None
        case "none":
            return ()
        case "last":
            return options[-1:]
    numbers = dict.fromkeys((slots["option"], *(slots[slot] for slot in ("also",) if slot in slots)))
    return tuple(options[number] for number in numbers)


def _slots(chosen: tuple[Option, ...]) -> Mapping[str, Any]:
    """What `chosen` stand for: the slots of one, or the names of several."""
    if len(chosen) == 1:
        return chosen[0].slots
    return {
        several: tuple(one.slots[slot] for one in chosen)
        for slot, several in SEVERAL.items()
        if all(slot in one.slots for one in chosen)
    }


def _ordinals(count: int) -> TextSlotList:
    """ "first" to the last of `count` options, each for its number."""
    said = zip(ORDINALS[:count], range(count), strict=False)
    return TextSlotList.from_tuples(said, allow_template=False, name="ordinal")


def _options(options: tuple[Option, ...]) -> TextSlotList:
    said = ((text, number) for number, option in enumerate(options) for text in option.said)
    return TextSlotList.from_tuples(said, allow_template=False, name="option")
