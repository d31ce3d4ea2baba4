"""Text against template groups: hassil matches it, and looks only at groups with words that the text has."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import hassil
from hassil.expression import Sentence
from hassil.intents import IntentData, Intents, TextSlotList
from hassil.recognize import RecognizeResult, recognize_all

from device.understanding.template_group import TemplateGroup


@dataclass(frozen=True)
class Bound(IntentData):
    """A group as hassil wants it; `sentences` are parsed already."""

    group: TemplateGroup | None = None

    @cached_property
    def sentences(self) -> list[Sentence]:
        return list(self.group.sentences) if self.group else []

    def narrowed(self, text: str) -> Bound | None:
        """Only the sentences that may match lower-case `text`; None where there are none."""
        needs = self.group.needs if self.group else ()
        kept = [sentence for sentence, need in zip(self.sentences, needs, strict=True) if need.met(text)]
        if not kept or len(kept) == len(self.sentences):
            return self if kept else None
        narrowed = copy.copy(self)
        narrowed.__dict__["sentences"] = kept
        return narrowed


class Matcher:
    """Groups to be matched. Without a choice beforehand hassil takes twice as long to look at all of them."""

    def __init__(self, groups: Iterable[TemplateGroup]) -> None:
        self._bound: dict[str, list[Bound]] = {}
        for group in groups:
            self._bound.setdefault(group.intent, []).append(_bound(group))

    def matches(self, text: str) -> Iterator[RecognizeResult]:
        """Of a whole text, in spoken words; intents in the order in which the groups have them."""
        intents: dict[str, hassil.intents.Intent] = {}
        for name, groups in self._bound.items() if text else ():
            if fitting := [some for group in groups if (some := group.narrowed(text))]:
                intents[name] = hassil.intents.Intent(name, data=list[IntentData](fitting))
        if intents:
            yield from recognize_all(text, Intents(language="en", intents=intents))

    def prepare(self) -> None:
        """Index sentences and names now, and not when a text meets them."""
        for bound in chain.from_iterable(self._bound.values()):
            assert bound.group is None or bound.group.needs
            for values in bound.slot_lists.values():
                if isinstance(values, TextSlotList):
                    values.get_candidates("")


def _bound(group: TemplateGroup) -> Bound:
    return Bound(
        sentence_texts=[],
        slots=dict(group.slots),
        response=group.response,
        expansion_rules=dict(group.rules),
        slot_lists=dict(group.lists),
        required_keywords=set(group.required_keywords) or None,
        requires_context=group.context.of_values(),
        excludes_context=group.context.not_of_values(),
        group=group,
    )
