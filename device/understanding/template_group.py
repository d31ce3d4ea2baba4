"""A few sentences of one intent, with everything that is needed to expand them, and what follows from them.

Whatever a group can produce is spoken text: lower case words, numbers spelled out. hassil matches typed text
against the same groups, so what the grammar can hear is what understanding accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import SlotList, TextSlotList, WildcardSlotList

from device.understanding.contexts import Context
from device.understanding.edges import Edges, Needs

OF_THE_HOME = ("name", "area", "floor", "list", "setting")
"""Lists that the home fills."""


@dataclass(frozen=True)
class TemplateGroup:
    """Sentences of one intent, with all that is needed to expand them.

    `lists` are `TextSlotList`s of spoken words; {name} holds only names that fit this group. `rules` maps
    <rule> names to `Sentence`s. Lists, and the `edges` of the rules, are shared between groups: the same
    object means the same expansion (a rule's depends on the group's lists). `slots` are what the intent has
    besides those that the lists give. `contextual` marks sentences without a place that mean the room in
    which Mynah stands; `context` is what they require besides.
    """

    intent: str
    sentences: tuple[Sentence, ...]
    lists: Mapping[str, SlotList]
    rules: Mapping[str, Sentence]
    edges: Edges
    slots: Mapping[str, Any] = field(default_factory=dict)
    response: str | None = None
    required_keywords: frozenset[str] = frozenset()
    contextual: bool = False
    context: Context = field(default_factory=Context)
    follows: bool = False
    cost: float = 0.0
    leads: bool = False

    @cached_property
    def needs(self) -> tuple[Needs, ...]:
        """Of each sentence what a text must have to be one of its texts."""
        rules, edges = dict(self.rules), self.edges
        return tuple(
            Needs(
                [tuple(clause) for clause in one.get_required_clauses(rules)],
                edges.first(one),
                edges.last(one),
            )
            for one in self.sentences
        )

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words with which the sentences may begin; of lists of the home, none."""
        found: set[str] = set()
        for sentence in self.sentences:
            self._first(sentence.expression, found)
        return frozenset(found)

    def _first(self, expression: Expression, found: set[str]) -> bool:
        """Add the first words of `expression`; whether it may also say nothing."""
        if isinstance(expression, TextChunk):
            words = expression.text.split()
            found.update(words[:1])
            return not words
        if isinstance(expression, RuleReference):
            rule = self.rules.get(expression.rule_name)
            return rule is None or self._first(rule.expression, found)
        if isinstance(expression, ListReference):
            slot_list = self.lists.get(expression.list_name)
            if isinstance(slot_list, TextSlotList) and expression.list_name not in OF_THE_HOME:
                for value in slot_list.values:
                    self._first(value.text_in, found)
            return False
        if isinstance(expression, Alternative):
            empty = [self._first(item, found) for item in expression.items]  # all of them, not the first
            return any(empty)
        if isinstance(expression, Group):
            return all(self._first(item, found) for item in expression.items)
        return False

    @cached_property
    def takes_any_words(self) -> bool:
        """Whether a wildcard is among the sentences: they can be typed, not heard."""
        return any(
            is_wildcard(self.lists.get(reference.list_name))
            for sentence in self.sentences
            for reference in references(sentence.expression, self.rules)
        )


def references(expression: Expression, rules: Mapping[str, Sentence]) -> list[ListReference]:
    """The lists in an expression, and in the rules that it refers to."""
    if isinstance(expression, ListReference):
        return [expression]
    if isinstance(expression, RuleReference):
        rule = rules.get(expression.rule_name)
        return references(rule.expression, rules) if rule else []
    if isinstance(expression, Group):
        return [reference for item in expression.items for reference in references(item, rules)]
    return []


def is_wildcard(slot_list: SlotList | None) -> bool:
    return isinstance(slot_list, WildcardSlotList)
