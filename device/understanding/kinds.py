"""What kind of sentence the parts of one make. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from device.events import Intent
from device.understanding.acts import ASIDE, TIMING
from device.understanding.parsing import Parts
from device.understanding.scope import ALSO

NEED = re.compile(r"(?:i|we|i'd|we'd|i'm|we're|i've|we've)\b")
"""Begins what somebody needs, which need not be a thing to buy."""

DOUBTFUL = "doubtful"
"""Slot of a thing that may be anything."""
VALUED = frozenset({"name", "number"})
CONDITION = frozenset({"begins", "when"})
"""Slots of a rule whose condition may be any words."""


def known(found: Parts) -> tuple[Intent, ...]:
    """What is asked for by `found`, parts of which every one is known; nothing where one is not."""
    meant = tuple(part for part in found if isinstance(part, Intent) and part.name != ASIDE)
    return meant if len(meant) == len(found) else ()


def begins(meant: Sequence[Intent]) -> bool:
    """Whether it does not continue something that was said before."""
    return bool(meant) and meant[0].name not in (ALSO, TIMING)


def is_valued(found: Parts) -> bool:
    """Whether it is a thing and its value, which may continue a request or be one: "the radio to forty"."""
    first, *others = found
    return not others and isinstance(first, Intent) and first.name == ALSO and first.slots.keys() >= VALUED


def is_doubtful(text: str, found: Parts) -> bool:
    """Whether it is a thing for no list that is named, which need not be one to buy: "add an alarm"."""
    return all(
        isinstance(part, Intent)
        and "item" in part.slots
        and "list" not in part.slots
        and (DOUBTFUL in part.slots or NEED.match(text))
        for part in found
    )


def is_condition(found: Parts) -> bool:
    """Whether it is a rule in free words, which a question can look like: "check if my alarm is set". No
    command is inferred from a text with an "if" or a "when"."""
    return all(isinstance(part, Intent) and part.slots.keys() >= CONDITION for part in found)
