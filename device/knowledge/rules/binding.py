"""Rules bound to a home: what their words mean there, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from device.home.model import Home
from device.knowledge.facts.facts import Facts
from device.knowledge.rules.conditions import Condition, Was
from device.knowledge.rules.doing import Doing
from device.knowledge.rules.naming import Unclear
from device.knowledge.rules.wording import read
from device.memory.rules import ASK, DO, TELL, Rule

Do = Callable[[str], Doing]
"""What a sentence does. Raises Unclear."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule of which everything is known here. `doing` is None for one that tells."""

    rule: Rule
    conditions: tuple[Condition, ...]
    doing: Doing | None = None

    @property
    def asks(self) -> bool:
        """Whether it does nothing without a yes."""
        return self.doing is not None and (self.rule.action == ASK or self.doing.asks)

    @property
    def alone(self) -> bool:
        return self.doing is not None and not self.asks

    @property
    def lengths(self) -> tuple[float, ...]:
        """How long each condition must last, then the time of day, then all together."""
        return (*(one.lasting for one in self.conditions), 0.0, self.rule.lasting)

    def triggers(self, other: Bound) -> bool:
        """Whether what it does without asking makes a condition of `other` true."""
        if not self.alone or self.doing is None:
            return False
        return any(
            device in condition.things and (key is None or (key, value) in condition.test.states)
            for device, key, value in self.doing.effects
            for condition in other.conditions
            if not isinstance(condition.test, Was)
        )


def bound(rule: Rule, home: Home, facts: Facts, do: Do, journal: bool) -> Bound:
    """`journal`: whether there is one. Raises Unclear."""
    conditions = tuple(read(text, home, facts) for text in rule.when)
    for at, one in enumerate(conditions):
        for other in conditions[at + 1 :]:
            if one.contradicts(other):
                raise Unclear(f"{one.text!r} and {other.text!r} are never true at once; take one out")
    past = [one for one in conditions if isinstance(one.test, Was)]
    if past and not journal:
        raise Unclear(f"{past[0].text!r} takes the journal; set journal = true under [memory]")
    if len(past) == len(conditions) and not rule.timed:
        raise Unclear("it never says when to look; add at = “20:00” or another condition")
    return Bound(rule, conditions, None if rule.action == TELL else do(rule.text))


def agreeing(found: Iterable[Bound]) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
    """Those that go together, the first ones first, and a line for each that does not."""
    kept: list[Bound] = []
    faults: list[str] = []
    for new in found:
        if (other := _opposed(new, kept)) is not None:
            faults.append(
                fault(
                    new.rule, f"it contradicts {other.rule.name!r}, which then does the opposite; change one"
                )
            )
        elif circle := _circle(new, kept):
            names = ", ".join(repr(one.rule.name) for one in circle)
            faults.append(
                fault(new.rule, f"it and {names} trigger one another without end; let one of them ask")
            )
        else:
            kept.append(new)
    return tuple(kept), tuple(faults)


def fault(rule: Rule, why: str) -> str:
    return f"{rule.source}: the rule {rule.name!r} is left out: {why}"


def _opposed(new: Bound, others: Sequence[Bound]) -> Bound | None:
    """The rule that does the opposite of `new` in the same case."""
    if new.rule.action != DO or new.doing is None:
        return None
    effects = {(device, key): value for device, key, value in new.doing.effects}
    same = (
        one
        for one in others
        if one.rule.action == DO
        and one.doing is not None
        and {*one.conditions} == {*new.conditions}
        and (one.rule.between, one.rule.days) == (new.rule.between, new.rule.days)
        and any(effects.get((device, key), value) != value for device, key, value in one.doing.effects)
    )
    return next(same, None)


def _circle(new: Bound, others: Sequence[Bound]) -> tuple[Bound, ...]:
    """The rules that lead from what `new` does back to it; () where none do."""
    paths: list[tuple[Bound, ...]] = [(one,) for one in others if new.triggers(one)]
    seen = {path[0].rule.name for path in paths}
    if new.triggers(new):
        return ()  # it makes true what is true already
    while paths:
        path = paths.pop()
        if path[-1].triggers(new):
            return path
        for one in others:
            if one.rule.name not in seen and path[-1].triggers(one):
                seen.add(one.rule.name)
                paths.append((*path, one))
    return ()
