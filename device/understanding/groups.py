"""Binds sentences to the names of a home: the groups that the grammar and understanding share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    Sentence,
)
from hassil.intents import SlotList, TextSlotList

from device.understanding.contexts import Context
from device.understanding.edges import Edges
from device.understanding.speakable import (
    filler,
    range_list,
    speakable_list,
    without,
)
from device.understanding.template_group import TemplateGroup, is_wildcard, references
from device.understanding.templates import Block, SentenceTemplate
from device.understanding.vocabulary import Name, Vocabulary

LOG = logging.getLogger(__name__)
OF_ELSEWHERE = ("absent_thing", "absent_area")
"""Lists of what other homes have; what this home has by such a name is left out of them."""
TYPED, IMPERIAL = "_typed", "_imperial"
"""Endings of lists that take the place of those without, where words are typed, and in imperial homes."""
OF_THE_DIALOGUE = ("option", "ordinal")
"""Lists that an open question fills."""


class Binder:
    """Binds sentences to one vocabulary, making every list and rule once."""

    def __init__(
        self,
        lists: Mapping[str, SlotList],
        rules: Mapping[str, SentenceTemplate],
        skip_words: Iterable[str],
        vocabulary: Vocabulary,
        given: Mapping[str, SlotList],
        free: bool,
    ) -> None:
        """`given`: values for OF_THE_DIALOGUE. `free`: also what can be typed and not heard."""
        self.free = free
        self.given = {**{name: TextSlotList(name, []) for name in OF_THE_DIALOGUE}, **given}
        self.vocabulary = vocabulary
        self.areas = _name_list("area", vocabulary.areas)
        self.floors = _name_list("floor", vocabulary.floors)
        self.kept_lists = _name_list("list", vocabulary.lists)
        self.settings = _name_list("setting", vocabulary.settings)
        self.names: dict[Hashable, TextSlotList] = {}
        self.usual_rules: dict[Hashable, Mapping[str, Sentence]] = {}
        self.edges: dict[int, Edges] = {}  # by the identity of the rules that they keep
        rooms = {part for area in vocabulary.areas for part in _parts(area.text)}
        self.taken = {name.text for name in (*vocabulary.names, *vocabulary.floors)} | rooms
        variants = (*((TYPED,) if free else ()), *((IMPERIAL,) if vocabulary.imperial else ()), "")
        chosen = {name: next(v for v in variants if f"{name}{v}" in lists) for name in lists}
        self.lists = {name: self.free_of_names(name, lists[f"{name}{v}"]) for name, v in chosen.items()}
        self.rules = _speakable_rules(rules)
        self.fillers = filler(skip_words)

    def free_of_names(self, name: str, body: SlotList) -> SlotList:
        """The list of that name; of what other homes have, without what this one has."""
        return without(body, self.taken) if name in OF_ELSEWHERE else body

    def groups(self, blocks: Iterable[Block]) -> Iterator[TemplateGroup]:
        for block in blocks:
            if block.domain and block.domain not in self.vocabulary.domains:
                continue
            if not block.context.holds(self.vocabulary.here):
                continue
            if not block.heard and not self.free:
                continue
            group = self.group(block)
            if group.sentences:
                yield group

    def group(self, block: Block) -> TemplateGroup:
        lists: dict[str, SlotList] = {
            **self.lists,
            **self.given,
            "name": self.names_of(block),
            "area": self.areas,
            "floor": self.floors,
            "list": self.kept_lists,
            "setting": self.settings,
            **{name: self.free_of_names(name, speakable_list(body)) for name, body in block.lists.items()},
        }
        if not self.free:
            lists = {name: _without_wildcard(body) for name, body in lists.items()}
        rules = self.rules_of(block, lists)
        sentences = tuple(self.bound(block, lists, rules))
        area = block.context.area
        slots = {**block.slots, area.slot: self.vocabulary.here} if area and area.slot else block.slots
        return TemplateGroup(
            block.intent,
            sentences,
            lists,
            rules,
            self.edges.setdefault(id(rules), Edges(rules, lists)),
            slots,
            block.response,
            block.required_keywords,
            area is not None,
            block.context,
            block.follows,
            block.cost,
            block.leads,
        )

    def rules_of(self, block: Block, lists: Mapping[str, SlotList]) -> Mapping[str, Sentence]:
        """The rules, of which what cannot be said in this block is left out."""
        if block.rules or block.lists:
            return _with_words({**self.rules, **_speakable_rules(block.rules)}, lists)
        key = block.name_domains, block.context.key
        if key not in self.usual_rules:
            self.usual_rules[key] = _with_words(self.rules, lists)
        return self.usual_rules[key]

    def bound(
        self, block: Block, lists: dict[str, SlotList], rules: Mapping[str, Sentence]
    ) -> Iterator[Sentence]:
        for template in block.templates:
            if (expression := template.said) is None:
                LOG.debug("%s: left out, nothing that can be said", template.where)
                continue
            found = references(expression, rules)
            if not has_context(block.context, [lists.get(each.list_name) for each in found]):
                continue
            for reference in found:
                if reference.list_name not in lists and (inline := reference.get_inline_range()):
                    lists[reference.list_name] = range_list(reference.list_name, *inline)
            kept = _without_empty(expression, lists, rules.get)
            if kept is not None:
                yield Sentence(self.fillers(kept), text=template.sentence.text)

    def names_of(self, block: Block) -> TextSlotList:
        domains, context = block.name_domains, block.context
        key = domains, context.key
        if key not in self.names:
            names = self.vocabulary.names
            fitting = (name for name in names if domains is None or name.domain in domains)
            self.names[key] = _name_list("name", (name for name in fitting if context.fits(name)))
        return self.names[key]


def _parts(text: str) -> Iterator[str]:
    """The words of a name, and those that follow one another in it: where there are two bedrooms, nobody is
    told that there is none."""
    words = text.split()
    return (" ".join(words[at:to]) for at in range(len(words)) for to in range(at + 1, len(words) + 1))


def _name_list(list_name: str, names: Iterable[Name]) -> TextSlotList:
    return TextSlotList.from_tuples(
        ((name.text, name.value, _context(name)) for name in names),
        allow_template=False,
        name=list_name,
    )


def _context(name: Name) -> dict[str, Any]:
    known = {"domain": name.domain, "device_class": name.device_class}
    return {key: value for key, value in known.items() if value}


def has_context(context: Context, lists: Iterable[SlotList | None]) -> bool:
    """Whether a sentence with these lists may have all that its context requires of their values."""
    wanted = context.of_values()
    return not wanted or {key for body in lists for key in keys_of(body)}.issuperset(wanted)


def keys_of(body: SlotList | None) -> set[str]:
    """The keys of the contexts of a list's values."""
    values = body.values if isinstance(body, TextSlotList) else ()
    return {key for value in values for key in value.context or ()}


