"""Templates as they are spoken: words only, numbers spelled out, ranges as finite lists of words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sequence,
    TextChunk,
)
from hassil.intents import RangeFractionType, RangeSlotList, SlotList, TextSlotList, TextSlotValue
from hassil.sample import sample_expression

from device.errors import SentencesError
from device.understanding import numbers

LONGEST_RANGE = 1000
"""A range with more numbers than this would make the grammar larger than everything else in it."""


class NotSpeakable(Exception):
    """An expression that only writing has, such as "→"."""


def speakable(expression: Expression) -> Expression:
    """A copy of `expression` without what cannot be said; digits become words.

    Raises NotSpeakable where nothing is left.
    """
    if isinstance(expression, TextChunk):
        return _speakable_text(expression)
    if isinstance(expression, ListReference):
        return expression
    if isinstance(expression, RuleReference):
        return expression
    if isinstance(expression, Alternative):
        return _speakable_alternative(expression)
    if isinstance(expression, Group):
        kind = Permutation if isinstance(expression, Permutation) else Sequence
        return kind(items=[speakable(item) for item in expression.items])
    raise NotSpeakable(repr(expression))


def _speakable_alternative(expression: Alternative) -> Expression:
    items: list[Expression] = []
    for item in expression.items:
        try:
            items.append(speakable(item))
        except NotSpeakable:
            continue
    if not items:
        raise NotSpeakable
    return Alternative(items=items, is_optional=expression.is_optional)


def _speakable_text(chunk: TextChunk) -> TextChunk:
    """The chunk's words, its outer spaces kept: they say where a word ends."""
    text = chunk.text
    if not text.strip():
        return TextChunk(text)
    said = numbers.spoken(text)
    if not said:
        raise NotSpeakable(text)
    before = " " if text[0].isspace() or text[0] in numbers.SYMBOLS else ""
    after = " " if text[-1].isspace() or text[-1] in numbers.SYMBOLS else ""
    return TextChunk(f"{before}{said}{after}")


def speakable_list(slot_list: SlotList) -> SlotList:
    """`slot_list` with words only; a range becomes a list of number words. Wildcards stay what they are."""
    if isinstance(slot_list, RangeSlotList):
        return _range(slot_list)
    if not isinstance(slot_list, TextSlotList):
        return slot_list
    values: list[TextSlotValue] = []
    for value in slot_list.values:
        try:
            text_in = speakable(value.text_in)
        except NotSpeakable:
            continue
        values.append(TextSlotValue(text_in, value.value_out, value.context, value.metadata))
    return TextSlotList(slot_list.name, values)


def range_list(name: str, start: int, stop: int, step: int) -> SlotList:
    """The list of an inline range, {0..100:brightness}."""
    return _range(RangeSlotList(name, start, stop, step))


def _range(numbers_: RangeSlotList) -> TextSlotList:
    count = (numbers_.stop - numbers_.start) // numbers_.step + 1
    if count > LONGEST_RANGE:
        raise SentencesError(
            f"list {{{numbers_.name}}} has {count} numbers, more than {LONGEST_RANGE}; give it a larger step"
        )
    values: list[TextSlotValue] = []
    for number in _numbers(numbers_):
        value = number * numbers_.multiplier if numbers_.multiplier else number
        for said in numbers.spellings(number):
            values.append(
                TextSlotValue(TextChunk(said), int(value) if value == int(value) else round(value, 3))
            )
    return TextSlotList(numbers_.name, values)


def _numbers(numbers_: RangeSlotList) -> Iterable[float]:
    """The range's numbers, its fractions not beyond its end."""
    fractions = [0.0, *RangeFractionType.get_fractions(numbers_.fraction_type)]
    for whole in range(numbers_.start, numbers_.stop + 1, numbers_.step):
        for fraction in fractions:
            if whole + fraction <= numbers_.stop:
                yield whole + fraction


def filler(skip_words: Iterable[str]) -> Callable[[Expression], Expression]:
    """What wraps a sentence so that it may begin and end with words that mean nothing ("please")."""
    phrases = [said for word in skip_words if (said := numbers.spoken(word))]
    if not phrases:
        return lambda expression: expression
    before = Alternative([*(TextChunk(f"{phrase} ") for phrase in phrases), TextChunk("")], is_optional=True)
    after = Alternative([TextChunk(" please"), TextChunk("")], is_optional=True)
    ending = [after] if "please" in phrases else []
    return lambda expression: Sequence([before, expression, *ending])


def without(slot_list: SlotList, taken: Collection[str]) -> SlotList:
    """`slot_list` as plain texts, without those in `taken`."""
    if not isinstance(slot_list, TextSlotList):
        return slot_list
    values = [
        TextSlotValue(TextChunk(text), text)
        for value in slot_list.values
        for text in sampled(value.text_in)
        if text not in taken
    ]
    return TextSlotList(slot_list.name, values)


def sampled(expression: Expression) -> Iterable[str]:
    """All that a list's value can say."""
    return (" ".join(text.split()) for text in sample_expression(expression))
