"""Sentences that are near what a home is told, and mean nothing to it: what must not be bent into a command.

Half of them are what people ask of assistants, as far as its words are mostly the home's; the others are its
commands with one thing changed: denied, asked back, reported, put off, with a number that sounds alike, or
with a word in place of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from training.corpus import texts

FAMILIAR = 0.6
"""Share of a request's words that the home's commands have as well."""

BEFORE = (
    "don't",
    "do not",
    "please don't",
    "never",
    "did you",
    "did i",
    "did somebody",
    "when did you",
    "why did you",
    "who told you to",
    "should i",
    "i will",
    "she wants to",
    "remember to",
    "is it time to",
)
AFTER = (
    "yesterday",
    "again tomorrow",
    "when i am home",
    "if it rains",
    "in an hour",
    "like last week",
    "was a good idea",
    "for my mother",
    "and call me",
)
INSTEAD = (
    ("on", "up"),
    ("off", "up"),
    ("on", "down"),
    ("off", "over"),
    ("off", "of"),
    ("turn", "return"),
    ("set", "get"),
    ("all", "hall"),
    ("open", "hoping"),
    ("close", "clothes"),
    ("stop", "shut"),
    ("blinds", "blankets"),
    ("the", "my brother's"),
)
"""What may stand in a command, and what is said instead of it."""


def requests(data: Path, words: frozenset[str]) -> list[str]:
    """What people ask assistants for, in words of which most are among `words`."""
    asked = texts.requests(data / "text" / "hwu64")
    lines = (data / "text" / "slurp" / "lm.txt").read_text(encoding="utf-8").splitlines()
    sayable = texts.sayable(iter([*asked, *lines]), longest=60)
    return [line for line in sayable if np.mean([word in words for word in line.split()]) >= FAMILIAR]


def changed(commands: Sequence[str], rng: np.random.Generator) -> Iterator[str]:
    """Commands with one thing changed, without end."""

    def one_of(choices: Sequence[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    while True:
        command = one_of(commands)
        ways = [f"{one_of(BEFORE)} {command}", f"{command} {one_of(AFTER)}"]
        ways += [
            way for way in (with_another_word(command, rng), with_another_ending(command)) if way != command
        ]
        yield one_of(ways)


def with_another_word(command: str, rng: np.random.Generator) -> str:
    """One of INSTEAD, where `command` has a word for it."""
    words = command.split()
    fitting = [(word, instead) for word, instead in INSTEAD if word in words]
    if not fitting:
        return command
    word, instead = fitting[int(rng.integers(len(fitting)))]
    words[words.index(word)] = instead
    return " ".join(words)


def with_another_ending(command: str) -> str:
    """-teen for -ty and the other way round, where no other number follows: fifteen for fifty."""
    teens = {"fourteen": "forty", "fifteen": "fifty"}
    teens |= {f"{one}teen": f"{one}ty" for one in ("thir", "six", "seven", "eigh", "nine")}
    other = teens | {ty: teen for teen, ty in teens.items()}
    words = command.split()
    ends = [after not in texts.ONES.split() for after in (*words[1:], "")]
    return " ".join(other.get(word, word) if end else word for word, end in zip(words, ends, strict=True))


def sentences(
    data: Path,
    commands: Sequence[str],
    understood: Callable[[str], bool],
    words: Iterable[str],
    count: int,
    rng: np.random.Generator,
) -> list[str]:
    """`count` sentences of which none is `understood`; `words`: those of the home's sentences."""
    asked = [line for line in requests(data, frozenset(words)) if not understood(line)]
    order: list[int] = rng.permutation(len(asked)).tolist()
    half = [asked[number] for number in order[: count // 2]]
    found = dict.fromkeys(half)
    for line in changed(commands, rng):
        if len(found) >= count:
            break
        if not understood(line):
            found[line] = None
    return list(found)