def _speakable_rules(rules: Mapping[str, SentenceTemplate]) -> dict[str, Sentence]:
    return {
        name: Sentence(template.said, text=template.sentence.text)
        for name, template in rules.items()
        if template.said is not None
    }


def _with_words(rules: Mapping[str, Sentence], lists: Mapping[str, SlotList]) -> Mapping[str, Sentence]:
    """The rules with which something can be said, each without what cannot."""
    found: dict[str, Sentence | None] = {}

    def rule(name: str) -> Sentence | None:
        if name not in found and name in rules:
            found[name] = None  # a rule that refers to itself says nothing by that
            kept = _without_empty(rules[name].expression, lists, rule)
            found[name] = None if kept is None else Sentence(kept, text=rules[name].text)
        return found.get(name)

    return {name: made for name in rules if (made := rule(name)) is not None}


def _without_empty(
    expression: Expression, lists: Mapping[str, SlotList], rule: Callable[[str], Sentence | None]
) -> Expression | None:
    """`expression` without the alternatives of which nothing can be said, as "[in {area}]" where there are
    no rooms; None where nothing is left. A list that nobody knows stays, and is told of later.

    `rule`: gives a rule by its name, None where nothing can be said by it.
    """
    if isinstance(expression, ListReference):
        known = lists.get(expression.list_name)
        return expression if known is None or _can_be_said(known) else None
    if isinstance(expression, RuleReference):
        return expression if rule(expression.rule_name) is not None else None
    if not isinstance(expression, Group):
        return expression
    items = [_without_empty(item, lists, rule) for item in expression.items]
    if all(kept is item for kept, item in zip(items, expression.items, strict=True)):
        return expression
    some = [kept for kept in items if kept is not None]
    if isinstance(expression, Alternative):
        return replace(expression, items=some) if some else None
    return replace(expression, items=some) if len(some) == len(items) else None


def _without_wildcard(slot_list: SlotList) -> SlotList:
    """A list of nothing, where anything could be said."""
    return TextSlotList(slot_list.name, []) if is_wildcard(slot_list) else slot_list


def _can_be_said(slot_list: SlotList) -> bool:
    return not isinstance(slot_list, TextSlotList) or bool(slot_list.values)
