"""Rules: when something is so, Mynah tells, asks or does something. Frozen; a change makes new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from device.events import Change

ADD, REMOVE = "rule.add", "rule.remove"
"""Verbs of changes whose subject is a Rule."""
TELL, ASK, DO = ACTIONS = ("tell", "ask", "do")
"""What a rule does: say a text; do a sentence, after a yes; do a sentence."""
SAID = "said"
"""The source of a rule that the user has spoken. Any other is a file with a line."""
EVERY = 600.0
"""Seconds in which a rule fires at most once, where it does not say."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`when`: conditions in words, all of which must hold, together for `lasting` seconds.

    `action`: one of ACTIONS. `text`: what is told, or the sentence that is done. `between`: the minutes after
    midnight from which and until which it counts; `days`: of the week, () for all. `every`: seconds in which
    it fires at most once. `once`: it ends when it has fired. `source`: who says so.
    """

    name: str
    when: tuple[str, ...]
    action: str
    text: str
    lasting: float = 0.0
    between: tuple[int, int] | None = None
    days: tuple[str, ...] = ()
    every: float = EVERY
    once: bool = False
    source: str = SAID

    @property
    def timed(self) -> bool:
        """Whether it counts only at some times."""
        return self.between is not None or bool(self.days)


@dataclass(frozen=True, slots=True)
class Rules:
    """In the order in which they were made. No two have the same name."""

    rules: tuple[Rule, ...] = ()

    @property
    def said(self) -> tuple[Rule, ...]:
        """Those that the user has spoken, and can take back."""
        return tuple(one for one in self.rules if one.source == SAID)

    def plus(self, others: Iterable[Rule]) -> Rules:
        """With `others`; of two with the same name, the first counts."""
        names = {one.name for one in self.rules}
        return replace(self, rules=(*self.rules, *(one for one in others if one.name not in names)))

    def after(self, change: Change) -> Rules:
        """The rules in which `change` is done."""
        if not isinstance(rule := change.subject, Rule):
            return self
        rest = tuple(one for one in self.rules if one.name != rule.name)
        return replace(self, rules=(*rest, rule) if change.do == ADD else rest)
