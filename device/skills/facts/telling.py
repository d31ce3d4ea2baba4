"""What a sentence tells, as a fact; and a fact as a sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from device.knowledge.facts.facts import BELONGS, BOUGHT, CIRCUIT, CONTROLS, FEEDS, IS, PLACES, Fact, bare
from device.speaking.wording import are, said_back

WHERE = "|".join(sorted((place.removeprefix("is ") for place in PLACES), key=len, reverse=True))
FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(form), relation)
    for form, relation in (
        (
            r"(?P<thing>.+?) (?:is|are|belongs|belong|hangs|runs) (?:on|to) (?:the )?(?P<what>.+?) circuit",
            CIRCUIT,
        ),
        (r"(?P<thing>.+?) (?:is|are) on circuit (?P<what>.+)", CIRCUIT),
        (r"(?P<thing>.+?) (?:belongs|belong) to (?P<what>.+)", BELONGS),
        (r"(?P<thing>.+?) (?:is|are) (?P<what>\S+)'s", BELONGS),
        (r"(?P<thing>.+?) (?:is|are) (?P<what>mine|yours|ours)", BELONGS),
        (r"(?P<thing>.+?) (?:controls|control) (?P<what>.+)", CONTROLS),
        (r"(?P<thing>.+?) switches (?P<what>.+)", CONTROLS),
        (r"(?P<thing>.+?) (?:feeds|feed|supplies|supply) (?P<what>.+)", FEEDS),
        (r"(?P<thing>.+?) (?:was|were) bought (?:in |on |at |from )?(?P<what>.+)", BOUGHT),
        (r"(?:i|we) bought (?P<thing>.+?) (?:in|on|at|from|last) (?P<what>.+)", BOUGHT),
        (rf"(?:i|we) (?:put|left|keep|hid|store|stored) (?P<thing>.+?) (?P<where>{WHERE}) (?P<what>.+)", ""),
        (rf"(?P<thing>.+?) (?:is|are|lies|lie|hangs|hang|stands|stand) (?P<where>{WHERE}) (?P<what>.+)", ""),
        (r"(?P<thing>.+?) (?:is|are) (?P<what>.+)", IS),
    )
)
"""How facts are told, the first that fits; `where` is the rest of a relation of PLACES."""
NO_IN = re.compile(r"(?:last|this|two|three|a|an|yesterday|today|ikea|the)\b")
LONGEST = 120
"""Characters of a name."""


def told(text: str, called: Callable[[str], str], source: str, since: str) -> Fact | None:
    """The fact that `text`, as it is spoken, tells. `called`: what the home calls it, or the text itself.
    None where it tells none."""
    for form, relation in FORMS:
        if found := form.fullmatch(text):
            parts = found.groupdict()
            thing, what = called(parts["thing"]), called(parts["what"])
            if max(len(thing), len(what)) > LONGEST:
                return None
            return Fact(thing, relation or f"is {parts['where']}", what, source, since)
    return None


def sentence(fact: Fact) -> str:
    """ "the spare key is in the blue drawer"."""
    plural = are([fact.thing]) == "are"
    return f"{said_back(fact.thing)} {predicate(fact.relation, fact.what, plural)}"


def predicate(relation: str, what: str, plural: bool = False) -> str:
    """ "is in the blue drawer": what is told of one thing, or of several."""
    if relation == CIRCUIT:
        return f"{'are' if plural else 'is'} on the {bare(what)} circuit"
    if relation == BELONGS:
        return f"{'belong' if plural else 'belongs'} to {owner(what)}"
    if relation == BOUGHT:
        return f"{'were' if plural else 'was'} bought {when(said_back(what))}"
    if relation in (CONTROLS, FEEDS):
        return f"{relation.removesuffix('s') if plural else relation} {said_back(what)}"
    return f"{relation.replace('is', 'are', 1) if plural else relation} {said_back(what)}"


def when(what: str) -> str:
    """ "in may", "last year"."""
    return what if NO_IN.match(what) else f"in {what}"


def owner(what: str) -> str:
    """Whom something belongs to, as Mynah says it."""
    return {"mine": "you", "me": "you", "ours": "you", "us": "you", "yours": "me"}.get(what, said_back(what))
