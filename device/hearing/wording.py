"""Sentence templates as an automaton over words, in which a long list, such as {name}, is one symbol."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import SlotList, TextSlotList, WildcardSlotList

from device.errors import SentencesError

_SHARED = 4
"""Lists with at least so many values are compiled once and copied; smaller ones are written out."""

Label = str | int | None
"""Of an arc while templates are read: a piece of a word, " " between words, the number of a list, or None."""


class Expandable(Protocol):
    """Sentences, and all that it takes to expand them: a `device.understanding.groups.TemplateGroup`."""

    @property
    def sentences(self) -> tuple[Sentence, ...]: ...
    @property
    def lists(self) -> Mapping[str, SlotList]: ...
    @property
    def rules(self) -> Mapping[str, Sentence]: ...
    @property
    def follows(self) -> bool: ...
    @property
    def leads(self) -> bool: ...
    @property
    def cost(self) -> float: ...


class Pieces:
    """Templates as an automaton over pieces of words, in which glue and spaces are still to be resolved.

    Templates write "light[s]", so a word is what lies between two spaces on a path, not what a text says.
    """

    def __init__(self) -> None:
        self.arcs: list[list[tuple[Label, int]]] = [[]]
        self.ends: set[int] = set()
        self.lists: list[tuple[TextSlotList, Expandable]] = []
        self._numbers: dict[int, int] = {}

    @property
    def final(self) -> int:
        """The one final state of `words`."""
        return len(self.arcs)

    def state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def arc(self, source: int, label: Label, target: int | None = None) -> int:
        target = self.state() if target is None else target
        self.arcs[source].append((label, target))
        return target

    def add(self, expression: Expression, at: int, group: Expandable) -> int:
        """Add what `expression` says from state `at` on, and return the state where it ends."""
        if isinstance(expression, TextChunk):
            for piece in _split(expression.text):
                at = self.arc(at, piece)
            return at
        if isinstance(expression, RuleReference):
            if expression.rule_name not in group.rules:
                raise SentencesError(
                    f"unknown rule <{expression.rule_name}>: define it under expansion_rules"
                )
            return self.add(group.rules[expression.rule_name].expression, at, group)
        if isinstance(expression, ListReference):
            return self._add_list(expression, at, group)
        if isinstance(expression, Alternative):
            return self._add_any(([item] for item in expression.items), at, group)
        if isinstance(expression, Permutation):
            return self._add_any(itertools.permutations(expression.items), at, group)
        if isinstance(expression, Group):
            return self._add_all(expression.items, at, group)
        raise SentencesError(f"cannot make sound of {expression!r}: use text, lists and rules")

    def _add_all(self, items: Iterable[Expression], at: int, group: Expandable) -> int:
        for item in items:
            at = self.add(item, at, group)
        return at

    def _add_any(self, choices: Iterable[Iterable[Expression]], at: int, group: Expandable) -> int:
        end = self.state()
        for items in choices:
            self.arc(self._add_all(items, at, group), None, end)
        return end

    def _add_list(self, reference: ListReference, at: int, group: Expandable) -> int:
        if reference.list_name not in group.lists:
            raise SentencesError(f"unknown list {{{reference.list_name}}}: define it under lists")
        slot_list = group.lists[reference.list_name]
        if isinstance(slot_list, WildcardSlotList):
            return self.state()  # no way there: the graph holds what can be listed
        if not isinstance(slot_list, TextSlotList):
            raise SentencesError(f"list {{{reference.list_name}}} must be expanded to words before")
        if len(slot_list.values) < _SHARED:
            return self._add_any(([value.text_in] for value in slot_list.values), at, group)
        if id(slot_list) not in self._numbers:
            self._numbers[id(slot_list)] = len(self.lists)
            self.lists.append((slot_list, group))
        return self.arc(at, self._numbers[id(slot_list)])

    def write_out_glued(self) -> None:
        """Replace lists that are part of a longer word ("{name}'s") by their values."""
        after = self._after_text()
        for source in range(len(self.arcs)):
            for label, target in list(self.arcs[source]):
                if isinstance(label, int) and (source in after or self._text_follows(target)):
                    self.arcs[source].remove((label, target))
                    slot_list, group = self.lists[label]
                    for value in slot_list.values:
                        self.arc(self.add(value.text_in, source, group), None, target)

    def _after_text(self) -> set[int]:
        """The states where a word may have begun and not ended."""
        after: set[int] = set()
        queue = [target for arcs in self.arcs for label, target in arcs if label is not None and label != " "]
        while queue:
            state = queue.pop()
            if state not in after:
                after.add(state)
                queue += [target for label, target in self.arcs[state] if label is None]
        return after

    def _text_follows(self, state: int) -> bool:
        return any(
            label != " " and (label is not None or self._text_follows(target))
            for label, target in self.arcs[state]
        )

    def words(self) -> Iterator[tuple[int, int, Label]]:
        """Arcs over whole words, numbers of lists and None, from state 0 to `final`."""
        begun, queue = {0}, [0]
        while queue:
            begin = queue.pop()
            for end, label in self._words_from(begin):
                yield begin, end, label
                if end != self.final and end not in begun:
                    begun.add(end)
                    queue.append(end)

    def _words_from(self, begin: int) -> set[tuple[int, Label]]:
        found: set[tuple[int, Label]] = set()
        stack = [(begin, "")]
        while stack:
            state, text = stack.pop()
            if state in self.ends:
                found.add((self.final, text or None))
            for label, target in self.arcs[state]:
                if label == " ":
                    found.add((target, text or None))
                elif isinstance(label, int):
                    found.add((target, label))
                else:
                    stack.append((target, text + (label or "")))
        return found


def plain_texts(slot_list: TextSlotList) -> list[str] | None:
    """The texts of a list, as words that are parted by blanks; None where one of them is a template."""
    texts = []
    for value in slot_list.values:
        if not isinstance(value.text_in, TextChunk):
            return None
        texts.append(" ".join("".join(piece or "" for piece in _split(value.text_in.text)).split()))
    return texts


def list_pieces(slot_list: TextSlotList, group: Expandable) -> Pieces:
    pieces = Pieces()
    pieces.ends = {pieces.add(value.text_in, 0, group) for value in slot_list.values}
    return pieces


@functools.lru_cache(maxsize=10_000)
def _split(text: str) -> tuple[str | None, ...]:
    """Spaces and what is between them, without punctuation."""
    pieces = re.findall(r"\s+|\S+", text.lower())
    return tuple(" " if piece.isspace() else piece.strip(".,;:!?¿¡…") or None for piece in pieces)
