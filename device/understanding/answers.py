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
from device.understanding.groups import TemplateGroup
from device.understanding.sentences import SKILLS, Sentences
from device.understanding.vocabulary import Vocabulary

FILES = tuple(sorted(SKILLS.glob("*/en/answers.yaml")))

ALWAYS = "always"
"""The set that answers any question: "never mind"."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
ALL, NONE, LAST = "all", "none", "last"
"""Values of `option` besides the numbers of the options, which count from 0."""

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


def act(intent: Intent, question: Question) -> Answer | Affirm | Deny | Cancel:
    """What an answer does; `intent` is one of the question's groups, matched."""
    slots = dict(intent.slots)
    if intent.name == ALWAYS:
        return Cancel()
    if (answer := slots.pop("answer", None)) is not None:
        return Affirm(intent.confidence) if answer == "yes" else Deny()
    option = slots.pop("option", None)
    if option == NONE:
        return Deny()
    if option is not None:
        slots |= _chosen(option, question.options)
    return Answer(slots, intent.confidence)


def _chosen(option: Any, options: tuple[Option, ...]) -> Mapping[str, Any]:
    if option == ALL:
        return {
            several: tuple(one.slots[slot] for one in options)
            for slot, several in SEVERAL.items()
            if all(slot in one.slots for one in options)
        }
    return options[-1 if option == LAST else min(int(option), len(options) - 1)].slots


def _ordinals(count: int) -> TextSlotList:
    """ "first" to the last of `count` options, each for its number."""
    said = zip(ORDINALS[:count], range(count), strict=False)
    return TextSlotList.from_tuples(said, allow_template=False, name="ordinal")


def _options(options: tuple[Option, ...]) -> TextSlotList:
    said = ((text, number) for number, option in enumerate(options) for text in option.said)
    return TextSlotList.from_tuples(said, allow_template=False, name="option")
