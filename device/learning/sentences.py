"""What was learnt, as sentences that can be heard and understood like all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from hassil.expression import Sentence
from hassil.intents import SlotList, TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from device.home.model import Home
from device.memory.learnt import FILE, Lesson
from device.reading.located import Place
from device.understanding.contexts import Context
from device.understanding.sentences import Sentences
from device.understanding.templates import Block, SentenceTemplate

DOMAIN = "domain"
"""Slot of a lesson with {name}: the kind of the things for which it stands."""


def with_learnt(sentences: Sentences, home: Home) -> Sentences:
    """`sentences`, and before them those that were learnt in `home`."""
    blocks = tuple(_blocks(home.layout.learnt, home))
    if not blocks:
        return sentences
    own = Sentences(blocks, sentences.lists, sentences.rules, (), None, sentences.typed)
    return sentences.plus([own])


def _blocks(lessons: Iterable[Lesson], home: Home) -> Iterator[Block]:
    for number, lesson in enumerate(lessons, 1):
        if not lesson.is_alias and (sentence := _parsed(lesson.said.replace("{name}", "{thing:name}"))):
            slots, lists = lesson.slots, {}
            if "{name}" in lesson.said:
                slots = {slot: value for slot, value in slots.items() if slot != DOMAIN}
                lists = {"thing": _things(home, str(lesson.slots.get(DOMAIN, "")))}
            template = SentenceTemplate(sentence, Place(FILE, number))
            yield _block(lesson.intent, template, slots, lists)


def _parsed(text: str) -> Sentence | None:
    try:
        return parse_sentence(text, keep_text=True)
    except (ParseError, AssertionError, ValueError, IndexError):
        return None


def _things(home: Home, domain: str) -> SlotList:
    """The things of one kind, but for what is guarded."""
    names = [
        (one.text, one.value)
        for one in home.vocabulary.names
        if one.domain == domain and home.guarded.isdisjoint(device.name for device in home.named(one.value))
    ]
    return TextSlotList.from_tuples(names, allow_template=False, name="thing")


def _block(
    intent: str, template: SentenceTemplate, slots: Mapping[str, object], lists: Mapping[str, SlotList]
) -> Block:
    return replace(EMPTY, intent=intent, templates=(template,), slots=slots, lists=lists)


EMPTY = Block("", (), {}, {}, {}, None, None, None, Context(), frozenset())
