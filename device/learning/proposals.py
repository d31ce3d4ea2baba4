"""What is worth learning: the same paraphrase, more than once. Pure.

"Turn on the big lamp", then "turn on the floor lamp", twice: another name. "Make it cosy", then "set the
living room to thirty percent", twice: a sentence. The same of two rooms or things: one for each of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from device.learning.pairs import Pair
from device.memory.journal.entries import Turned
from device.memory.learnt import Learnt, Lesson
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name, Vocabulary

TIMES = 2
"""How often something must have been paraphrased in the same way, and how often its use must have been wrong
until it is forgotten."""
LONGEST = 10
"""Words of a sentence that can be learnt."""
LONGEST_NAME = 4
"""Words of a name that can be learnt."""
OPEN = re.compile(r"\{(?:area|name)\}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """`lesson` may be learnt, because of `evidence`."""

    lesson: Lesson
    evidence: tuple[Pair, ...]


def proposals(pairs: Iterable[Pair], vocabulary: Vocabulary, learnt: Learnt) -> tuple[Proposal, ...]:
    """What `pairs` suggest that is neither learnt nor refused; names first, then what covers most."""
    found = [pair for pair in pairs if pair.said != pair.means and len(pair.said.split()) <= LONGEST]
    made: list[Proposal] = []
    covered: set[tuple[str, float]] = set()
    for candidates in (_aliases(found, vocabulary), _general(found, vocabulary), _literal(found)):
        for lesson, evidence in _repeated(candidates):
            these = {(pair.said, pair.at) for pair in evidence}
            if not covered >= these:
                covered |= these
                if not learnt.knows(lesson.said):
                    made.append(Proposal(lesson, evidence))
    return tuple(made)


Candidate = tuple[Lesson, Pair]


def _repeated(candidates: Iterable[Candidate]) -> Iterator[tuple[Lesson, tuple[Pair, ...]]]:
    """Lessons that came up TIMES, and each time when that was said."""
    by_said: dict[str, dict[str, list[Candidate]]] = {}
    for lesson, pair in candidates:
        meaning = json.dumps([lesson.intent, lesson.slots or lesson.means], sort_keys=True, default=str)
        by_said.setdefault(lesson.said, {}).setdefault(meaning, []).append((lesson, pair))
    for meanings in by_said.values():
        if len(meanings) == 1:
            [alike] = meanings.values()
            distinct = {pair.said for _, pair in alike}
            enough = len(distinct) >= TIMES if OPEN.search(alike[0][0].said) else len(alike) >= TIMES
            if enough:
                yield alike[-1][0], tuple(pair for _, pair in alike)


def _literal(pairs: Iterable[Pair]) -> Iterator[Candidate]:
    for pair in pairs:
        yield Lesson(pair.said, pair.means, pair.intent, pair.slots), pair


def _general(pairs: Iterable[Pair], vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Sentences with {area} or {name} where both what was said and what was meant have the same one."""
    for pair in pairs:
        for slot, names in (("area", vocabulary.areas), ("name", vocabulary.names)):
            value = pair.slots.get(slot)
            texts = [one.text for one in names if one.value == value]
            said, means = (_opened(text, texts, slot) for text in (pair.said, pair.means))
            if said and means:
                rest = {key: each for key, each in pair.slots.items() if key != slot}
                rest |= _kind(names, value) if slot == "name" else {}
                yield Lesson(said, means, pair.intent, rest), pair


def _kind(names: Sequence[Name], value: Any) -> Mapping[str, Any]:
    """{name} stands for things of the same kind alone."""
    domain = next((one.domain for one in names if one.value == value), "")
    return {"domain": domain}


def _opened(text: str, names: Sequence[str], slot: str) -> str:
    """`text` with {slot} in place of the longest of `names`; empty where none is in it."""
    for name in sorted(names, key=len, reverse=True):
        opened, count = re.subn(rf"(?<!\S){re.escape(name)}(?!\S)", f"{{{slot}}}", text)
        if count == 1:
            return opened
    return ""


def _aliases(pairs: Iterable[Pair], vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Other names of things: all other words of what was said and what was meant are the same."""
    texts = {one.text: one.value for one in vocabulary.names}
    for pair in pairs:
        for said, means in _different(pair.said.split(), pair.means.split()):
            thing = texts.get(means)
            if thing is not None and thing == pair.slots.get("name") and len(said.split()) <= LONGEST_NAME:
                yield Lesson(said, spoken(thing)), pair
                break


def _different(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What differs between both, then the same with words around it that they share: what "big" is for
    "floor", and "big lamp" for "floor lamp"."""
    begin, end = _shared(one, other), 0
    left = min(len(one), len(other)) - begin
    if left:
        end = min(_shared(one[::-1], other[::-1]), left)
    for after, before in product(range(end + 1), range(begin + 1)):
        first, second = (words[begin - before : len(words) - end + after] for words in (one, other))
        if first and second:
            yield " ".join(first), " ".join(second)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many words both begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))


def mistaken(turns: Sequence[Turned], learnt: Learnt) -> tuple[Lesson, ...]:
    """What was learnt and whose use the user has corrected or taken back TIMES."""
    wrong = {turn.wrong for turn in turns if turn.wrong}
    texts = [(turn.at, spoken(turn.text)) for turn in turns if turn.text and turn.id in wrong]
    return tuple(
        lesson
        for lesson in learnt.lessons
        if sum(at >= lesson.since and uses(lesson, text) for at, text in texts) >= TIMES
    )


def uses(lesson: Lesson, text: str) -> bool:
    """Whether `text`, as it is spoken, was understood by `lesson`."""
    pattern = ".+".join(map(re.escape, OPEN.split(lesson.said)))
    return re.search(rf"(?<!\S){pattern}(?!\S)" if lesson.is_alias else rf"^{pattern}$", text) is not None


def dated(lesson: Lesson, at: float) -> Lesson:
    """`lesson`, learnt `at` that time."""
    return replace(lesson, since=at)
