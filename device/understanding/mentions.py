"""What a text names: things and rooms, lists, colours, numbers and times, in its own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from device.understanding.numbers import ONES, TENS
from device.understanding.tagging import Span
from device.understanding.times import WEEK
from device.understanding.vocabulary import Name, Vocabulary

NUMBERS = frozenset({*ONES, *TENS, "hundred", "half", "quarter"})
UNITS = frozenset({"percent", "degrees", "degree"})
MOMENTS = frozenset(
    {*WEEK, *(f"{day}s" for day in WEEK), "today", "tomorrow", "tonight", "noon", "midnight", "morning"}
    | {"afternoon", "evening", "night", "am", "pm", "o'clock", "weekdays", "weekday", "weekends", "weekend"}
)
"""Words that make a time of the words around them."""
LENGTHS = frozenset(
    f"{unit}{plural}" for unit in ("hour", "minute", "second", "day", "week") for plural in ("", "s")
)
"""Words that do with a number before them."""
COUNTING = NUMBERS | {"a", "an", "every", "each", "next"}
AHEAD = frozenset({"to", "at", "by", "for", "on", "in", "plus", "another", "number", "channel"})
"""Words before a "one" that is a number."""
AMONG = frozenset({"a", "an", "m", "p", "past", "to", "the", "and", "in", "at", "on", "for", "of", "every"})
AMONG_TIMES = AMONG | {"each", "next", "this", "from", "now", "oh", "after", "before", "by"}
LEADING = frozenset({"for", "to", "the", "and", "by", "of", "from", "now", "after", "before"})
ON_AT = (("on", "in"), ("on", "at"), ("on", "for"))
"""An "on" that is no time's: "lamp on at nine"."""
TRAILING = (AMONG_TIMES - {"m", "now"}) | {"oh"}
COLOURS = frozenset(
    {"red", "green", "blue", "yellow", "orange", "purple", "pink", "white", "turquoise", "violet", "magenta"}
    | {"cyan", "lime", "gold"}
)
SHADES = frozenset({"warm", "cold", "cool", "light", "dark", "bright"})
NOT_CALLED = frozenset({
    "my", "the", "our", "your", "a", "an", "this", "that", "which", "any", "all", "new", "another", "of",
    "on", "to", "from", "in", "is", "me", "current", "whole", "clear", "delete", "remove", "empty", "erase",
    "make", "create", "read", "what's", "whats", "for", "and", "or", "with", "them", "it", "first", "last",
    "following",
})  # fmt: skip
"""Words before "list" that are no name of it."""
LISTS_OF = {
    ("of", "things", "to", "do"): "to do list",
    ("of", "things", "to", "buy"): "shopping list",
    ("things", "to", "do"): "to do list",
    ("for", "shopping"): "shopping list",
    ("to", "do"): "to do list",
}
"""What may follow "list", and what it is called with it."""
HERE = re.compile(r"\b(?:in |over )?(?:here|this room|the room|my room|room)\b")
WHOLE = frozenset(
    {"house", "home", "apartment", "flat", "place", "room", "rooms", "floor", "floors", "carpet", "carpets"}
    | {"rug", "rugs", "my", "the", "whole", "entire", "everywhere"}
)
"""Places that every home is, or has."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `begin` up to `end` name something of a `kind`; `name`: what of the home it is."""

    kind: str
    begin: int
    end: int
    text: str
    name: Name | None = None


def mentions(
    words: Sequence[str], vocabulary: Vocabulary, tagged: Iterable[Span] = ()
) -> tuple[Mention, ...]:
    """What `words` name, in their order. `tagged`: things and places that a model found; where they are none
    of the home's they are named all the same."""
    found = _Found(tuple(words))
    found.named("name", vocabulary.names)
    found.named("list", vocabulary.lists)
    found.named("place", (*vocabulary.areas, *vocabulary.floors))
    found.other_lists()
    found.times()
    found.numbers()
    found.colours()
    for span in tagged:
        found.strange(span)
    return tuple(sorted(found.all, key=lambda one: one.begin))


