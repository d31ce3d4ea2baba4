"""The names of a home that can be heard: those that have sounds, and sounds of their own.

One name that nobody can pronounce must not silence the whole home, and of two that sound the same neither
may be acted on, unless one of them is the user's own and the other is not: such names are left out of the
grammar, each with a line that says what to do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from device.hearing.lexicon import Lexicon
from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name, Vocabulary

LONGEST = 500
"""Characters of a name."""
LONGEST_SAID = 200
"""Phones of a name: twenty seconds. Names stand in many sentences, and longer ones fill a memory."""
WAYS = 64
"""Pronunciations of a whole name that are compared, at most; the likeliest of each word come first."""


@dataclass(frozen=True, slots=True)
class Hearable:
    """`vocabulary` without the names that cannot be heard; `problems`, a line for each thing or pair."""

    vocabulary: Vocabulary
    problems: tuple[str, ...] = ()


def hearable(vocabulary: Vocabulary, lexicon: Lexicon) -> Hearable:
    """What of `vocabulary` can be heard."""
    everything = (
        vocabulary.names,
        vocabulary.areas,
        vocabulary.floors,
        vocabulary.lists,
        vocabulary.settings,
    )
    short = (name for name in itertools.chain(*everything) if len(name.text) <= LONGEST)
    lexicon.prepare(word for name in short for word in _words(name))
    problems: list[str] = []
    names, areas, floors, lists, settings = (_kept(each, lexicon, problems) for each in everything)
    return Hearable(
        replace(vocabulary, names=names, areas=areas, floors=floors, lists=lists, settings=settings),
        tuple(problems),
    )


def _kept(names: Sequence[Name], lexicon: Lexicon, problems: list[str]) -> tuple[Name, ...]:
    sounds: dict[str, set[tuple[str, ...]]] = {}
    silent: dict[str, str] = {}
    for name in names:
        what = _unsayable(name, lexicon)
        if what:
            silent.setdefault(name.value, f"the name {name.text[:60]!r} cannot be heard, it {what}")
        else:
            sounds[name.text] = set(itertools.islice(_ways(_words(name), lexicon), WAYS))
    problems += silent.values()
    sayable = [name for name in names if name.text in sounds]
    alike: set[str] = set()
    for one, other in _alike(sayable, sounds):
        foreign = {name.text for name in (one, other) if name.announced}
        out = foreign if len(foreign) == 1 else {one.text, other.text}
        which = f"{next(iter(out))!r}, which is only announced, cannot" if len(out) == 1 else "neither can"
        both = f"the names {one.text!r} and {other.text!r} sound the same"
        problems.append(f"{both}, {which} be heard: give one another name")
        alike |= out
    return tuple(name for name in sayable if name.text not in alike)


def _unsayable(name: Name, lexicon: Lexicon) -> str:
    """What is wrong with a name and what to do, if anything is."""
    if len(name.text) > LONGEST:
        return "is too long: give it a shorter one"
    words = _words(name)
    missing = lexicon.prepare(words)
    if missing or not words:
        what = f"has no sound for {missing[0]!r}" if missing else "holds nothing that can be said"
        return f"{what}: give it another name or an alias, or add the word to your lexicon file"
    if sum(min(map(len, lexicon.pronunciations(word))) for word in words) > LONGEST_SAID:
        return "takes too long to say: give it a shorter one"
    return ""


def _alike(names: Sequence[Name], sounds: dict[str, set[tuple[str, ...]]]) -> Iterator[tuple[Name, Name]]:
    """Pairs of names that share a pronunciation and mean different things."""
    first: dict[tuple[str, ...], Name] = {}
    for name in names:
        others = {first.setdefault(sound, name) for sound in sorted(sounds[name.text])}
        for other in sorted(others, key=lambda other: other.text):
            if other.value != name.value:
                yield other, name


def _ways(words: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    """The pronunciations of a whole name, one after another."""
    each = (lexicon.pronunciations(word) for word in words)
    return (tuple(itertools.chain(*way)) for way in itertools.product(*each))


def _words(name: Name) -> list[str]:
    return spoken(name.text).split()
