"""What was learnt, as sentences that can be heard and understood like all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from hassil.expression import Sentence
from hassil.intents import SlotList, TextSlotList
from hassil.parse_expression import parse_sentence

from device.home.model import Home
from device.memory.learnt import FILE, Lesson
from device.reading.located import Place
from device.understanding.contexts import Context
from device.understanding.sentences import Sentences
from device.understanding.templates import Block, SentenceTemplate
from device.understanding.vocabulary import Name

DOMAIN = "domain"
"""Slot of a lesson with {name}: the kind of the things for which it stands."""

WORD = r"(?:[a-z']+|\{area\}|\{thing:name\})"
SAYABLE = re.compile(f"{WORD}(?: {WORD})*")


def with_learnt(sentences: Sentences, home: Home) -> Sentences:
    """`sentences`, and before them those that were learnt in `home`."""
    lessons = tuple(lesson for lesson in home.layout.learnt if not lesson.is_alias)
    if not lessons:
        return sentences
    names = home.vocabulary.names
    free = (one for one in names if home.guarded.isdisjoint(each.name for each in home.named(one.value)))
    return _with(sentences, lessons, tuple(free))


@lru_cache(maxsize=2)
def _with(sentences: Sentences, lessons: tuple[Lesson, ...], names: tuple[Name, ...]) -> Sentences:
    """`names`: of the things that are not guarded."""
    own = Sentences(_blocks(lessons, names), sentences.lists, sentences.rules, (), None, sentences.typed)
    return sentences.plus([own])


def _blocks(lessons: Iterable[Lesson], names: Sequence[Name]) -> Iterator[Block]:
    for number, lesson in enumerate(lessons, 1):
        if sentence := _parsed(lesson.said.replace("{name}", "{thing:name}")):
            slots, lists = lesson.slots, dict[str, SlotList]()
            if "{name}" in lesson.said:
                slots = {slot: value for slot, value in slots.items() if slot != DOMAIN}
                lists = {"thing": _things(names, str(lesson.slots.get(DOMAIN, "")))}
            template = SentenceTemplate(sentence, Place(FILE, number))
            yield replace(EMPTY, intent=lesson.intent, templates=(template,), slots=slots, lists=lists)


def _parsed(text: str) -> Sentence | None:
    """None for what no user can have said: the file may have been written by somebody else."""
    return parse_sentence(text, keep_text=True) if SAYABLE.fullmatch(text) else None


def _things(names: Iterable[Name], domain: str) -> SlotList:
    """Those of one kind."""
    found = [(one.text, one.value) for one in names if one.domain == domain]
    return TextSlotList.from_tuples(found, allow_template=False, name="thing")


EMPTY = Block("", (), {}, {}, {}, None, None, None, Context(), frozenset())
