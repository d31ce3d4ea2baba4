"""Random sentences of a group, as its templates give them."""

from __future__ import annotations

import random

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.intents import TextSlotList

from device.understanding.sentences import TemplateGroup


def sample(group: TemplateGroup, expression: Expression, chance: random.Random) -> str:
    """Words with single spaces between them."""
    return " ".join(_expanded(group, expression, chance).split())


def _expanded(group: TemplateGroup, expression: Expression, chance: random.Random) -> str:
    if isinstance(expression, TextChunk):
        return expression.text
    if isinstance(expression, RuleReference):
        return _expanded(group, group.rules[expression.rule_name].expression, chance)
    if isinstance(expression, ListReference):
        values = group.lists[expression.list_name]
        assert isinstance(values, TextSlotList)
        said = _expanded(group, chance.choice(values.values).text_in, chance)
        return said + (" " if expression.is_end_of_word else "")
    assert isinstance(expression, Group)
    if isinstance(expression, Alternative):
        return _expanded(group, chance.choice(expression.items), chance)
    items = list(expression.items)
    if isinstance(expression, Permutation):
        chance.shuffle(items)
    return "".join(_expanded(group, item, chance) for item in items)
