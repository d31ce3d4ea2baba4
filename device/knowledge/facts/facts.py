"""Facts about the home: who or what stands in which relation to what, who says so and since when. Frozen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from device.events import Change

ADD, REMOVE = "fact.add", "fact.remove"
"""Verbs of changes whose subject is a Fact."""
CIRCUIT, BELONGS, CONTROLS, FEEDS, BOUGHT, IS = RELATIONS = (
    "is on the circuit",
    "belongs to",
    "controls",
    "feeds",
    "was bought",
    "is",
)
PLACES = tuple(
    f"is {where}"
    for where in (
        *(
            "in",
            "on",
            "at",
            "under",
            "behind",
            "above",
            "below",
            "inside",
            "beside",
            "next to",
            "in front of",
        ),
        *("near", "on top of", "between", "outside"),
    )
)
"""Relations that say where a thing is: "is in", "is under"."""
SINGLE = (*PLACES, CIRCUIT, BOUGHT, IS)
"""Relations of which a thing has one at a time."""
SAID, HOME = "said", "home.toml"
"""Sources: the user said so; the home knows it. Any other is a file."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`thing` stands in `relation` to `what`. Both are names as they were said, with their articles; that of
    a device or a room is the home's own. `since`: the day on which it was written down, ISO 8601."""

    thing: str
    relation: str
    what: str
    source: str = SAID
    since: str = ""

    def same(self, other: Fact) -> bool:
        return (bare(self.thing), self.relation, bare(self.what)) == (
            bare(other.thing),
            other.relation,
            bare(other.what),
        )

    def contradicts(self, other: Fact) -> bool:
        """Whether both cannot be true at once."""
        if bare(self.thing) != bare(other.thing) or self.same(other):
            return False
        if self.relation in PLACES and other.relation in PLACES:
            return True
        return self.relation == other.relation and self.relation in SINGLE

    @property
    def json(self) -> Mapping[str, str]:
        return {"thing": bare(self.thing), "relation": self.relation, "what": bare(self.what)}


ARTICLE = re.compile(r"^(?:the|my|our|a|an|your|some) (?=\S)")


def bare(name: str) -> str:
    """A name without its article, by which it is known."""
    return ARTICLE.sub("", name.strip())


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is written down, in the order in which it was."""

    facts: tuple[Fact, ...] = ()

    def plus(self, others: Iterable[Fact]) -> Facts:
        """With `others`; of two that say the same, the first counts."""
        new = tuple(one for one in others if not any(one.same(known) for known in self.facts))
        return replace(self, facts=(*self.facts, *new))

    def without(self, fact: Fact) -> Facts:
        return replace(self, facts=tuple(one for one in self.facts if not one.same(fact)))

    def after(self, change: Change) -> Facts:
        """The facts in which `change` is done."""
        if not isinstance(fact := change.subject, Fact):
            return self
        if change.do == ADD:
            return self.plus([fact])
        return self.without(fact) if change.do == REMOVE else self

    def of(self, thing: str, relations: Iterable[str] = ()) -> tuple[Fact, ...]:
        """Those about `thing`, of some relations or of any."""
        wanted = tuple(relations)
        return tuple(
            one
            for one in self.facts
            if bare(one.thing) == bare(thing) and (not wanted or one.relation in wanted)
        )

    def to(self, what: str, relations: Iterable[str]) -> tuple[Fact, ...]:
        """Those in which something stands in one of `relations` to `what`."""
        wanted = tuple(relations)
        return tuple(one for one in self.facts if bare(one.what) == bare(what) and one.relation in wanted)

    def against(self, fact: Fact) -> Fact | None:
        """The first one that `fact` contradicts."""
        return next((one for one in self.facts if fact.contradicts(one)), None)
