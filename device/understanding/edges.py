"""How a text may begin and end that a sentence template matches. Pure.

Each is a necessary condition, by characters, and told at a glance: most templates of a text's words begin or
end otherwise. None where anything may stand there: a wildcard, a number, a list of many things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    Sequence,
    TextChunk,
)
from hassil.intents import SlotList, TextSlotList

MOST = 100
"""Ways to begin or to end; to look at more takes longer than to match."""

Pieces = frozenset[str] | None


class Edge(NamedTuple):
    """`pieces`: what stands first, or last; `empty`: whether it may also be nothing."""

    pieces: Pieces
    empty: bool


ANYTHING = Edge(None, False)


class Needs(NamedTuple):
    """What a text must have to be one of a template's: of each of `clauses` one of its pieces of words, one
    of `first` at its beginning and one of `last` at its end. None: anything may stand there."""

    clauses: list[tuple[str, ...]]
    first: tuple[str, ...] | None
    last: tuple[str, ...] | None

    def met(self, text: str) -> bool:
        """By `text` in lower case."""
        return (
            (self.first is None or text.startswith(self.first))
            and (self.last is None or text.endswith(self.last))
            and all(any(piece in text for piece in clause) for clause in self.clauses)
        )


@dataclass
class Edges:
    """Of the templates of one group, with its `rules` and `lists`."""

    rules: Mapping[str, Sentence]
    lists: Mapping[str, SlotList]
    _known: dict[tuple[bool, str, bool], Edge] = field(default_factory=dict)

    def first(self, sentence: Sentence) -> tuple[str, ...] | None:
        """One of these stands at the beginning of each text that `sentence` matches."""
        return _told(self._of(sentence.expression, False))

    def last(self, sentence: Sentence) -> tuple[str, ...] | None:
        return _told(self._of(sentence.expression, True))

    def _of(self, expression: Expression, last: bool) -> Edge:
        if isinstance(expression, TextChunk):
            words = expression.text.casefold().split()
            return Edge(frozenset(words[-1:] if last else words[:1]), not words)
        if isinstance(expression, RuleReference | ListReference):
            return self._referred(expression, last)
        if isinstance(expression, Alternative):
            edges = [self._of(item, last) for item in expression.items]
            empty = expression.is_optional or any(one.empty for one in edges)
            return Edge(_union(one.pieces for one in edges), empty)
        if isinstance(expression, Permutation):
            edges = [self._of(item, last) for item in expression.items]
            return Edge(_union(one.pieces for one in edges), all(one.empty for one in edges))
        if isinstance(expression, Sequence):
            return self._of_items(expression.items[::-1] if last else expression.items, last)
        return ANYTHING

    def _of_items(self, items: Iterable[Expression], last: bool) -> Edge:
        met: list[Pieces] = []
        for item in items:
            pieces, empty = self._of(item, last)
            met.append(pieces)
            if not empty:
                return Edge(_union(met), False)
        return Edge(_union(met), True)

    def _referred(self, reference: RuleReference | ListReference, last: bool) -> Edge:
        if isinstance(reference, RuleReference):
            known = True, reference.rule_name, last
        else:
            known = False, reference.list_name, last
        if known not in self._known:
            self._known[known] = ANYTHING  # one that refers to itself
            self._known[known] = self._looked_up(reference, last)
        return self._known[known]

    def _looked_up(self, reference: RuleReference | ListReference, last: bool) -> Edge:
        if isinstance(reference, RuleReference):
            rule = self.rules.get(reference.rule_name)
            return ANYTHING if rule is None else self._of(rule.expression, last)
        values = self.lists.get(reference.list_name)
        plain = isinstance(values, TextSlotList) and not (reference.prefix or reference.suffix)
        if not plain or not isinstance(values, TextSlotList) or len(values.values) > MOST:
            return ANYTHING
        edges = [self._of(value.text_in, last) for value in values.values]
        return Edge(_union(one.pieces for one in edges), any(one.empty for one in edges))


def _union(pieces: Iterable[Pieces]) -> Pieces:
    known = list(pieces)
    whole = [one for one in known if one is not None]
    return frozenset().union(*whole) if len(whole) == len(known) else None


def _told(edge: Edge) -> tuple[str, ...] | None:
    if edge.pieces is None or edge.empty or len(edge.pieces) > MOST:
        return None
    return tuple(sorted(edge.pieces))