def is_time(said: Sequence[str]) -> bool:
    if not MOMENTS.isdisjoint(said) or {"p", "m"} <= {*said} or {"a", "m"} <= {*said}:
        return True
    return any(word in LENGTHS and before in COUNTING for before, word in pairwise(said))


class _Found:
    def __init__(self, words: tuple[str, ...]) -> None:
        self.words, self.all = words, list[Mention]()

    def free(self, begin: int, end: int) -> bool:
        return begin < end and all(end <= one.begin or one.end <= begin for one in self.all)

    def add(self, kind: str, begin: int, end: int, name: Name | None = None) -> None:
        if self.free(begin, end):
            self.all.append(Mention(kind, begin, end, " ".join(self.words[begin:end]), name))

    def named(self, kind: str, names: Iterable[Name]) -> None:
        """The longest names come first."""
        for name in sorted(names, key=lambda one: -len(one.text)):
            said = tuple(name.text.split())
            for at in range(len(self.words) - len(said) + 1):
                if self.words[at : at + len(said)] == said:
                    self.add(kind, at, at + len(said), name)

    def other_lists(self) -> None:
        """ "The packing list", "my list": also those that there are not."""
        for at, word in enumerate(self.words):
            if word == "list":
                of = next((of for of in LISTS_OF if self.words[at + 1 : at + 1 + len(of)] == of), None)
                called = at and self.words[at - 1] not in NOT_CALLED and self.free(at - 1, at)
                if of is not None and not called:
                    self.all.append(Mention("list", at, at + 1 + len(of), LISTS_OF[of]))
                elif at and self.words[at - 1] not in ("reminder", "reminders", "alarm"):
                    self.add("list", at - 1 if called else at, at + 1)

    def times(self) -> None:
        for begin, end in self.runs(NUMBERS | MOMENTS | LENGTHS | AMONG_TIMES):
            while begin < end and (self.words[begin] in LEADING or self.words[begin : begin + 2] in ON_AT):
                begin += 1
            while begin < end and self.words[end - 1] in TRAILING:
                end -= 1
            if is_time(self.words[begin:end]):
                length = (
                    begin and self.words[begin - 1] == "for" and not LENGTHS.isdisjoint(self.words[begin:end])
                )
                self.add("time", begin - 1 if length else begin, end)

    def numbers(self) -> None:
        for begin, end in self.runs(NUMBERS | UNITS | {"and", "point"}):
            while begin < end and self.words[begin] in ("and", "point", *UNITS):
                begin += 1
            while begin < end and self.words[end - 1] in ("and", "point"):
                end -= 1
            if begin < end and not self.is_pronoun(begin, end):
                self.add("number", begin, end)

    def is_pronoun(self, begin: int, end: int) -> bool:
        """ "The bedside one", which is no number."""
        return self.words[begin:end] == ("one",) and begin > 0 and self.words[begin - 1] not in AHEAD

    def colours(self) -> None:
        for at, word in enumerate(self.words):
            if word in COLOURS:
                shade = at and self.words[at - 1] in SHADES and self.free(at - 1, at)
                self.add("colour", at - 1 if shade else at, at + 1)

    def strange(self, span: Span) -> None:
        """What a model found; it ends where something known begins."""
        if {*self.words[span.begin : span.end]} <= WHOLE:
            return
        self.add(f"strange {span.name}", span.begin, span.end)

    def runs(self, among: frozenset[str]) -> list[tuple[int, int]]:
        """Where only words `among` these are, and nothing that was found before."""
        places = (at for at, word in enumerate(self.words) if word in among and self.free(at, at + 1))
        found: list[tuple[int, int]] = []
        for at in places:
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + 1)
            else:
                found.append((at, at + 1))
        return found
