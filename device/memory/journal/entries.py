"""What the journal holds: changes of state, and turns. Frozen values.

Times are seconds since 1970 (`datetime.timestamp()`), so that no change of the offset disturbs their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNDO = "MynahUndo"
"""The intent that takes back what was done, or cannot."""
Value = bool | float | str


@dataclass(frozen=True, slots=True)
class Changed:
    """`key` of the state of `thing` became `value`, see `device.home.state`.

    `found`: it was found so when Mynah began to look, and became so at some time before `at`.
    """

    thing: str
    key: str
    value: Value
    at: float
    found: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """A turn, or something that fell due (`text` is None then).

    `intent`: the first thing that was meant; None where nothing was understood. `fine`: it was done or
    answered. `corrects`: the id of the turn that this one corrects or takes back; before it is written, 0.
    `body`, JSON: all else that is known of it. `id`: the journal gives it.
    """

    at: float
    text: str | None
    intent: str | None
    confidence: float
    fine: bool
    body: Mapping[str, Any] = field(default_factory=dict)
    corrects: int | None = None
    id: int = 0

    @property
    def reply(self) -> str:
        return str(self.body.get("reply", ""))

    @property
    def acted(self) -> bool:
        """Whether it told an appliance something, or changed Mynah's own memory."""
        return self.fine and bool(self.body.get("commands") or self.body.get("done"))

    @property
    def wrong(self) -> int | None:
        """The id of the turn that this one says was wrong. Words that may correct something, and of which
        nothing came, say nothing."""
        return self.corrects if self.fine or self.intent == UNDO else None

    def did(self, change: Changed) -> bool:
        """Whether it told the thing to become what `change` says; `within` says how long that may take."""
        return any(
            device == change.thing and (key is None or (key == change.key and _near(value, change.value)))
            for device, key, value in self.body.get("told", ())
        )


Entry = Changed | Turned


def _near(wanted: Any, found: Value) -> bool:
    """Numbers are rounded on their way; something moves through others to its own."""
    both = (wanted, found)
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in both)
    return numbers or wanted == found


@dataclass(frozen=True, slots=True)
class Forget:
    """What is to be forgotten: `turns`, `states` or both, of the times from `since` to `until`."""

    since: float = 0.0
    until: float = float("inf")
    turns: bool = True
    states: bool = True
